/**
 * `npm run bench -- ooi-set 1000`: so many streams in one harvestAll against the stand-in, one of which waits for a day of its clock. Prints how long
 * the longest history is, how many questions a second the facility was asked at most, and how long all but the waiting one took.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import type { WorkflowHandle } from '@temporalio/client';
import { startFacility } from '../standins/ooi/facility.ts';
import { generatedWorld } from '../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../standins/ooi/series/options.ts';
import { streamsOf } from '../standins/ooi/series/stream.ts';
import { OOI_WORKER, streamFlow } from '../test/helpers/ooi-site.ts';
import { until } from '../test/helpers/processes.ts';
import { startSite } from '../test/helpers/site.ts';
import type { HarvestAllWorkflow } from '../workflows/ooi/harvest-all.ts';

const COUNT = Number(argv[2] ?? 200);
const RATE = 20;

const options = { ...SERIES_DEFAULTS, seed: 13, streams: COUNT, rowSeconds: 3600, deploymentDays: 30 };
const facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2), switches: { outcome: 'no_data' } });
const site = await startSite();
try {
  await site.worker({ ...OOI_WORKER, LANDFALL_RATE_REQUEST: String(RATE) });
  const streams = [...streamsOf(options).keys()].map((table, at) => streamFlow(site, facility, `s${at}`, table));
  const set = { name: 'all', kind: 'ooi', streams: 'all', width: 50, store: { place: join(site.home, 'stores') } };
  writeFileSync(join(site.home, 'flows', 'all.yaml'), JSON.stringify(set));
  const began = performance.now();
  const run = await site.client.workflow.start<HarvestAllWorkflow>('harvestAll', {
    taskQueue: 'landfall',
    workflowId: 'harvestAll/all',
    args: [{ flow: 'all' }],
  });
  const { message } = await run.result();
  const seconds = (performance.now() - began) / 1000;
  await until(async () => (await site.client.workflow.count("ExecutionStatus = 'Running'")).count === 0);
  const lengths: number[] = [];
  for await (const { historyLength } of site.client.workflow.list()) lengths.push(historyLength ?? 0);
  const all = await lengthsOfChain(run.firstExecutionRunId);
  stdout.write(`${streams.length} streams: ${message}\n`);
  stdout.write(
    `harvestAll took ${seconds.toFixed(0)} s in ${all.length} runs of ${all.join(', ')} events; no run of any stream had more than ${Math.max(...lengths)}\n`,
  );
  stdout.write(`the facility was asked ${facility.traffic.visits.length} times, at most ${busiestSecond()} in a second (limit ${RATE})\n`);
} finally {
  await site.stop();
  await facility.stop();
}

async function lengthsOfChain(first: string): Promise<readonly number[]> {
  const lengths: number[] = [];
  let runId: string | null = first;
  while (runId !== null) {
    const history: Awaited<ReturnType<WorkflowHandle['fetchHistory']>> = await site.client.workflow
      .getHandle('harvestAll/all', runId)
      .fetchHistory();
    lengths.push(history.events?.length ?? 0);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
  }
  return lengths;
}

/** Of questions to the interface; results lie on another server. */
function busiestSecond(): number {
  const times = facility.traffic.visits.filter(({ path }) => path.startsWith('/api/')).map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}
