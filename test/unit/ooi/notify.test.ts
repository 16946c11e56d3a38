import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import { Secret } from '../../../src/config/secret.ts';
import { Failure } from '../../../src/errors.ts';
import { ooiFlowSchema } from '../../../src/ooi/flow.ts';
import { historyText } from '../../../src/ooi/notify/history.ts';
import { type Incident, messageOf } from '../../../src/ooi/notify/incident.ts';
import type { Notices } from '../../../src/ooi/notify/notices.ts';
import { notify } from '../../../src/ooi/notify/notify.ts';
import { tell } from '../../../src/ooi/notify/recipients.ts';
import { portOf, type SinkOptions, type SmtpSink, smtpSink } from '../../helpers/smtp-sink.ts';

const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

const incident: Incident = {
  id: 'harvest/ctd/run-1/request_expired',
  task: 'harvest',
  code: 'request_expired',
  stream: TABLE,
  flow: 'ce02shbp-ctd',
  run: 'harvest/ce02shbp-ctd run-1',
  error: 'The request did not finish within 48 h.',
  remedy: 'It is asked again in 1 h.',
  at: new Date('2026-11-25T11:00:00Z'),
};

function memoryNotices(): Notices & { readonly claims: Set<string> } {
  const claims = new Set<string>();
  return {
    claims,
    claim: async (id, channel) => !claims.has(`${id}/${channel}`) && claims.add(`${id}/${channel}`) !== undefined,
    release: async (id, channel) => void claims.delete(`${id}/${channel}`),
  };
}

