import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { z } from 'zod';
import { randomOf } from '../../../standins/gdac/random.ts';
import type { SwitchesInput } from '../../../standins/ooi/switches.ts';
import { until } from '../../helpers/processes.ts';
import type { DevHome } from './dev-home.ts';
import type { Scenario } from './scenario.ts';
import { bookWrongs, storeWrongs } from './series-checks.ts';
import type { SeriesFlow, SeriesSite } from './series-site.ts';

/** Where an append may be struck, and how often. */
export const APPEND_PHASES = { starting: 1, request: 1, wait: 1, fetch: 2, append: 8, record: 1 } as const;
/** Where a refresh may be struck, and how often. */
export const REFRESH_PHASES = { starting: 1, request: 1, wait: 1, fetch: 2, build: 5, compare: 2, publish: 4, record: 1 } as const;
/** It is begun when the refresh has been asked for. */
export const BOTH_PHASES = { wait: 2, fetch: 2, build: 5, compare: 2, publish: 4, record: 1 } as const;

const DAY_SECONDS = 86_400;
/** Between a refresh and what was before it. */
const HOUR_SECONDS = 3_600;

const FAULTS: readonly NonNullable<SwitchesInput['faults']>[number][] = [
  { endpoint: 'times', kind: 'status', status: 500, times: 2 },
  { endpoint: 'times', kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 },
  { endpoint: 'request', kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 },
  { endpoint: 'estimate', kind: 'status', status: 429, retryAfterSeconds: 1, times: 1 },
  { endpoint: 'status', kind: 'status', status: 500, times: 2 },
  { endpoint: 'status', kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 },
  { endpoint: 'status', kind: 'html', times: 1 },
  { endpoint: 'catalog', kind: 'status', status: 500, times: 2 },
  // A file that comes wrong twice is left out, and a person is asked: that is another test's.
  { endpoint: 'file', kind: 'html', times: 1 },
  { endpoint: 'file', kind: 'truncated', times: 1 },
  { endpoint: 'file', kind: 'cut', times: 2 },
];
const FAULTY_SHARE = 0.4;

const Ended = z.object({
  state: z.string(),
  message: z.string(),
  record: z.object({ request: z.string().optional(), rows: z.number().optional(), replayed: z.array(z.string()).optional() }),
});

/** The day's harvest, a day after whatever was before it. */
export const append = (site: SeriesSite, flow: SeriesFlow, dev: DevHome, seed: number): Scenario => ({
  name: `append ${flow.place}`,
  mirror: null,
  async prepare(cycle) {
    await ensureWhole(site, flow, dev);
    site.facility.clock.advance(DAY_SECONDS);
    trouble(site, seed, cycle);
  },
  start: () => start(dev, flow, 'harvest'),
  async wrongs(run, result) {
    const { state, message, record } = Ended.parse(result);
    if (record.request === undefined || state !== 'done') return [`It ended ${state}: ${message}`];
    flow.consumed = [...flow.consumed, record.request];
    return await wrongs(site, flow, dev, { job: 'harvest', run, rows: record.rows ?? 0 });
  },
});

/** A forced refresh of a store that has some appends. */
export const refreshed = (site: SeriesSite, flow: SeriesFlow, dev: DevHome, seed: number): Scenario => ({
  name: `refresh ${flow.place}`,
  mirror: null,
  async prepare(cycle) {
    await ensureWhole(site, flow, dev);
    site.facility.clock.advance(HOUR_SECONDS);
    trouble(site, seed, cycle);
  },
  start: () => start(dev, flow, 'refresh'),
  async wrongs(run, result) {
    const { state, message, record } = Ended.parse(result);
    if (record.request === undefined || state !== 'published') return [`It ended ${state}: ${message}`];
    flow.consumed = [record.request, ...(record.replayed ?? [])];
    return await wrongs(site, flow, dev, { job: 'refresh', run, rows: record.rows ?? 0 });
  },
});

