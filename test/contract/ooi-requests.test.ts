import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { FacilityOptions } from '../../src/ooi/m2m/client.ts';
import type { TimeRange } from '../../src/ooi/m2m/request.ts';
import { type AskOutcome, askOnce } from '../../src/ooi/requests/ask.ts';
import { History } from '../../src/ooi/requests/history.ts';
import { fromLegacyStatus } from '../../src/ooi/requests/legacy-status.ts';
import { lookAtRequest } from '../../src/ooi/requests/look.ts';
import { isFinding, Owed } from '../../src/ooi/requests/owed.ts';
import type { RequestRecord } from '../../src/ooi/requests/record.ts';
import { Requests, type Wish } from '../../src/ooi/requests/requests.ts';
import { areResultsThere, findReusable } from '../../src/ooi/requests/reuse.ts';
import { requestStatus, Statuses } from '../../src/ooi/requests/status.ts';
import { bookCollections } from '../../src/stores/collection-spec.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { isOoiDataThere, WITHOUT_OOI_DATA } from '../golden/ooi-data.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { OoiServer } from '../helpers/ooi-server.ts';

const ctd = { instrument: 'CE02SHBP-LJ01D-06-CTDBPN106', method: 'streamed', stream: 'ctdbp_no_sample' } as const;
const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const ASKED = '/streamed/ctdbp_no_sample';
const ACCOUNT = '/thredds/catalog/ooi/harvester@example.org/catalog.xml';
const range = { begin: '2024-09-10T00:00:00.000000Z', end: '2024-09-13T00:04:00.000000Z' };
const wish: Wish = { table: TABLE, kind: 'append', flow: 'ctd', run: 'run-1', range, attempt: 1 };
const never = new AbortController().signal;
const MINUTE = 60_000;

let database: TestDatabase;
let opened: Database;
before(async () => {
  database = await startDatabase();
  opened = await database.open('requests');
  await applyCollections(
    opened.book,
    bookCollections.filter(({ name }) => name.startsWith('ooi')),
  );
});
after(() => database.stop());

/** Book-keeping with nothing in it. */
async function book(): Promise<Database> {
  for (const name of ['ooiRequests', 'ooiHistory', 'ooiOwed', 'ooiStatus']) await opened.book.collection(name).deleteMany({});
  return opened;
}

const accountCatalog = (...folders: readonly string[]): string =>
  `<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><dataset name="harvester@example.org">${folders
    .map((folder) => `<catalogRef xlink:href="${folder}/catalog.xml" xlink:title="${folder}" name=""/>`.replace(' name=""', ''))
    .join('')}</dataset></catalog>`;

