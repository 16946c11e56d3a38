import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestWorkflow } from '../../workflows/ooi/harvest.ts';
import type { HarvestAllResult, HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { until } from '../helpers/processes.ts';
import { type Site, startSite } from '../helpers/site.ts';

const timeOf = (event: { readonly eventTime?: Parameters<typeof tsToMs>[0] } | undefined): number =>
  tsToMs(event?.eventTime ?? assert.fail());

const options = { ...SERIES_DEFAULTS, seed: 17, streams: 6, rowSeconds: 3600, deploymentDays: 3, rowsPerFile: 200 };
const RATE = 8;

interface Plan {
  readonly open: readonly string[];
  readonly waits: readonly string[];
  readonly left: number;
}

describe('the harvest of a set in which streams wait', () => {
  let site: Site;
  let facility: Facility;
  let streams: readonly StreamSite[];
  before(async () => {
    facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
    site = await startSite();
    const env = { ...OOI_WORKER, LANDFALL_RATE_REQUEST: `${RATE}` };
    await Promise.all([site.worker(env), site.worker(env)]);
    const keys = { upstream: { look: '1h', again: '50ms' } };
    streams = [...streamsOf(options).keys()].map((table, at) => streamFlow(site, facility, `s${at}`, table, keys));
    writeSet('1h');
    // The first stream's whole series is not ready before all others are published.
    facility.set({ delayOf: { [tableOf(0)]: 'never' } });
    await (await start('first')).result();
    await Promise.all(streams.slice(1).map((stream) => stream.refresh().result()));
    facility.desk.finish(tableOf(0));
    await streams[0]?.refresh().signal('retry');
    await streams[0]?.refresh().result();
    facility.reset();
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  /** One at a time: a stream that held its place while it waits would keep all others out. */
  const writeSet = (patience: string): void => {
    const set = { name: 'all', kind: 'ooi', streams: 'all', width: 1, refreshes: 1, patience, store: { place: join(site.home, 'stores') } };
    writeFileSync(join(site.home, 'flows', 'all.yaml'), JSON.stringify(set));
  };
  const start = (id: string) =>
    site.client.workflow.start<HarvestAllWorkflow>('harvestAll', {
      taskQueue: 'landfall',
      workflowId: `harvestAll/${id}`,
      args: [{ flow: 'all' }],
    });
  const harvestOf = (name: string) => site.client.workflow.getHandle<HarvestWorkflow>(`harvest/${name}`);
  const tableOf = (at: number): string => streams[at]?.table ?? assert.fail();
  /** A day later the first stream's request is not finished, and the second one's comes to nothing. */
  const nextDay = (): void => {
    facility.clock.advance(86_400);
    facility.set({ delayOf: { [tableOf(0)]: 'never' }, outcomeOf: { [tableOf(1)]: 'aggregation_failed' } });
  };
  const finish = async (): Promise<void> => {
    facility.desk.finish(tableOf(0));
    await harvestOf('s0').signal('retry');
  };

  it('fetches and builds as many of the refreshes that it started at once as it is told, and none that waits for the facility counts', async () => {
    const spans = await Promise.all(streams.map(async ({ name, table }) => ({ name, ...(await madeIn(table)) })));
    const inTurn = spans.toSorted((a, b) => a.fromMs - b.fromMs);

    assert.equal(inTurn.at(-1)?.name, 's0', 'it waited while all others were built');
    for (const [at, { name, fromMs }] of inTurn.entries()) {
      const before = inTurn[at - 1];
      assert.ok(before === undefined || before.toMs <= fromMs, `${before?.name} was not built when ${name} was fetched`);
    }
  });

  /** From when the files of a stream's refresh were to be fetched until its generation was built. */
  async function madeIn(table: string): Promise<{ readonly fromMs: number; readonly toMs: number }> {
    const { events } = await site.client.workflow.getHandle(`refresh/${table}`).fetchHistory();
    const all = events ?? [];
    const scheduled = (name: string) => all.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === name);
    const built = scheduled('ooi.buildGeneration')?.eventId;
    const done = all.find(
      ({ activityTaskCompletedEventAttributes: at }) => at !== null && at !== undefined && `${at.scheduledEventId}` === `${built}`,
    );
    return { fromMs: timeOf(scheduled('ooi.fetchRequest')), toMs: timeOf(done) };
  }

  it('goes on with all others while one waits, and tells in the end how that one fared', async () => {
    nextDay();
    const run = await start('second');
    await until(async () => {
      const plan = await run.query<Plan | null>('plan');
      return plan !== null && plan.left === 0 && plan.open.length === 1;
    });
    const meanwhile = await run.query<Plan>('plan');
    await finish();

    const { record } = await run.result();

    assert.deepEqual(meanwhile.waits, ['s0']);
    assert.deepEqual(record.done, ['s0', 's2', 's3', 's4', 's5']);
    assert.match(String(record.failed), /^s1: .*It was asked again three times/);
  });

  it('ends when its patience does: the stream goes on by itself, and the next run finds it under way and harvests the others', async () => {
    nextDay();
    facility.set({ outcomeOf: {} });
    writeSet('1ms');
    const impatient = await (await start('third')).result();
    await Promise.all(streams.slice(1).map(({ name }) => harvestOf(name).result()));
    writeSet('1h');

    const next: HarvestAllResult = await (await start('fourth')).result();
    await finish();
    const { state } = await harvestOf('s0').result();

    assert.ok(Array.isArray(impatient.record.open) && impatient.record.open.includes('s0'));
    assert.match(impatient.message, /\d not done after 0 s, which go on by themselves/);
    assert.deepEqual(next.record.busy, ['s0']);
    assert.deepEqual(next.record.skipped, ['s1', 's2', 's3', 's4', 's5']);
    assert.equal(state, 'done');
  });

  it('asks the facility no faster than the rate, from two workers', () => {
    const asked = facility.traffic.visits.flatMap(({ path, at }) => (path.startsWith('/api/') ? [at] : []));
    const most = Math.max(...asked.map((from) => asked.filter((at) => at >= from && at < from + 1000).length));

    assert.ok(asked.length > 40);
    // One more than the rate: this process may note two later than they came.
    assert.ok(most <= RATE + 1, `${most} within a second`);
  });
});
