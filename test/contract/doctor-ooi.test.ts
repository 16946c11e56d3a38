import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Context } from '../../src/cli/context.ts';
import type { Finding } from '../../src/cli/doctor-machine.ts';
import { clockFinding, ooiFindings } from '../../src/cli/doctor-ooi.ts';
import { parseFlow } from '../../src/config/flow-text.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { kinds } from '../../src/kinds.ts';
import { parseTable } from '../../src/ooi/names.ts';
import { openS3 } from '../../src/stores/objects/s3.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';
import { OOI_WORKER } from '../helpers/ooi-site.ts';

const options = { ...SERIES_DEFAULTS, streams: 1 };
const [TABLE = ''] = streamsOf(options).keys();

describe('the doctor’s look at what flows of kind ooi need', () => {
  let facility: Facility;
  let server: TestObjectServer;
  let environment: Readonly<Record<string, string>>;
  before(async () => {
    facility = await startFacility({ world: generatedWorld(options) });
    server = await startObjectServer();
    const { keys } = server.options('');
    environment = {
      LANDFALL_HOME: server.home,
      S3_ENDPOINT: server.endpoint,
      S3_ACCESS_KEY_ID: keys?.accessKey.reveal() ?? '',
      S3_SECRET_ACCESS_KEY: keys?.secretKey.reveal() ?? '',
    };
    (await openS3(server.options('here'))).close();
  });
  after(async () => {
    await facility.stop();
    await server.stop();
  });
  afterEach(() => facility.reset());

  const stream = (name: string, place: string, keys: object = {}): string => {
    const { instrument = '', method, stream: of } = parseTable(TABLE) ?? {};
    const upstream = { api: `${facility.url}/` };
    return JSON.stringify({ name, kind: 'ooi', instrument, stream: { method, name: of }, upstream, store: { place }, ...keys });
  };
  const look = async (
    texts: readonly string[],
    { settings = {}, env = OOI_WORKER }: { settings?: object; env?: Readonly<Record<string, string>> } = {},
  ): Promise<readonly Finding[]> => {
    const context = new Context(loadSettings({ ...environment, ...settings }));
    const flows = texts.map((text) => parseFlow(text, '/srv/flows/x.yaml', kinds));
    return await ooiFindings(context, flows, env);
  };

  it('is a line for the facility, one for its clock and one for the bucket that flows share, and leaves nothing there', async () => {
    const findings = await look([stream('one', 's3://here/a'), stream('two', 's3://here/a')]);

    const { host } = new URL(facility.url);
    assert.deepEqual(
      findings.map(({ what, state }) => [what, state]),
      [
        [`facility ${host}`, 'ok'],
        [`clock of facility ${host}`, 'ok'],
        ['s3://here/a', 'ok'],
      ],
    );
    assert.match(
      findings[0]?.found ?? '',
      /^it answers within .*, the credentials are good in this shell; workers read them when they start$/,
    );
    assert.match(findings[2]?.found ?? '', /^may be written, and writes keep their conditions/);
    const store = await openS3(server.options('here'));
    assert.deepEqual(await Array.fromAsync(store.list('')), []);
    store.close();
  });

  it('asks the facility nothing and no bucket where no flow is of this kind', async () => {
    assert.deepEqual(await look(['{"name":"argo","kind":"argo","upstream":{"rsync":"h::argo"},"mirror":"/m"}']), []);
  });

  it('asks what sites there are where only a set is, and looks at no bucket where stores are in a folder', async () => {
    const findings = await look([
      JSON.stringify({ name: 'all', kind: 'ooi', streams: 'all', upstream: { api: `${facility.url}/` }, store: { place: '/srv/stores' } }),
    ]);

    assert.deepEqual(
      findings.map(({ state }) => state),
      ['ok', 'ok'],
    );
  });

  it('names the credentials that are missing', async () => {
    const [finding] = await look([stream('one', '/srv/stores')], { env: {} });

    assert.equal(finding?.state, 'bad');
    assert.match(finding?.found ?? '', /OOI_USERNAME is not set$/);
    assert.equal(finding?.remedy, 'Set OOI_USERNAME for the workers, then start them again');
  });

  it('says that the facility refuses the credentials, and shows none', async () => {
    const [finding] = await look([stream('one', '/srv/stores')], { env: { OOI_USERNAME: 'somebody', OOI_TOKEN: 'geheim' } });

    assert.equal(finding?.state, 'bad');
    assert.match(finding?.found ?? '', /refused the credentials/);
    assert.doesNotMatch(JSON.stringify(finding), /somebody|geheim/);
  });

  it('says that an instrument is not there', async () => {
    const [finding] = await look([stream('one', '/srv/stores', { instrument: 'XX02SHBP-LJ01D-06-CTDBPN106' })]);

    assert.equal(finding?.state, 'warn');
    assert.equal(finding?.remedy, 'Correct the instrument of flow one');
  });

  it('says that a stream is not there, with the one that was meant', async () => {
    const { method = '', stream: name = '' } = parseTable(TABLE) ?? {};

    const findings = await look([
      stream('right', '/srv/stores'),
      stream('slip', '/srv/stores', { stream: { method, name: `${name.slice(0, -1)}x` } }),
    ]);

    const unknown = findings.filter(({ what }) => what.startsWith('flow '));
    assert.deepEqual(
      unknown.map(({ what, state, remedy }) => [what, state, remedy]),
      [['flow slip', 'warn', `Did you mean { method: ${method}, name: ${name} }?`]],
    );
  });

  it('does not call maintenance a fault of the machine', async () => {
    facility.set({ faults: [{ kind: 'maintenance' }] });

    const [finding] = await look([stream('one', '/srv/stores')]);

    assert.equal(finding?.state, 'warn');
    assert.match(finding?.remedy ?? '', /^Wait/);
  });

  it('names a bucket that is not there, and keys that are refused without showing them', async () => {
    const [, , missing] = await look([stream('one', 's3://nowhere')]);
    const [, , refused] = await look([stream('one', 's3://here')], { settings: { S3_SECRET_ACCESS_KEY: 'geheim' } });

    assert.deepEqual([missing?.what, missing?.state, missing?.remedy], ['s3://nowhere', 'bad', 'Create it, or correct its name']);
    assert.equal(refused?.state, 'bad');
    assert.match(refused?.found ?? '', /^The credentials were refused/);
    assert.doesNotMatch(JSON.stringify(refused), /geheim/);
  });

  it('finds clocks apart by what the facility said between question and answer', () => {
    assert.equal(clockFinding('clock', 10_000, 10_900, 11_500).state, 'ok');
    assert.equal(clockFinding('clock', 0, 60_900, 61_400).state, 'ok');
    assert.deepEqual(clockFinding('clock', 0, 3_601_000, 3_602_000), {
      what: 'clock',
      state: 'warn',
      found: '1 h apart from ours',
      remedy: 'Set the clock of this machine by NTP',
    });
  });
});
