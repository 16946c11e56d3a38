/**
 * A set of many streams against a facility in a box: node bench/ooi-harvest-all.ts [streams] [workers] [requests a second]
 *
 * Three harvests of the set: the first, whose streams are each refreshed; one after a day, which appends to each, while one stream's request
 * is never finished and some fail; and one with nothing new. Waits that are a minute in production are a second here.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { startWorker } from '../src/cli/worker-process.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import type { Supervised } from '../src/embedded/supervise.ts';
import { bookCollections } from '../src/stores/collection-spec.ts';
import { applyCollections } from '../src/stores/collections.ts';
import { connectDatabase } from '../src/stores/mongo.ts';
import type { HarvestAllWorkflow } from '../workflows/ooi/harvest-all.ts';
import { mostWithin, startFacilityProcess, stored, type Visit, writeFlows } from './ooi-facility.ts';
import { processorSeconds } from './processor.ts';
import { median, peakMemory, say } from './support.ts';

const streams = Number(argv[2] ?? 100);
const workers = Number(argv[3] ?? 1);
const rate = Number(argv[4] ?? 25);
const WIDTH = 50;
const SAMPLE = 20;
const FAILING = 3;

const home = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
const stores = join(home, 'stores');
const facility = await startFacilityProcess(
  ['--streams', `${streams}`, '--days', '2', '--row-seconds', '3600', '--deployment-days', '3', '--rows-per-file', '200'].concat(
    // The first look finds nothing, the second does.
    ['--switches', '{"delay":{"polls":1}}'],
  ),
);
const flows = join(home, 'flows');
const names = await writeFlows(flows, { ...facility, stores, width: WIDTH });
const embedded = await startEmbedded({ home, report: () => undefined, usualPorts: false });
const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });
const client = new Client({ connection });
const database = await connectDatabase({ uri: embedded.endpoints.mongodbUri, book: 'book' });
await applyCollections(database.book, bookCollections);
const env = {
  ...process.env,
  LANDFALL_HOME: home,
  LANDFALL_FLOWS: flows,
  LANDFALL_DATABASE: 'book',
  LANDFALL_RATE_REQUEST: `${rate}`,
  OOI_USERNAME: facility.user,
  OOI_TOKEN: facility.token,
};
const started: readonly Supervised[] = await Promise.all(
  Array.from({ length: workers }, async (_, at) => {
    const own = join(home, `worker${at}`);
    return (await startWorker({ home: own, env, args: [], logFile: join(home, `worker${at}.log`), report: say })).worker;
  }),
);

const isApi = ({ path }: Visit): boolean => path.startsWith('/api/');

/** On a machine that others use as well an answer may come too late: it is asked for again. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(5_000);
    }
  }
}

/** Runs of a job since a moment: how many, and their events. */
async function runsSince(since: Date): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  for await (const { type, historyLength } of client.workflow.list({ query: `StartTime >= "${since.toISOString()}"` }))
    found.set(type, [...(found.get(type) ?? []), historyLength]);
  return found;
}

const running = async (): Promise<number> => (await patiently(() => client.workflow.count("ExecutionStatus = 'Running'"))).count;

/** The parts of the whole, for the processor's time of each. */
function partOf(command: string): string {
  const parts = ['temporal', 'ferretdb', 'postgres', 'workers/main', 'standins/ooi'];
  return parts.find((part) => command.includes(part)) ?? 'others';
}
const processor = (): ReadonlyMap<string, number> => processorSeconds(process.pid, partOf);

/** Streams that the run of the set has begun or is to begin. */
async function unfinished(run: { query<T>(name: string): Promise<T> }): Promise<readonly string[] | null> {
  const plan = await patiently(() => run.query<{ readonly open: readonly string[]; readonly left: number } | null>('plan'));
  return plan === null || plan.left > 0 ? null : plan.open;
}