const FLOW = {
  kind: 'ooi',
  name: 'ctd',
  instrument: 'CE02SHBP-LJ01D-06-CTDBPN106',
  stream: { method: 'streamed', name: 'ctdbp_no_sample' },
  store: { place: '/data/ooi' },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function sinkOf(options: SinkOptions = {}): Promise<SmtpSink> {
  const sink = await smtpSink(options);
  closing.push(sink.close);
  return sink;
}

interface Posted {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

async function webSink(status = 200): Promise<{ readonly url: string; readonly posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    posted.push({ path: request.url, headers: request.headers, body: JSON.parse(await text(request)) });
    response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end('thank you');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${portOf(server)}`, posted };
}

const mailOver = (url: string) => ({ smtp: new Secret(url), from: 'landfall@example.org' });
const TO = { mail: ['operator@example.org', 'second@example.org'], webhook: null };

describe('a message', () => {
  it('has a title, the stream, the run, the error and the remedy', () => {
    const { title, text: body } = messageOf(incident);

    assert.equal(title, `🛑 harvest: request_expired (${TABLE})`);
    for (const part of [TABLE, 'harvest/ce02shbp-ctd run-1', 'did not finish within 48 h', 'What to do: It is asked again']) {
      assert.ok(body.includes(part), part);
    }
  });

  it('holds no secret, neither one that is known nor one that looks like it', () => {
    const error = 'GET https://me:pw@host/x failed with token=abc123 and hunter2';
    const message = messageOf({ ...incident, error, stream: 'hunter2\r\nBcc: all@example.org' }, [new Secret('hunter2')]);

    assert.doesNotMatch(JSON.stringify(message), /me:pw|abc123|hunter2|\\r/);
    assert.doesNotMatch(message.title, /[\r\n]/);
  });
});

describe('an incident', () => {
  it('goes as one mail to all recipients, in a conversation with a mail server', async () => {
    const sink = await sinkOf({ wantsLogin: true });
    const mail = mailOver(sink.url.replace('//', '//harvester:pass-word@'));

    const told = await notify(incident, TO, { mail, notices: memoryNotices() });

    assert.deepEqual(told, { sent: ['mail'], before: [], failed: [] });
    assert.deepEqual(sink.logins, ['\0harvester\0pass-word']);
    assert.equal(sink.received.length, 1);
    const [received] = sink.received;
    assert.deepEqual([received?.from, received?.to], ['landfall@example.org', TO.mail]);
    assert.match(received?.text ?? '', /^Message-ID: <[0-9a-f]{32}@landfall>$/m);
    assert.match(received?.text ?? '', /did not finish within 48 h/);
  });

  it('is posted as JSON to a webhook', async () => {
    const web = await webSink();

    const told = await notify(
      incident,
      { mail: [], webhook: new Secret(`${web.url}/hook/sEcReT`) },
      { mail: null, notices: memoryNotices() },
    );

    assert.deepEqual(told, { sent: ['webhook'], before: [], failed: [] });
    assert.equal(web.posted[0]?.path, '/hook/sEcReT');
    assert.match(web.posted[0]?.headers['idempotency-key']?.toString() ?? '', /^[0-9a-f]{32}$/);
    const { text: body, ...fields } = web.posted[0]?.body ?? {};
    assert.match(String(body), /^🛑 harvest: request_expired/);
    assert.deepEqual(fields, { ...messageOf(incident).fields });
  });

  it('is told once, however often it is met', async () => {
    const sink = await sinkOf();
    const notices = memoryNotices();

    const first = await notify(incident, TO, { mail: mailOver(sink.url), notices });
    const again = await notify({ ...incident, error: 'the same, seen by another worker' }, TO, { mail: mailOver(sink.url), notices });

    assert.deepEqual([first.sent, again.sent, again.before], [['mail'], [], ['mail']]);
    assert.equal(sink.received.length, 1);
  });

  it('that a server refuses fails no run, is said without the server’s words, and may be tried again', async () => {
    const refusing = await sinkOf({ answers: { 'RCPT TO': '550 password hunter2 is wrong' } });
    const taking = await sinkOf();
    const notices = memoryNotices();

    const told = await notify(incident, TO, { mail: mailOver(refusing.url), notices });
    const later = await notify(incident, TO, { mail: mailOver(taking.url), notices });

    assert.deepEqual(told.failed, [{ channel: 'mail', why: 'The mail could not be sent: the mail server answered 550 to RCPT TO.' }]);
    assert.deepEqual(later.sent, ['mail']);
  });

  it('may be tried again when the server cannot be reached', async () => {
    const gone = await smtpSink();
    await gone.close();
    const taking = await sinkOf();
    const notices = memoryNotices();

    const told = await notify(incident, TO, { mail: mailOver(gone.url), notices });
    const later = await notify(incident, TO, { mail: mailOver(taking.url), notices });

    assert.match(told.failed[0]?.why ?? '', /^The mail could not be sent: the mail server cannot be reached/);
    assert.deepEqual(later.sent, ['mail']);
  });

  it('is not sent again when nobody knows whether the server took it', async () => {
    const cutting = await sinkOf({ cutAfterData: true });
    const taking = await sinkOf();
    const notices = memoryNotices();

    const told = await notify(incident, TO, { mail: mailOver(cutting.url), notices });
    const later = await notify(incident, TO, { mail: mailOver(taking.url), notices });

    assert.match(told.failed[0]?.why ?? '', /^It is not known whether the mail went out/);
    assert.deepEqual([later.sent, later.before, taking.received.length], [[], ['mail'], 0]);
  });

  it('goes by the other channel when one fails, and the secret address is in no sentence', async () => {
    const sink = await sinkOf();
    const web = await webSink(302);

    const to = { mail: ['operator@example.org'], webhook: new Secret(`${web.url}/hook/sEcReT`) };
    const told = await notify(incident, to, { mail: mailOver(sink.url), notices: memoryNotices() });
    const nobody = await notify(
      incident,
      { mail: [], webhook: new Secret('http://127.0.0.1:1/hook/sEcReT') },
      { mail: null, notices: memoryNotices() },
    );

    assert.deepEqual(told.sent, ['mail']);
    assert.deepEqual(told.failed, [{ channel: 'webhook', why: 'The webhook could not be sent: it answered 302.' }]);
    assert.equal(web.posted.length, 1);
    assert.match(nobody.failed[0]?.why ?? '', /cannot be reached/);
    assert.doesNotMatch(JSON.stringify([told, nobody]), /sEcReT|127\.0\.0\.1/);
  });

  it('goes to those that its flow names, and a webhook whose address is not there is said', async () => {
    const web = await webSink();
    const flow = ooiFlowSchema.parse({ ...FLOW, notify: { webhook: { env: 'HOOK' } } });
    const places = (env: Readonly<Record<string, string>>) => ({ env, readFile: () => assert.fail('no file is named') });

    const told = await tell(incident, flow, places({ HOOK: `${web.url}/x` }), { mail: null, notices: memoryNotices() });
    const unset = await tell(incident, flow, places({}), { mail: null, notices: memoryNotices() });

    assert.deepEqual([told.sent, web.posted.length], [['webhook'], 1]);
    assert.match(unset.failed[0]?.why ?? '', /the environment variable HOOK is not set\. Set HOOK for the workers, then start them again/);
  });

  it('is not mailed without a server, nor where it cannot be written down; both are said', async () => {
    const sink = await sinkOf();
    const down: Notices = {
      claim: () => Promise.reject(new Failure({ kind: 'again', code: 'database_unreachable', happened: 'The database does not answer' })),
      release: async () => undefined,
    };

    const unset = await notify(incident, TO, { mail: null, notices: memoryNotices() });
    const unwritten = await notify(incident, TO, { mail: mailOver(sink.url), notices: down });

    assert.match(unset.failed[0]?.why ?? '', /set SMTP_URL and LANDFALL_MAIL_FROM/);
    assert.match(unwritten.failed[0]?.why ?? '', /The database does not answer/);
    assert.equal(sink.received.length, 0);
  });
});

describe('the history of a stream', () => {
  it('is a line for each change of its state, the oldest first', () => {
    const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 25, hour));

    const written = historyText([
      { status: 'success', at: at(3) },
      { status: 'pending', at: at(0) },
      { status: 'pending', at: at(1) },
      { status: 'skip', at: at(24) },
      { status: 'failed', at: at(26) },
      { status: 'discontinued', at: at(50) },
    ]);

    assert.equal(
      written,
      [
        '🔵 Data request [pending] (2026-11-25T00:00:00.000Z)',
        '🟢 Data request [success] (2026-11-25T03:00:00.000Z)',
        '🟠 Data request [skip] (2026-11-26T00:00:00.000Z)',
        '🔴 Data request [failed] (2026-11-26T02:00:00.000Z)',
        '⚫ Data request [discontinued] (2026-11-27T02:00:00.000Z)',
        '',
      ].join('\n'),
    );
  });
});
