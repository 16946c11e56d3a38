import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { resolveSecret, Secret } from '../../../src/config/secret.ts';
import { loadSettings } from '../../../src/config/settings.ts';
import { settingsTable } from '../../../src/config/settings-table.ts';

const files: ReadonlyMap<string, string> = new Map([
  ['/run/secrets/uri', 'mongodb://landfall:hunter2@db/\n'],
  ['/run/secrets/key', 'hunter2\r\n'],
  ['/run/secrets/smtp', 'smtps://me:hunter2@mail.example.org:465\n'],
  ['/run/secrets/empty', '\n'],
  ['/run/secrets/wrong', 'hunter2 is my password\n'],
  ['/tls/ca.pem', 'CA\n'],
  ['/tls/cert.pem', 'CERTIFICATE\n'],
  ['/tls/key.pem', 'hunter2\n'],
]);

function readFile(path: string): string {
  const text = files.get(path);
  if (text !== undefined) return text;
  throw Object.assign(new Error(`no ${path}`), { code: path.startsWith('/private') ? 'EACCES' : 'ENOENT' });
}

const load = (env: Readonly<Record<string, string>>) => loadSettings(env, { readFile, cwd: '/srv' });

describe('settings', () => {
  it('need nothing: without any, servers are the embedded ones and everything is below .landfall', () => {
    const settings = load({ PATH: '/bin', HOME: '/home' });

    assert.deepEqual(settings, {
      home: '/srv/.landfall',
      flows: '/srv/flows',
      temporal: { namespace: 'default' },
      mongodb: { database: 'landfall' },
      s3: { region: 'us-east-1', isPathStyle: true },
      mail: null,
      log: { level: 'info', format: 'auto' },
      http: { host: '127.0.0.1', port: 0 },
      capacities: { control: 20, request: 4, transfer: 2, convert: 2, load: 4, verify: 1, notify: 2 },
      requestsPerSecond: 1,
      shutdownGraceMs: 30_000,
      buildId: null,
      binaries: {},
    });
  });

  it('are read from the environment; an empty variable is one that is not set', () => {
    const settings = load({
      LANDFALL_HOME: '/var/lib/landfall',
      LANDFALL_FLOWS: 'night/flows',
      LANDFALL_HTTP: '[::1]:9464',
      LANDFALL_CAPACITY_LOAD: '16',
      LANDFALL_SHUTDOWN_GRACE: '2m',
      LANDFALL_RATE_REQUEST: '0.2',
      LANDFALL_LOG_LEVEL: '',
      LANDFALL_SECRET_RSYNC: 'x',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'science',
    });

    assert.equal(settings.home, '/var/lib/landfall');
    assert.equal(settings.flows, '/srv/night/flows');
    assert.deepEqual(settings.http, { host: '::1', port: 9464 });
    assert.equal(settings.capacities.load, 16);
    assert.equal(settings.requestsPerSecond, 0.2);
    assert.equal(settings.shutdownGraceMs, 120_000);
    assert.equal(settings.log.level, 'info');
    assert.deepEqual(settings.temporal, { address: 'temporal:7233', namespace: 'science' });
  });

  it('can turn the status page off', () => {
    const settings = load({ LANDFALL_HTTP: 'off' });

    assert.equal(settings.http, null);
  });

  it('take secrets from files, without the newline at their end', () => {
    const { temporal, mongodb } = load({ MONGODB_URI_FILE: '/run/secrets/uri', TEMPORAL_API_KEY_FILE: '/run/secrets/key' });

    assert.equal(mongodb.uri?.reveal(), 'mongodb://landfall:hunter2@db/');
    assert.equal(temporal.apiKey?.reveal(), 'hunter2');
    assert.deepEqual(temporal.tls, {});
  });

  it('read certificates for Temporal under the names that its own clients use', () => {
    const { temporal } = load({
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/tls/ca.pem',
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/tls/cert.pem',
      TEMPORAL_TLS_CLIENT_KEY_PATH: '/tls/key.pem',
    });

    assert.equal(temporal.tls?.serverCa, 'CA');
    assert.equal(temporal.tls?.serverName, 'temporal.internal');
    assert.equal(temporal.tls?.client?.certificate, 'CERTIFICATE');
    assert.equal(temporal.tls?.client?.key.reveal(), 'hunter2');
  });

  it('name an S3 server with its keys, from files too', () => {
    const { s3 } = load({
      S3_ENDPOINT: 'https://s3.example.org/',
      S3_REGION: 'eu-north-1',
      S3_PATH_STYLE: 'false',
      S3_ACCESS_KEY_ID: 'AK',
      S3_SECRET_ACCESS_KEY_FILE: '/run/secrets/key',
    });

    assert.deepEqual([s3.endpoint, s3.region, s3.isPathStyle], ['https://s3.example.org', 'eu-north-1', false]);
    assert.deepEqual([s3.keys?.accessKey.reveal(), s3.keys?.secretKey.reveal()], ['AK', 'hunter2']);
  });

  it('leave the keys of a named S3 server to what other clients find', () => {
    const { s3 } = load({ S3_ENDPOINT: 'http://127.0.0.1:7070' });

    assert.deepEqual(s3, { endpoint: 'http://127.0.0.1:7070', region: 'us-east-1', isPathStyle: true });
  });

  it('refuse an S3 server without its keys, keys without a server, and an address with a password, showing none of it', () => {
    assert.throws(
      () => load({ S3_ENDPOINT: 'https://me:hunter2@s3.example.org', S3_ACCESS_KEY_ID: 'hunter2' }),
      (error: Error) => {
        assert.match(error.message, /^2 problems/);
        assert.match(error.message, /S3_ENDPOINT is .*Expected an address such as https:/);
        assert.match(error.message, /S3_SECRET_ACCESS_KEY is missing, while the other half is set/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
    assert.throws(
      () => load({ S3_SECRET_ACCESS_KEY: 'hunter2', S3_ACCESS_KEY_ID: 'AK' }),
      /S3_ENDPOINT is missing, while keys for it are set/,
    );
  });

  it('name a mail server, from a file too, and refuse one without a sender, showing no password', () => {
    const { mail } = load({ SMTP_URL_FILE: '/run/secrets/smtp', LANDFALL_MAIL_FROM: 'landfall@example.org' });
    assert.deepEqual([mail?.smtp.reveal(), mail?.from], ['smtps://me:hunter2@mail.example.org:465', 'landfall@example.org']);
    assert.equal(load({}).mail, null);

    for (const [given, expected] of [
      [{ SMTP_URL: 'smtp://me:hunter2@mail.example.org' }, /LANDFALL_MAIL_FROM is missing, while the other half is set/],
      [{ LANDFALL_MAIL_FROM: 'landfall@example.org' }, /SMTP_URL is missing, while the other half is set/],
      [{ SMTP_URL: 'mailto:hunter2', LANDFALL_MAIL_FROM: 'landfall@example.org' }, /SMTP_URL is text that is not shown here/],
    ] as const) {
      assert.throws(
        () => load(given),
        (error: Error) => expected.test(error.message) && !error.message.includes('hunter2'),
      );
    }
  });

  it('leave TLS off where TEMPORAL_TLS says so, and turn it on by that alone', () => {
    const off = load({ TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'k' });
    const on = load({ TEMPORAL_TLS: 'true' });

    assert.equal(off.temporal.tls, undefined);
    assert.deepEqual(on.temporal.tls, {});
  });

  it('report everything that is wrong at once, never the value of a secret', () => {
    const env = {
      LANDFALL_HOEM: '/x',
      LANDFALL_CAPACITY_LOADS: '3',
      LANDFALL_COLOUR_OF_THE_SHED: 'red',
      LANDFALL_CAPACITY_LOAD: '0',
      LANDFALL_CAPACITY_VERIFY: 'many',
      LANDFALL_DATABASE: 'no such/name',
      LANDFALL_HTTP: '9464',
      LANDFALL_LOG_LEVEL: 'loud',
      LANDFALL_RATE_REQUEST: '0.0',
      LANDFALL_SHUTDOWN_GRACE: '30',
      MONGODB_URI: 'landfall:hunter2@db',
      TEMPORAL_ADDRESS: 'temporal:0',
      TEMPORAL_API_KEY: 'hunter2',
      TEMPORAL_API_KEY_FILE: '/private/key',
      TEMPORAL_TLS: 'yes',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere',
    };

    const loading = () => load(env);

    assert.throws(loading, {
      kind: 'stop',
      code: 'bad_configuration',
      message: `17 problems in the environment:
  LANDFALL_HOEM is not a setting. Did you mean LANDFALL_HOME?
  LANDFALL_CAPACITY_LOADS is not a setting. Did you mean LANDFALL_CAPACITY_LOAD?
  LANDFALL_COLOUR_OF_THE_SHED is not a setting. Known settings: LANDFALL_HOME, LANDFALL_FLOWS, LANDFALL_MAIL_FROM, LANDFALL_DATABASE, LANDFALL_LOG_LEVEL, LANDFALL_LOG_FORMAT, LANDFALL_HTTP, LANDFALL_SHUTDOWN_GRACE, LANDFALL_BUILD_ID, LANDFALL_TEMPORAL_BIN, LANDFALL_MONGOD_BIN, LANDFALL_VERSITYGW_BIN, LANDFALL_CAPACITY_CONTROL, LANDFALL_CAPACITY_REQUEST, LANDFALL_CAPACITY_TRANSFER, LANDFALL_CAPACITY_CONVERT, LANDFALL_CAPACITY_LOAD, LANDFALL_CAPACITY_VERIFY, LANDFALL_CAPACITY_NOTIFY, LANDFALL_RATE_REQUEST.
  TEMPORAL_ADDRESS is "temporal:0". Expected host:port such as temporal.example.org:7233.
  TEMPORAL_API_KEY and TEMPORAL_API_KEY_FILE are both set. Expected one of them.
  TEMPORAL_API_KEY_FILE cannot be used: the file /private/key may not be read by this user. Expected a text file that this user may read.
  TEMPORAL_TLS is "yes". Expected one of true, false.
  TEMPORAL_TLS_CLIENT_CERT_PATH cannot be used: the file /nowhere does not exist. Expected a text file that this user may read.
  TEMPORAL_TLS_CLIENT_KEY_PATH is missing, while the other half is set. Expected a client certificate and its key together.
  MONGODB_URI is text that is not shown here. Expected an address that begins with mongodb:// or mongodb+srv:// and holds no blanks.
  LANDFALL_DATABASE is "no such/name". Expected a database name of letters, digits, hyphens and underscores that begins with a letter, 38 characters at most.
  LANDFALL_LOG_LEVEL is "loud". Expected one of trace, debug, info, warn, error.
  LANDFALL_HTTP is "9464". Expected host:port such as 127.0.0.1:9464, or off.
  LANDFALL_SHUTDOWN_GRACE is "30". Expected a duration such as 30s, 15m, 6h or 7d.
  LANDFALL_CAPACITY_LOAD is "0". Expected a whole number from 1 to 1000.
  LANDFALL_CAPACITY_VERIFY is "many". Expected a whole number from 1 to 1000.
  LANDFALL_RATE_REQUEST is "0.0". Expected a number a second above 0 and at most 1000, such as 1 or 0.2.`,
    });
  });

  it('refuse a secret file that holds something else, without showing what', () => {
    const loading = () => load({ MONGODB_URI_FILE: '/run/secrets/wrong', TEMPORAL_API_KEY_FILE: '/run/secrets/empty' });

    assert.throws(loading, {
      message: `2 problems in the environment:
  TEMPORAL_API_KEY_FILE cannot be used: the file /run/secrets/empty is empty. Expected a text file that this user may read.
  the file that MONGODB_URI_FILE names holds something else. Expected an address that begins with mongodb:// or mongodb+srv:// and holds no blanks.`,
    });
  });

  it('do not show an address that was put where its file was meant', () => {
    const loading = () => load({ MONGODB_URI_FILE: 'mongodb://landfall:hunter2@db/' });

    assert.throws(loading, {
      message:
        '1 problem in the environment:\n  MONGODB_URI_FILE cannot be used: the file mongodb://***@db/ does not exist. Expected a text file that this user may read.',
    });
  });

  it('are listed with their defaults for help and documentation', () => {
    const table = settingsTable();

    assert.deepEqual(
      table.find(({ name }) => name === 'LANDFALL_SHUTDOWN_GRACE'),
      { name: 'LANDFALL_SHUTDOWN_GRACE', unless: '30s', meaning: 'how long activities may go on after a worker was told to stop' },
    );
    assert.ok(table.every(({ meaning }) => meaning !== ''));
  });

  it('stand in the README, every one of them as it is', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const rows = settingsTable().map(
      ({ name, unless, meaning }) => `| \`${name}\` | ${unless === null ? '' : `\`${unless}\``} | ${meaning} |`,
    );

    const written = readme.split('\n').filter((line) => /^\| `(LANDFALL|TEMPORAL|MONGODB|S3|SMTP)_/.test(line));

    assert.deepEqual(written, rows);
  });
});

describe('a secret', () => {
  it('shows itself nowhere but where it is revealed', () => {
    const secret = new Secret('hunter2');

    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ secret }, { depth: 9, showHidden: true }),
    ];

    assert.equal(secret.reveal(), 'hunter2');
    assert.doesNotMatch(shown.join(' '), /hunter2/);
  });

  it('of a flow is fetched from the environment or from a file', () => {
    const sources = { env: { LANDFALL_SECRET_RSYNC: 'from the environment' }, readFile };

    const one = resolveSecret({ env: 'LANDFALL_SECRET_RSYNC' }, 'The rsync password of flow argo', sources);
    const other = resolveSecret({ file: '/run/secrets/key' }, 'The rsync password of flow argo', sources);

    assert.deepEqual([one.reveal(), other.reveal()], ['from the environment', 'hunter2']);
  });

  it('that is not where a flow says stops the run with a sentence', () => {
    const fetching = (reference: { readonly env: string } | { readonly file: string }) => () =>
      resolveSecret(reference, 'The rsync password of flow argo', { env: {}, readFile });

    assert.throws(fetching({ env: 'NOT_SET' }), {
      kind: 'stop',
      code: 'missing_secret',
      message:
        'The rsync password of flow argo is not there: the environment variable NOT_SET is not set. Set NOT_SET for the workers, then start them again.',
    });
    assert.throws(fetching({ file: '/nowhere' }), {
      message:
        'The rsync password of flow argo is not there: the file /nowhere does not exist. Make the file readable for the user that runs the workers.',
    });
  });
});