describe('the requests of a stream', { skip: isOoiDataThere ? false : WITHOUT_OOI_DATA }, () => {
  let server: OoiServer;
  let requests: Requests;
  let history: History;
  let now: number;
  beforeEach(async () => {
    server = new OoiServer();
    server.answers = 'A1';
    await server.start();
    history = new History(await book());
    requests = new Requests(opened, history);
    now = Date.parse('2024-09-13T00:04:12Z');
  });
  afterEach(() => server.stop());

  const tools = (more: Partial<FacilityOptions> = {}) => ({
    facility: server.facility({ now: () => now, ...more }),
    requests,
    lookMs: MINUTE,
  });
  const ask = async (more: Partial<Wish> = {}): Promise<AskOutcome> => await askOnce(tools(), ctd, { ...wish, ...more }, never);
  const accepted = async (): Promise<RequestRecord> => {
    const outcome = await ask();
    assert.ok(outcome.state === 'accepted', outcome.state);
    return outcome.record;
  };

  it('are asked once, written down before they are sent, and then waited for', async () => {
    const record = await accepted();

    assert.deepEqual(
      [record.id, record.state, record.kind, record.range, record.sends],
      [`${TABLE}#append#1`, 'waiting', 'append', range, 1],
    );
    assert.equal(record.accepted?.requestedAt, '2024-09-13T00:04:12.000Z');
    assert.deepEqual((await history.latest(TABLE, 9)).map(({ state }) => state).toSorted(), ['asking', 'waiting']);
  });

  it('are asked by one of two runs that want to at the same moment, and found by the other', async () => {
    const outcomes = await Promise.all(['run-1', 'run-2', 'run-3', 'run-4'].map((run) => ask({ run })));

    assert.equal(outcomes.filter(({ state }) => state === 'accepted').length, 1);
    assert.equal(server.asked(ASKED).length, 1);
  });

  it('of another kind are no hindrance', async () => {
    await accepted();

    const refresh = await ask({ kind: 'refresh' });
    const again = await ask();

    assert.deepEqual([refresh.state, again.state, server.asked(ASKED).length], ['accepted', 'outstanding', 2]);
  });

  it('are asked anew when the one before has ended', async () => {
    const first = await accepted();
    await requests.move(first.id, 'replaced', 'Given up by a person', new Date(now));

    const second = await accepted();

    assert.equal(second.id, `${TABLE}#append#2`);
  });

  it('without data in their range end as nothing new', async () => {
    server.fail(ASKED, { status: 404, body: '{"message":{"status":"No data available"}}' });

    const outcome = await ask();

    assert.deepEqual([outcome.state, outcome.record.state, outcome.record.why], ['no_data', 'nothing_new', 'No data available']);
  });

  for (const [what, fault] of [
    ['answers with no addresses', { status: 200, body: '{"requestUUID":"u"}' }],
    ['refuses the credentials', { status: 401, body: '{}' }],
    ['says that they are too large', { status: 413, body: '{}' }],
  ] as const) {
    it(`end as refused when the facility ${what}`, async () => {
      server.fail(ASKED, fault);

      await assert.rejects(ask(), { kind: 'stop' });

      assert.equal((await requests.last(TABLE, 'append'))?.state, 'refused');
    });
  }

  for (const [what, fault] of [
    ['has no time', { status: 429, headers: { 'retry-after': '9' } }],
    ['is in maintenance', { status: 200, body: '<html><head><title>OOINet Maintenance</title></head></html>' }],
  ] as const) {
    it(`are sent again at once when the facility ${what}: it surely did not accept them`, async () => {
      server.fail(ASKED, fault);

      await assert.rejects(ask(), { kind: 'again' });
      const outcome = await ask();

      assert.deepEqual([outcome.state, outcome.record.id, outcome.record.sends], ['accepted', `${TABLE}#append#1`, 1]);
    });
  }

  it('that were written down and never sent are sent by the next run, for its own range', async () => {
    await requests.claim(wish, new Date(now));
    const later = { ...range, end: '2024-09-14T00:00:00.000000Z' };

    const outcome = await ask({ run: 'run-2', range: later });

    assert.deepEqual(
      [outcome.state, outcome.record.run, outcome.record.range, server.asked(ASKED).length],
      ['accepted', 'run-2', later, 1],
    );
  });

  it('without an answer are never taken for one that is known', async () => {
    const { id } = await accepted();
    await requests.move(id, 'replaced', null, new Date(now));
    now += MINUTE / 2;
    server.fail(ASKED, { cutAfter: 5 });
    server.files.set(ACCOUNT, accountCatalog(`20240913T000412877Z-${TABLE}`));
    await assert.rejects(ask(), { code: 'facility_unreachable' });

    assert.equal((await ask()).state, 'unanswered');
  });

  describe('whose answer never came', () => {
    beforeEach(async () => {
      const before = await accepted();
      await requests.move(before.id, 'ready', null, new Date(now));
      await requests.move(before.id, 'consumed', null, new Date(now));
      now = Date.parse('2024-09-14T00:03:55Z');
      server.fail(ASKED, { cutAfter: 5 });
      await assert.rejects(ask(), { kind: 'again', code: 'facility_unreachable' });
      server.seen.splice(0);
    });

    it('are found in the folder of the account, and not sent again', async () => {
      const made = `20240914T000355410Z-${TABLE}`;
      server.files.set(
        ACCOUNT,
        accountCatalog(
          `20240913T000412877Z-${TABLE}`,
          made,
          '20240914T000400000Z-CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_other',
          `20240914T010000000Z-${TABLE}`,
          '../x',
        ),
      );

      const outcome = await ask({ run: 'run-2' });

      assert.ok(outcome.state === 'accepted');
      assert.deepEqual([outcome.record.accepted?.id, server.asked(ASKED).length], ['found-20240914T000355410Z', 0]);
      assert.equal(outcome.record.accepted?.statusUrl.endsWith(`/async_results/harvester@example.org/${made}/status.txt`), true);
      assert.equal((await lookAtRequest(tools(), outcome.record, never)).state, 'complete');
    });

    it('are found also by a worker whose clock is wrong by days', async () => {
      const daysMs = 3 * 86_400_000;
      server.date = new Date(now + daysMs).toUTCString();
      server.files.set(ACCOUNT, accountCatalog(`20240915T000400000Z-${TABLE}`, `20240917T000355410Z-${TABLE}`));

      const outcome = await ask({ run: 'run-2' });

      assert.ok(outcome.state === 'accepted');
      assert.deepEqual([outcome.record.accepted?.id, server.asked(ASKED).length], ['found-20240917T000355410Z', 0]);
    });

    it("are found by a worker whose clock is an hour fast, and nobody else's are taken for them", async () => {
      server.date = new Date(now + 5 * MINUTE).toUTCString();
      server.files.set(ACCOUNT, accountCatalog(`20240913T230500000Z-${TABLE}`, `20240914T000355410Z-${TABLE}`));

      const outcome = await askOnce({ ...tools({ now: () => now + 65 * MINUTE }), lookMs: MINUTE }, ctd, { ...wish, run: 'run-2' }, never);

      assert.ok(outcome.state === 'accepted');
      assert.deepEqual([outcome.record.accepted?.id, server.asked(ASKED).length], ['found-20240914T000355410Z', 0]);
    });

    it('are not sent again while an answer may still come', async () => {
      const outcome = await ask({ run: 'run-2' });

      assert.ok(outcome.state === 'unanswered');
      assert.deepEqual([outcome.lookAgainMs, server.asked(ASKED).length], [MINUTE, 0]);
    });

    it('are looked for at the pace of the flow, rarer and rarer, until the pause is over', async () => {
      const lookMs = 2_000;
      const looks: number[] = [];
      for (let agoMs = 0; agoMs < 10 * lookMs; agoMs += looks.at(-1) ?? 0) {
        const outcome = await askOnce({ ...tools({ now: () => now + agoMs }), lookMs }, ctd, wish, never);
        looks.push(outcome.state === 'unanswered' ? outcome.lookAgainMs : Number.NaN);
      }

      assert.deepEqual(looks, [2_000, 2_000, 4_000, 8_000, 4_000]);
      assert.equal(server.asked(ASKED).length, 0);
    });

    it('and have no folder after a pause are sent once more, and fail the second time', async () => {
      server.files.set(ACCOUNT, accountCatalog(`20240913T000412877Z-${TABLE}`));
      server.fail(ASKED, { cutAfter: 5 });
      now += 11 * MINUTE;

      await assert.rejects(ask(), { code: 'facility_unreachable' });
      now += 11 * MINUTE;
      await assert.rejects(ask(), { kind: 'stop', code: 'request_unanswered' });

      const last = await requests.last(TABLE, 'append');
      assert.deepEqual([last?.state, last?.sends, server.asked(ASKED).length], ['failed', 2, 1]);
    });
  });

  it('are looked at until they are finished, each look noted', async () => {
    server.notReady = 2;
    const { id } = await accepted();

    const outcomes: string[] = [];
    for (let look = 0; look < 3; look += 1) {
      const record = (await requests.get(id)) ?? assert.fail('it is gone');
      outcomes.push((await lookAtRequest(tools(), record, never)).state);
      now += MINUTE;
    }

    const record = await requests.get(id);
    assert.deepEqual([outcomes, record?.state, record?.looks.count], [['waiting', 'waiting', 'complete'], 'ready', 3]);
    assert.deepEqual(record?.looks.lastAt, new Date('2024-09-13T00:06:12Z'));
  });

  for (const [key, ageHours, state] of [
    ['A1', 1, 'ready'],
    ['A3', 1, 'nothing_new'],
    ['A4', 1, 'failed'],
    ['A5', 47, 'waiting'],
    ['A5', 49, 'expired'],
  ] as const) {
    it(`such as ${key} are ${state} when they are ${ageHours} h old`, async () => {
      server.answers = key;
      const record = await accepted();
      now += ageHours * 60 * MINUTE;

      await lookAtRequest(tools(), record, never);

      assert.equal((await requests.get(record.id))?.state, state);
    });
  }

  it('whose folder was there and is not at two looks in a row are gone', async () => {
    server.answers = 'A5';
    const { id } = await accepted();
    const look = async () => (await lookAtRequest(tools(), (await requests.get(id)) ?? assert.fail(), never)).state;
    const seen = await look();
    server.fail('catalog.xml', { status: 404 });
    const missed = await look();
    const back = await look();
    server.fail('catalog.xml', { status: 404 }, { status: 404 });
    const once = await look();
    const twice = await look();

    assert.deepEqual([seen, missed, back, once, twice], ['waiting', 'waiting', 'waiting', 'waiting', 'gone']);
    assert.equal((await requests.get(id))?.state, 'gone');
  });

  it('that are finished and cover a range can be used again while their results are there', async () => {
    const { id } = await accepted();
    await requests.move(id, 'ready', null, new Date(now));
    const find = async (wanted: TimeRange, gone: readonly string[] = []) =>
      await findReusable(requests, { table: TABLE, kind: 'append', range: wanted, gone });

    const covered = (await find({ ...range, end: '2024-09-12T00:00:00Z' })) ?? assert.fail('it is found');
    const [beyond, passed] = [await find({ ...range, end: '2024-09-15T00:00:00Z' }), await find(range, [id])];
    const areThere = async () => await areResultsThere(tools().facility, covered, never);
    const before = await areThere();
    server.fail('status.txt', { status: 404 });

    assert.deepEqual([covered.id, beyond, passed, before, await areThere()], [id, null, null, true, false]);
  });

  it('change nothing when a change is repeated, and refuse one that does not follow', async () => {
    const { id } = await accepted();
    const files = { read: 1, rows: 121, dropped: 0, leftOut: [] };
    await requests.move(id, 'ready', '1 file', new Date(now));
    await requests.move(id, 'consumed', null, new Date(now), { files });
    const later = await requests.move(id, 'consumed', null, new Date(now + MINUTE), { files });

    assert.deepEqual([later.stateSince, later.files], [new Date(now), files]);
    await assert.rejects(requests.move(id, 'expired', null, new Date(now)), { kind: 'stop', code: 'request_moved' });
    assert.equal((await history.latest(TABLE, 9)).length, 4);
    assert.deepEqual(
      (await requests.finished(TABLE, 'append')).map((one) => one.id),
      [id],
    );
    assert.deepEqual(await requests.allOutstanding(null), []);
  });
});

