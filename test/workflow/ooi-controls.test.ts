import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { Context } from '../../src/cli/context.ts';
import { signalFlow } from '../../src/cli/controls.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { isFailure } from '../../src/errors.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import type { RefreshInput, RefreshWorkflow } from '../../workflows/ooi/refresh.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { until } from '../helpers/processes.ts';
import { progressOf, type Site, startSite, untilProgress } from '../helpers/site.ts';

const options = { ...SERIES_DEFAULTS, seed: 6, streams: 2, deploymentDays: 3, rowsPerFile: 200 };
const world = generatedWorld(options);
const [TABLE = '', OTHER = ''] = streamsOf(options).keys();

describe('what an operator may do to a harvest', () => {
  let site: Site;
  let facility: Facility;
  let stream: StreamSite;
  let other: StreamSite;
  before(async () => {
    facility = await startFacility({ world, startMs: clockAt(options, 2) });
    site = await startSite();
    await site.worker(OOI_WORKER);
    stream = streamFlow(site, facility, 's0', TABLE, { upstream: { look: '1h' } });
    other = streamFlow(site, facility, 's1', OTHER, { upstream: { look: '1h' } });
    for (const one of [stream, other]) {
      await (await one.start()).result();
      await one.refresh().result();
    }
  });
  beforeEach(() => {
    facility.reset();
    facility.clock.advance(86_400);
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  const asked = (): number => facility.requests.length;
  const looks = (): number => facility.traffic.counts.status ?? 0;
  const waiting = async (of = stream) => {
    facility.set({ delay: 'never' });
    const run = await of.start();
    await untilProgress(run, ({ phase, says }) => phase === 'wait' && says !== null);
    return run;
  };
  const refresh = (input: Partial<RefreshInput>, table = TABLE) =>
    site.client.workflow.start<RefreshWorkflow>('refresh', {
      taskQueue: 'landfall',
      workflowId: `refresh/${table}`,
      args: [{ flow: 's0', ...input }],
    });
  const expected = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...world.expectedRows(TABLE, facility.requests).columns].map(([name, { values }]) => [
        name,
        createHash('sha256')
          .update(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
          .digest('hex'),
      ]),
    );

  it('pause it while it waits: it does not look until it is resumed', async () => {
    const run = await waiting();
    facility.set({ delay: { seconds: 0 } });
    const before = looks();
    await run.signal('pause');
    await run.signal('retry');
    const { paused } = await progressOf(run);
    const during = looks();
    const { status } = await run.describe();
    await run.signal('resume');

    const { state } = await run.result();

    assert.deepEqual([paused, status.name, during], [true, 'RUNNING', before]);
    assert.equal(state, 'done');
    assert.deepEqual(await stream.digests(), expected());
  });

  it('pause it while it fetches: what is under way is put down, and taken up when it is resumed', async () => {
    facility.set({ faults: [{ endpoint: 'file', kind: 'slow', bytesPerSecond: 500 }] });
    const files = facility.traffic.counts.file ?? 0;
    const run = await stream.start();
    await until(async () => (facility.traffic.counts.file ?? 0) > files);
    await run.signal('pause');
    await until(async () => ((await run.describe()).raw.pendingActivities ?? []).length === 0);
    const { phase, paused } = await progressOf(run);
    facility.reset();
    await run.signal('resume');

    const { state } = await run.result();

    assert.deepEqual([phase, paused, state], ['fetch', true, 'done']);
    assert.deepEqual(await stream.digests(), expected());
  });

  it('have a finished request used once more: nothing is asked, and nothing is claimed to be added', async () => {
    await (await stream.start()).result();
    const before = { asked: asked(), digests: await stream.digests() };

    const append = await (await stream.start({ force: true, request: 'reuse' })).result();

    assert.deepEqual([append.state, append.record.added], ['unchanged', 0]);
    assert.deepEqual({ asked: asked(), digests: await stream.digests() }, before);
  });

  it('accept on a new run what a refresh was refused for: what was built is used', async () => {
    await (await stream.start()).result();
    const refused = await refresh({ force: true, end: new Date(clockAt(options, 2)).toISOString() });
    await untilProgress(refused, ({ health }) => health === 'asks');
    await refused.signal('stop');
    const stopped = await refused.result();
    const before = { asked: asked(), files: facility.traffic.counts.file ?? 0 };

    const { state, record } = await (await refresh({ accept: ['shorter'] })).result();

    assert.deepEqual([stopped.state, state], ['stopped', 'published']);
    assert.deepEqual({ asked: asked(), files: facility.traffic.counts.file ?? 0 }, before);
    assert.equal(record.bytesWritten, 0, 'nothing was built a second time');
  });

  it('widen a set while it runs', async () => {
    // The first stream is at work for a while: one that waits would let the next begin by itself.
    facility.set({ delay: 'never', faults: [{ endpoint: 'times', kind: 'late', lateMs: 3_000, times: 1 }] });
    writeFileSync(
      join(site.home, 'flows', 'all.yaml'),
      JSON.stringify({ name: 'all', kind: 'ooi', streams: ['s0', 's1'], width: 1, store: { place: join(site.home, 'stores') } }),
    );
    const run = await site.client.workflow.start<HarvestAllWorkflow>('harvestAll', {
      taskQueue: 'landfall',
      workflowId: 'harvestAll/all',
      args: [{ flow: 'all', force: true }],
    });
    const open = async (): Promise<readonly string[]> => (await run.query<{ open: readonly string[] } | null>('plan'))?.open ?? [];
    await until(async () => (await open()).length > 0);
    await untilProgress(site.client.workflow.getHandle('harvest/s0'), ({ phase }) => phase === 'decide');
    const narrow = await open();
    await run.signal('setWidth', 2);
    await until(async () => (await open()).length === 2);
    await untilProgress(site.client.workflow.getHandle('harvest/s1'), ({ phase, says }) => phase === 'wait' && says !== null);
    await untilProgress(site.client.workflow.getHandle('harvest/s0'), ({ phase, says }) => phase === 'wait' && says !== null);
    facility.set({ delay: { seconds: 0 } });
    for (const name of ['s0', 's1']) await site.client.workflow.getHandle(`harvest/${name}`).signal('retry');

    const { record } = await run.result();

    assert.deepEqual(narrow, ['s0']);
    assert.deepEqual(record.done, ['s0', 's1']);
  });

  it('remove its flow file: the run goes on to its end, and no other is begun', async () => {
    const run = await waiting();
    rmSync(join(site.home, 'flows', 's0.yaml'));
    facility.set({ delay: { seconds: 0 } });
    await run.signal('retry');

    const { state } = await run.result();
    const next = await stream.start();

    assert.equal(state, 'done');
    await assert.rejects(
      next.result(),
      (error: unknown) => error instanceof WorkflowFailedError && /s0/.test(String(error.cause?.message)),
    );
  });

  // The last one: it leaves requests that wait, and the flow file of the other stream is gone.
  it('name the job that is meant where a refresh goes on beside it: none is steered by chance', async () => {
    const run = await waiting(other);
    const beside = await refresh({ flow: 's1', force: true }, OTHER);
    await untilProgress(beside, ({ phase, says }) => phase === 'wait' && says !== null);
    const context = new Context(loadSettings({ LANDFALL_HOME: site.home, LANDFALL_FLOWS: join(site.home, 'flows') }));
    const unnamed = await signalFlow(context, 'stop', 's1').catch((error: unknown) => error);
    await signalFlow(context, 'stop', 's1', { job: 'refresh' });
    const refreshed = await beside.result();
    const { status } = await run.describe();
    await signalFlow(context, 'stop', 's1');
    const harvested = await run.result();
    await context.close();

    assert.ok(isFailure(unnamed, 'several_running'));
    assert.equal(unnamed.message, 'Of flow s1 harvest and refresh are under way. Say which with --job harvest or --job refresh.');
    assert.deepEqual([refreshed.state, status.name, harvested.state], ['stopped', 'RUNNING', 'stopped']);
  });
});
