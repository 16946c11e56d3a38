import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestAllInput, HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import { commandIn } from '../helpers/command.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { type Site, startSite } from '../helpers/site.ts';

const options = { ...SERIES_DEFAULTS, seed: 3, streams: 5, deploymentDays: 3, rowsPerFile: 200 };
const world = generatedWorld(options);
const UNKNOWN = 'CE02SHBP-LJ01D-06-CTDBPN999-streamed-ctdbp_no_sample';

describe('the harvest of a set', () => {
  let site: Site;
  let facility: Facility;
  let streams: readonly StreamSite[];
  before(async () => {
    facility = await startFacility({ world, startMs: clockAt(options, 2) });
    // So short a history makes the run over the set go on as new while streams are under way.
    site = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '40' } });
    await site.worker(OOI_WORKER);
    streams = [...streamsOf(options).keys()].map((table, at) => streamFlow(site, facility, `s${at}`, table));
    streamFlow(site, facility, 'unknown', UNKNOWN);
    writeFileSync(
      join(site.home, 'flows', 'all.yaml'),
      JSON.stringify({ name: 'all', kind: 'ooi', streams: 'all', width: 2, store: { place: join(site.home, 'stores') } }),
    );
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  const expectedDigests = (table: string): Readonly<Record<string, string>> => {
    const { columns } = world.expectedRows(table, facility.requests);
    const digest = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): string =>
      createHash('sha256')
        .update(Buffer.from(buffer, byteOffset, byteLength))
        .digest('hex');
    return Object.fromEntries([...columns].map(([name, { values }]) => [name, digest(values)]));
  };

  const start = (input: Partial<HarvestAllInput> = {}) =>
    site.client.workflow.start<HarvestAllWorkflow>('harvestAll', {
      taskQueue: 'landfall',
      workflowId: 'harvestAll/all',
      args: [{ flow: 'all', ...input }],
    });

  it('starts every stream, and one that fails hurts no other', async () => {
    const { state, message, record } = await (await start()).result();

    assert.equal(state, 'done');
    assert.deepEqual(record.waiting, ['s0', 's1', 's2', 's3', 's4']);
    assert.equal(record.failedCount, 1);
    assert.match(String(record.failed), /^unknown: The facility has no stream ctdbp_no_sample/);
    assert.match(message, /5 left to a refresh, .*1 failed/);
    for (const stream of streams) assert.equal((await stream.refresh().result()).state, 'published');
  });

  it('appends a day to each, in histories that stay short', async () => {
    facility.clock.advance(86_400);
    const run = await start();
    const { record } = await run.result();

    assert.deepEqual(record.done, ['s0', 's1', 's2', 's3', 's4']);
    for (const stream of streams) assert.deepEqual(await stream.digests(), expectedDigests(stream.table));
    assert.ok((await site.client.workflow.getHandle('harvestAll/all').describe()).historyLength < 100);
    assert.notEqual(
      (await site.client.workflow.getHandle('harvestAll/all').describe()).runId,
      run.firstExecutionRunId,
      'it went on as new',
    );
  });

  it('is at the command line as the health of its record says, to whoever waits for it and to whoever watches it', async () => {
    const landfall = commandIn(site.home, { LANDFALL_HOME: site.home });

    const [harvested, good] = await Promise.all(['run harvest unknown --wait', 'run harvest s0 --wait'].map((words) => landfall(words)));
    const all = await landfall('run harvestAll all --streams unknown --wait');
    const watched = await Promise.all(['watch unknown', 'watch all', 'watch s0 --job harvest'].map((words) => landfall(words)));

    assert.match(harvested?.stdout ?? '', /The facility has no stream ctdbp_no_sample/, harvested?.stderr);
    assert.match(all.stdout, /^0 .*1 failed\./);
    assert.deepEqual(
      [harvested, all, good, ...watched].map((command) => command?.exit),
      [1, 1, 0, 1, 1, 0],
    );
  });

  it('has in its status what is home of each stream, and until when', async () => {
    const landfall = commandIn(site.home, { LANDFALL_HOME: site.home });

    const [table, one] = await Promise.all([landfall('status'), landfall('status s0 --json')]);

    const [{ home, unit, until }] = [Object(Reflect.get(Object(one.json()), 0))];
    assert.match(table.stdout, /^s0 +ooi +[\d,]+ rows +\d{4}-\d\d-\d\d +not scheduled/m);
    assert.match(table.stdout, /^unknown +ooi +not scheduled/m);
    assert.equal(home, world.expectedRows(streams[0]?.table ?? '', facility.requests).columns.get('time')?.values.length);
    assert.deepEqual([unit, typeof until], ['rows', 'string']);
  });
});