describe('what is owed to a stream', () => {
  const one = { begin: '2024-01-01T00:00:00.000000Z', end: '2024-01-02T00:00:00.000000Z', why: 'Calculation failed' };
  const two = { begin: '2024-01-05T00:00:00.000000Z', end: '2024-01-06T00:00:00.000000Z', why: 'unreadable' };
  const week = { begin: '2024-01-01T00:00:00Z', end: '2024-01-08T00:00:00Z' };
  const at = (hours: number): Date => new Date(Date.parse('2024-02-01T00:00:00Z') + hours * 60 * MINUTE);

  it('is asked for again after pauses, until it came', async () => {
    const owed = new Owed(await book());

    await owed.settle(TABLE, week, [one, two], 'r1', at(0));
    await owed.settle(TABLE, week, [one, two], 'r1', at(0.1));

    assert.deepEqual((await owed.due(TABLE, at(0.9))).length, 0);
    assert.deepEqual(
      (await owed.due(TABLE, at(1))).map(({ begin, attempts }) => [begin, attempts]),
      [
        [one.begin, 1],
        [two.begin, 1],
      ],
    );
    await owed.settle(TABLE, one, [], 'r2', at(2));
    assert.deepEqual(
      (await owed.of(TABLE)).map(({ begin }) => begin),
      [two.begin],
    );
  });

  it('stays owed by whatever does not cover it, and becomes a finding after four requests', async () => {
    const owed = new Owed(await book());
    const part = { ...one, begin: '2024-01-01T12:00:00.000000Z' };

    await owed.settle(TABLE, week, [one], 'r1', at(0));
    await owed.settle(TABLE, two, [], 'other', at(1));
    for (const [n, request] of ['r2', 'r3', 'r4'].entries()) await owed.settle(TABLE, week, [part], request, at(24 * (n + 1)));

    const [left] = await owed.of(TABLE);
    assert.deepEqual([left?.begin, left?.attempts, left?.since, left !== undefined && isFinding(left)], [part.begin, 4, at(0), true]);
    assert.deepEqual(await owed.due(TABLE, at(1000)), []);
  });

  it('stays owed before and behind a request that covers only its middle', async () => {
    const owed = new Owed(await book());
    const middle = { begin: '2024-01-02T00:00:00Z', end: '2024-01-03T00:00:00Z' };
    const whole = { ...one, end: two.end };

    await owed.settle(TABLE, week, [whole], 'r1', at(0));
    for (const hours of [1, 2]) await owed.settle(TABLE, middle, [], 'r2', at(hours));

    assert.deepEqual(
      (await owed.of(TABLE)).map(({ begin, end, attempts, request }) => [begin, end, attempts, request]),
      [
        [one.begin, middle.begin, 1, 'r1'],
        [middle.end, two.end, 1, 'r1'],
      ],
    );
  });
});