/** All others are done, and it waits: now its request is finished. */
async function finish(workflowId: string, slow: string, began: number): Promise<void> {
  say(`\n${slow} alone is left, and waits, after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  await facility.order('finish', { of: names.get(slow) });
  await client.workflow.getHandle(workflowId).signal('retry');
}

/**
 * @param slow  a stream whose request is finished when all others are done; null: there is none.
 * @param job  of that stream: the run of the set does not wait for a refresh.
 */
async function round(what: string, slow: string | null, job: 'harvest' | 'refresh' = 'harvest'): Promise<void> {
  await facility.order('clear', {});
  const since = new Date();
  const [began, before] = [performance.now(), processor()];
  const run = await client.workflow.start<HarvestAllWorkflow>('harvestAll', {
    taskQueue: 'landfall',
    workflowId: 'harvestAll/all',
    args: [{ flow: 'all' }],
  });
  if (slow !== null && job === 'harvest') {
    for (let open = await unfinished(run); open?.length !== 1 || open[0] !== slow; open = await unfinished(run)) await sleep(5_000);
    await finish(`harvest/${slow}`, slow, began);
  }
  const { message } = await run.result();
  const ended = (performance.now() - began) / 1000;
  if (slow !== null && job === 'refresh') {
    while ((await running()) > 1) await sleep(1_000);
    await finish(`refresh/${names.get(slow)}`, slow, began);
  }
  while ((await running()) > 0) await sleep(500);
  const seconds = (performance.now() - began) / 1000;
  say(
    `\n${what}: ${seconds.toFixed(0)} s, ${((60 * streams) / seconds).toFixed(0)} streams a minute; the run of the set ended after ${ended.toFixed(0)} s`,
  );
  const used = [...processor()].map(([part, total]) => [part, total - (before.get(part) ?? 0)] as const);
  const eachMs = (total: number): string => ((1_000 * total) / streams).toFixed(0);
  say(`  ${message}`);
  say(
    `  processor: ${eachMs(used.reduce((sum, [, total]) => sum + total, 0))} ms a stream, of them ${used.map(([part, total]) => `${part} ${eachMs(total)}`).join(', ')}`,
  );
  await sleep(2_000);
  for (const [type, events] of await patiently(() => runsSince(since)))
    say(`  ${type}: ${events.length} runs, events median ${median(events)}, most ${Math.max(...events)}`);
  const visits = await facility.visits();
  const [api, looks] = [visits.filter(isApi), visits.filter(({ endpoint }) => endpoint === 'status')];
  say(
    `  facility: ${visits.length} requests, of them ${api.length} of the interface (${(api.length / seconds).toFixed(1)}/s, most within a second ${mostWithin(api, 1_000)}, ` +
      `limit ${rate}), ${looks.length} looks; ${(visits.length / streams).toFixed(1)} a stream`,
  );
  const memory = started.map((worker) => peakMemory(worker.pid() ?? 0).toFixed(0));
  say(`  workers' peak memory: ${memory.join(', ')} MiB`);
}

async function compare(but: ReadonlySet<string>): Promise<void> {
  const all = [...names].filter(([name]) => !but.has(name));
  const step = Math.max(1, Math.floor(all.length / SAMPLE));
  const sample = all.filter((_, at) => at % step === 0);
  let wrong = 0;
  for (const [name, table] of sample) {
    const [is, ought] = [await stored(stores, table), await facility.expected(table)];
    const different = Object.keys({ ...is, ...ought }).filter((column) => is[column] !== ought[column]);
    if (different.length === 0) continue;
    wrong += 1;
    say(`  ${name} differs from what the facility had: ${different.slice(0, 5).join(', ')}`);
  }
  say(`  ${sample.length - wrong} of ${sample.length} stores of the sample are what the facility had`);
}

try {
  const [slow = '', ...others] = names.keys();
  const failing = others.slice(0, FAILING);
  const tableOf = (name: string): string => names.get(name) ?? '';
  await facility.order('switches', { delayOf: { [tableOf(slow)]: 'never' } });
  await round("first harvest: a refresh of each, of which one's request is not finished before the end", slow, 'refresh');
  await compare(new Set());

  await facility.order('advance', { seconds: 86_400 });
  await facility.order('switches', {
    delayOf: { [tableOf(slow)]: 'never' },
    outcomeOf: Object.fromEntries(failing.map((name) => [tableOf(name), 'aggregation_failed'])),
  });
  await round(`a day later, one stream's request is never finished, ${FAILING} fail`, slow);
  await compare(new Set(failing));
  await facility.order('switches', { delayOf: {}, outcomeOf: {} });
  await round('once more: nothing new for all but those that failed', null);
} finally {
  await Promise.all(started.map((worker) => worker.stop()));
  await database.close();
  await connection.close();
  await embedded.stop();
  await facility.stop();
  await rm(home, { recursive: true, force: true });
}
