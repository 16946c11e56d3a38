import { ActivityFailure, ApplicationFailure, isCancellation, rootCause } from '@temporalio/workflow';
import type { SummariesDone, summaryActivities } from '../../activities/argo/summaries.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { argoActivities } from './activities.ts';

/**
 * Makes the summaries of a flow. A pause puts the work down, a resume takes it up from its beginning. Null: the run is to stop.
 * @param unlessUnchanged  plans that the run loaded: where nothing changed there is nothing to do. Null: make them anyway.
 */
export async function makeSummaries(
  job: Job,
  flow: ArgoFlow,
  unlessUnchanged: readonly string[] | null,
  controls: Controls,
): Promise<SummariesDone | null> {
  const activities = argoActivities<ReturnType<typeof summaryActivities>>('load', flow);
  while (await mayGoOn(controls)) {
    await job.enter('summaries');
    const { run, fence } = job;
    const done = await untilPutDown(controls, () => activities.makeSummaries({ flow, run, fence, unlessUnchanged }));
    if (done !== null) return done;
  }
  return null;
}

/** The same after a night, a rebuild or a redo: whatever becomes of the summaries, the night goes on. Answers the sentences that its record is to carry. */
export async function summariesOfNight(
  job: Job,
  flow: ArgoFlow,
  loaded: readonly string[] | null,
  controls: Controls,
): Promise<readonly string[]> {
  try {
    const done = await makeSummaries(job, flow, loaded, controls);
    return done?.warnings ?? ['The run was told to stop before it made the summaries; the next one makes them.'];
  } catch (error) {
    if (isCancellation(error) || isLeaseLost(error)) throw error;
    return [`No summary was made; what was there stays. ${rootCause(error) ?? String(error)}`];
  }
}

const isLeaseLost = (error: unknown): boolean =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === 'lease_lost';