describe('the status of a stream', () => {
  it('is changed part by part, so that two runs overwrite nothing of each other', async () => {
    const statuses = new Statuses(await book());
    const request = { state: 'pending', record: 'r1', kind: 'append', requestedAt: null, isReady: false, isOutstanding: true } as const;

    await Promise.all([
      statuses.change(TABLE, { request }, new Date(0)),
      statuses.change(TABLE, { store: { location: 's3://b/t', first: null, last: null } }, new Date(1)),
      statuses.change(TABLE, { process: { state: 'success', at: null } }, new Date(2)),
    ]);

    const status = await statuses.get(TABLE);
    assert.deepEqual(
      [status?.request, status?.store.location, status?.process.state, status?.lastRefresh],
      [request, 's3://b/t', 'success', null],
    );
    assert.equal((await statuses.all()).length, 1);
  });

  it('follows the request that it speaks of, and no other', async () => {
    const opened = await book();
    const [requests, statuses] = [new Requests(opened, new History(opened)), new Statuses(opened)];
    const { record } = await requests.claim(wish, new Date(0));
    await statuses.follow(record, new Date(1));
    const before = await statuses.get(TABLE);
    await statuses.change(TABLE, { request: requestStatus(record) }, new Date(2));
    await statuses.follow(await requests.move(record.id, 'replaced', null, new Date(3)), new Date(3));
    await statuses.follow({ ...record, id: 'another' }, new Date(4));

    const { request, updatedAt } = (await statuses.get(TABLE)) ?? {};

    assert.equal(before, null);
    assert.deepEqual([request?.state, request?.isOutstanding, updatedAt], ['unknown', false, new Date(3).toISOString()]);
  });

  it('that was kept elsewhere is brought in once', async () => {
    const statuses = new Statuses(await book());
    const elsewhere = fromLegacyStatus(TABLE, { status: 'success', end_date: '2025-07-30T10:14:22.092512768' }, new Date(0));

    assert.deepEqual([await statuses.adopt(elsewhere), await statuses.adopt({ ...elsewhere, flow: 'other' })], [true, false]);
    assert.deepEqual(await statuses.get(TABLE), elsewhere);
  });
});