/** A refresh beside which the next harvest goes on: its rows must be in the new series too, whichever is done first. */
export function both(site: SeriesSite, flow: SeriesFlow, dev: DevHome, seed: number): Scenario {
  let harvest: WorkflowHandleWithFirstExecutionRunId | null = null;
  return {
    name: `both ${flow.place}`,
    mirror: null,
    async prepare(cycle) {
      await ensureWhole(site, flow, dev);
      site.facility.clock.advance(DAY_SECONDS);
      trouble(site, seed, cycle);
      harvest = null;
    },
    async start() {
      const { requests } = site.facility;
      const before = requests.length;
      const refresh = await start(dev, flow, 'refresh');
      // Asked for later, the harvest's rows are the newer ones.
      await until(async () => requests.length > before);
      harvest ??= await start(dev, flow, 'harvest');
      return refresh;
    },
    async wrongs(run, result) {
      const refresh = Ended.parse(result);
      const day = Ended.parse(await harvest?.result());
      const ends = [refresh, day].map(({ state, message }) => `It ended ${state}: ${message}`);
      const [whole, part] = [refresh.record.request, day.record.request];
      if (whole === undefined || part === undefined || refresh.state !== 'published' || !['done', 'unchanged'].includes(day.state))
        return ends;
      flow.consumed = [whole, part];
      return [
        ...(await wrongs(site, flow, dev, { job: 'refresh', run, rows: undefined })),
        ...(await bookWrongs(flow, 'harvest', harvest?.firstExecutionRunId ?? '', dev)),
      ];
    },
  };
}

async function start(dev: DevHome, { name }: SeriesFlow, job: 'harvest' | 'refresh'): Promise<WorkflowHandleWithFirstExecutionRunId> {
  return await dev.client.workflow.start(job, {
    taskQueue: 'landfall',
    workflowId: `${job}/${name}`,
    args: [{ flow: name, force: true }],
  });
}

/** The store that appends need. */
async function ensureWhole(site: SeriesSite, flow: SeriesFlow, dev: DevHome): Promise<void> {
  site.facility.set({ faults: [] });
  if (flow.consumed.length > 0) return;
  const { state, message, record } = Ended.parse(await (await start(dev, flow, 'refresh')).result());
  if (state !== 'published' || record.request === undefined)
    throw new Error(`The first refresh of ${flow.name} ended ${state}: ${message}`);
  flow.consumed = [record.request];
}

/** In some cycles the facility is in trouble too. */
function trouble({ facility }: SeriesSite, seed: number, cycle: number | null): void {
  if (cycle === null) return;
  const random = randomOf(seed, 'trouble', cycle);
  if (!random.chance(FAULTY_SHARE)) return;
  const one = FAULTS[random.whole(0, FAULTS.length - 1)];
  const other = FAULTS[random.whole(0, FAULTS.length - 1)];
  const both = [one, other?.endpoint === one?.endpoint ? undefined : other];
  facility.set({ faults: both.flatMap((fault) => (fault === undefined ? [] : [fault])) });
}

async function wrongs(
  site: SeriesSite,
  flow: SeriesFlow,
  dev: DevHome,
  {
    job,
    run,
    rows,
  }: { readonly job: string; readonly run: string /** As the run says; undefined: it is not asked. */; readonly rows: number | undefined },
): Promise<readonly string[]> {
  const { requests } = site.facility;
  const consumed = requests.filter(({ id }) => flow.consumed.includes(id));
  const expected = site.world.expectedRows(flow.table, consumed);
  const objects = await site.objects(flow, dev);
  const ranges = requests.map(({ table, begin, end }) => `${table} ${begin} ${end}`);
  const twice = ranges.filter((range, at) => ranges.indexOf(range) !== at);
  return [
    ...(await storeWrongs(flow, objects, expected, dev)),
    ...(await bookWrongs(flow, job, run, dev)),
    ...(rows === undefined || rows === expected.rows ? [] : [`It says that there are ${rows} rows; the generator says ${expected.rows}.`]),
    ...twice.map((range) => `The facility was asked twice for ${range}.`),
  ];
}
