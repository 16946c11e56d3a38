import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { type Run, Runs } from '../stores/runs.ts';
import { commandFor } from './as-typed.ts';
import type { Context } from './context.ts';
import type { Steering } from './controls.ts';
import { exitOfRun } from './exit.ts';
import { followUntil } from './follow.ts';
import { Lifetime } from './lifetime.ts';
import { changersOf, firstJob, requireJob } from './lookup.ts';
import type { Answer } from './output.ts';
import { recordLines } from './record-lines.ts';

/** Draws the flow's present run until it ends, or says how the last one ended. */
export async function watch(context: Context, flow: string, { job }: Pick<Steering, 'job'> = {}): Promise<Answer> {
  const found = await context.flow(flow);
  requireJob(found, job ?? null);
  const database = await context.database();
  const runs = new Runs(database);
  const latest = job === undefined ? await presentRun(runs, flow, found.kind) : (await runs.latest(flow, 1, [job]))[0];
  if (latest === undefined) {
    const never = job === undefined ? `Flow ${flow} has never run` : `${job} of ${flow} has never run`;
    return { value: null, text: `${never}. Start it with: landfall run ${job ?? firstJob(found)} ${flow}` };
  }
  if (latest.endedAt === null) {
    const lifetime = new Lifetime('The watching', `The run itself goes on; see it with: ${commandFor('watch', flow, job ?? null)}`);
    const followed = { client: await context.client(), database, ...latest };
    await lifetime.unlessStopped(followUntil(followed, untilEnded(context, latest)));
  }
  return endOf((await runs.get(latest.run)) ?? latest);
}

/** More runs than a flow has at work at once. */
const RECENT = 20;

/** The run that is under way, one that changes products first; else the last one that did, or the last of all. */
async function presentRun(runs: Runs, flow: string, kind: string): Promise<Run | undefined> {
  const recent = await runs.latest(flow, RECENT);
  const writers = changersOf(kind);
  const open = recent.filter(({ endedAt }) => endedAt === null);
  return open.find(({ job }) => writers.includes(job)) ?? open[0] ?? (await runs.last(flow, writers)) ?? recent[0];
}

/** Temporal knows of every end, of those too that kept no record. */
async function untilEnded(context: Context, { workflowId, run }: Run): Promise<void> {
  try {
    await (await context.client()).workflow.getHandle(workflowId, run).result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowNotFoundError)) throw error;
  }
}

function endOf(run: Run): Answer {
  const { job, flow, health, says, record, endedAt } = run;
  const how =
    endedAt === null
      ? `${job} of ${flow} was ended without keeping its record; the next run goes on from there.`
      : `${job} of ${flow} ended (${health})${says === null ? '.' : `: ${says}`}`;
  return {
    value: run,
    text: [how, recordLines(record ?? {})].filter((part) => part !== '').join('\n'),
    exit: exitOfRun(run),
  };
}
