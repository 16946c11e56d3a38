import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { loadFlows } from '../../../src/config/flow-file.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { ooiFlowSchema } from '../../../src/ooi/flow.ts';
import { type Imported, type ImportRequest, importConfigs } from '../../../src/ooi/takeover/import-configs.ts';
import { readLegacyConfig } from '../../../src/ooi/takeover/legacy-config.ts';
import { legacyText, writeLegacy, writeLegacyFolder } from '../../helpers/legacy-configs.ts';

const KINDS = [{ kind: 'ooi', schema: ooiFlowSchema }];
const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106';
const TABLE = `${CTD}-streamed-ctdbp_no_sample`;
const TEXT = legacyText(CTD, 'streamed', 'ctdbp_no_sample');

let root: string;
let folder: string;
let flows: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'landfall-takeover-'));
  folder = join(root, 'flow_configs');
  flows = join(root, 'flows');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const taken = (given: Partial<ImportRequest> = {}): Promise<Imported> =>
  importConfigs({ folder, flows, kinds: KINDS, place: null, force: false, dryRun: false, ...given });

async function problemsOf(importing: Promise<Imported>): Promise<readonly string[]> {
  const error = await importing.then(
    () => assert.fail('nothing was wrong'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError);
  return error.problems.map(({ file, line, text }) => `${file?.replace(`${root}/`, '')}:${line ?? ''} ${text}`);
}

describe('the configurations of an existing harvest', () => {
  it('become a flow for each stream and one of all, which the product reads', async () => {
    await writeLegacyFolder(folder, 115);

    const imported = await taken();

    const loaded = await loadFlows(flows, KINDS);
    assert.equal(loaded.length, 116);
    assert.deepEqual([imported.streams, imported.files.filter(({ state }) => state === 'written').length], [115, 116]);
    const all = loaded.find(({ flow }) => flow.name === 'ooi-all')?.flow;
    assert.ok(all !== undefined && 'streams' in all);
    assert.equal(all.schedules.harvestAll, '0 0 * * *');
    const one = loaded.find(({ flow }) => flow.name === 'ce02shbp-lj01d-06-ctdbpn100-streamed-ctdbp_no_sample')?.flow;
    assert.deepEqual(one?.schedules, { harvest: null, refresh: null, verify: null });
    assert.ok(one !== undefined && 'store' in one);
    assert.deepEqual(one.store, {
      place: { kind: 's3', bucket: 'ooi-data', prefix: '' },
      publish: 'prefix',
      codec: 'zstd',
      keepMs: 14 * 86_400_000,
    });
    assert.deepEqual(imported.remarks, [
      {
        text: 'assignees and labels are not taken over. Write the addresses of people into notify.mail.',
        files: 115,
        first: join('CE02SHBP-LJ01D-06-CTDBPN100', 'CE02SHBP-LJ01D-06-CTDBPN100-streamed-ctdbp_no_sample.yaml'),
      },
    ]);
  });

  it('are only looked at in a dry run', async () => {
    await writeLegacyFolder(folder, 2);

    const imported = await taken({ dryRun: true });

    assert.equal(imported.files.length, 3);
    await assert.rejects(readdir(flows), { code: 'ENOENT' });
  });

  it('say their range, their own place and their own schedule in the flow', async () => {
    const own = 'CE04OSPS-SF01B-4A-NUTNRA102';
    await writeLegacy(folder, CTD, TABLE, TEXT);
    await writeLegacy(
      folder,
      'CE04OSPS-SF01B-3B-OPTAAD105',
      'CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample',
      legacyText('CE04OSPS-SF01B-3B-OPTAAD105', 'streamed', 'optaa_sample'),
    );
    const text = legacyText(own, 'streamed', 'nutnr_a_sample')
      .replace('start: null', 'start: 2020-01-01')
      .replace('end: null', "end: '2021-02-03T04:05:06.5'")
      .replace('s3://ooi-data', '/data/ooi/')
      .replace('0 0 * * *', '30 6 * * 1');
    await writeLegacy(folder, own, `${own}-streamed-nutnr_a_sample`, text);

    await taken();

    assert.equal(
      await readFile(join(flows, 'ce04osps-sf01b-4a-nutnra102-streamed-nutnr_a_sample.yaml'), 'utf8'),
      `# Taken over from ${own}/${own}-streamed-nutnr_a_sample.yaml
kind: ooi
name: ce04osps-sf01b-4a-nutnra102-streamed-nutnr_a_sample
instrument: ${own}
stream:
  method: streamed
  name: nutnr_a_sample
store:
  place: /data/ooi
range:
  start: 2020-01-01T00:00:00Z
  end: 2021-02-03T04:05:06.5Z
schedules:
  harvest: 30 6 * * 1
`,
    );
    const all = (await loadFlows(flows, KINDS)).find(({ flow }) => flow.name === 'ooi-all')?.flow;
    assert.ok(all !== undefined && 'streams' in all);
    assert.deepEqual(all.streams, [
      'ce02shbp-lj01d-06-ctdbpn106-streamed-ctdbp_no_sample',
      'ce04osps-sf01b-3b-optaad105-streamed-optaa_sample',
    ]);
  });

  it('are told with all their problems at once, each with its file and line, and nothing is written', async () => {
    await writeLegacy(folder, CTD, TABLE, TEXT.replace('goldcopy: false', 'goldcopy: true').replace('  method: streamed', '  method: " "'));
    await writeLegacy(folder, CTD, `${TABLE}x`, TEXT);
    await writeLegacy(folder, CTD, `${TABLE}y`, 'instrument: [1\n');
    await writeLegacy(
      folder,
      CTD,
      `${TABLE}z`,
      TEXT.replace('path: s3://ooi-data', 'path: stores').replace('start: null', 'start: yesterday'),
    );

    const problems = await problemsOf(taken());

    const file = (name: string) => `${join(CTD, name)}.yaml`;
    assert.match(problems[0] ?? '', new RegExp(`^${file(TABLE)}:3 stream\\.method is " "\\. Expected a method`));
    assert.match(
      problems[1] ?? '',
      new RegExp(`^${file(TABLE)}:9 harvest_options\\.goldcopy is true\\. Expected false: the gold copy lags behind`),
    );
    assert.match(problems[2] ?? '', new RegExp(`^${file(`${TABLE}x`)}: the file is about ${TABLE}\\. Expected it at`));
    assert.match(problems[3] ?? '', new RegExp(`^${file(`${TABLE}y`)}:\\d this is not YAML`));
    assert.match(problems[4] ?? '', new RegExp(`^${file(`${TABLE}z`)}:6 harvest_options\\.path is "stores"\\. Expected s3:`));
    assert.match(problems[5] ?? '', new RegExp(`^${file(`${TABLE}z`)}:13 harvest_options\\.custom_range\\.start is "yesterday"`));
    assert.equal(problems.length, 6);
    await assert.rejects(readdir(flows), { code: 'ENOENT' });
  });

  it('with a slip are told of that alone, not of what is made of the others', async () => {
    await writeLegacyFolder(folder, 1);
    await taken();
    const [first = ''] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml')).toSorted();
    await writeFile(join(folder, first), (await readFile(join(folder, first), 'utf8')).replace('path: s3://', 'path: s3:/'));

    const problems = await problemsOf(taken());

    assert.match(problems.join('\n'), /^[^\n]*harvest_options\.path is "s3:\/ooi-data"[^\n]*$/);
  });

  it('leave a flow file that says the same, and refuse one that says something else until they are forced', async () => {
    await writeLegacy(folder, CTD, TABLE, TEXT);
    await taken();
    const file = join(flows, `${TABLE.toLowerCase()}.yaml`);
    await writeFile(file, `# mine\n${(await readFile(file, 'utf8')).replace(/^#.*\n/, '')}`);

    const same = await taken();
    await writeFile(file, (await readFile(file, 'utf8')).replace('publish: prefix', 'publish: pointer'));
    const problems = await problemsOf(taken());
    const forced = await taken({ force: true });

    assert.deepEqual(
      same.files.map(({ state }) => state),
      ['unchanged', 'unchanged'],
    );
    assert.deepEqual(problems, [
      `flows/${TABLE.toLowerCase()}.yaml: the file is there and says something else. Expected the same: look at it, then give --force to replace it.`,
    ]);
    assert.deepEqual(
      forced.files.map(({ state }) => state),
      ['replaced', 'unchanged'],
    );
    assert.match(await readFile(file, 'utf8'), /publish: prefix/);
    assert.deepEqual((await readdir(flows)).length, 2);
  });

  it('refuse a name that a flow in another file has', async () => {
    await writeLegacy(folder, CTD, TABLE, TEXT);
    await taken();
    await writeFile(join(flows, 'mine.yaml'), await readFile(join(flows, 'ooi-all.yaml')));
    await rm(join(flows, 'ooi-all.yaml'));

    const problems = await problemsOf(taken());

    assert.match(problems[0] ?? '', /^flows\/ooi-all\.yaml: a flow of this name is in another file/);
  });

  it('take another place for all stores', async () => {
    await writeLegacy(folder, CTD, TABLE, TEXT);

    await taken({ place: '/data/elsewhere' });

    const loaded = await loadFlows(flows, KINDS);
    assert.deepEqual(
      loaded.map(({ flow }) => ('store' in flow ? flow.store : null)).map((store) => JSON.stringify(store).includes('/data/elsewhere')),
      [true, true],
    );
  });

  it('refuse a folder without any', async () => {
    await assert.rejects(taken(), { code: 'usage', message: /does not exist/ });
    await writeLegacy(folder, 'notes', 'x', 'a: 1');
    await assert.rejects(taken(), { code: 'usage', message: /holds no configuration/ });
  });
});

describe('a configuration', () => {
  it('is read with what it says of runs, people, credentials and unknown keys remarked, and no credential shown', () => {
    const text = TEXT.replace('refresh: false', 'refresh: true')
      .replace('path_settings: {}', 'path_settings: {key: AKIA, secret: hunter2}')
      .replace('workflow_config:', 'workflow_confg: {}\nworkflow_config:');

    const { stream, remarks } = readLegacyConfig(text, 'x.yaml');

    assert.equal(stream?.table, TABLE);
    assert.equal(remarks.length, 4);
    assert.match(remarks[0] ?? '', /landfall run refresh/);
    assert.match(remarks[3] ?? '', /^workflow_confg is not known and is left out\. Did you mean workflow_config\?/);
    assert.doesNotMatch(JSON.stringify(remarks), /AKIA|hunter2/);
  });
});
