import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { jobActivities } from '../../activities/common/job.ts';
import { utcText } from '../../src/observe/utc.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { bookKeeping } from './book-keeping.ts';
import { type Controls, mayGoOn } from './controls.ts';
import { type Job, readably } from './job.ts';

/** Another holder's change of a store takes seconds to hours. */
const FIRST_LOOK_MS = 2_000;
const LONGEST_LOOK_MS = 60_000;

/**
 * Takes the flow's lease for a part of the run, and gives it back however that part ends. Its fence is what writes are checked by.
 * While another run holds it this one waits, and says for whom; signal `retry` looks at once. Null: the run is to stop.
 */
export async function withLease<T>(
  job: Job,
  { lease, jobName, controls }: { readonly lease: string; readonly jobName: string; readonly controls: Controls },
  body: (fence: Fence) => Promise<T>,
): Promise<T | null> {
  const { releaseLease } = bookKeeping<ReturnType<typeof jobActivities>>();
  const fence = await leaseWhenFree(job, lease, jobName, controls);
  if (fence === null) return null;
  try {
    return await body(fence);
  } finally {
    await CancellationScope.nonCancellable(() => releaseLease.executeWithOptions({ summary: lease }, [{ fence }]));
  }
}

async function leaseWhenFree(job: Job, lease: string, jobName: string, controls: Controls): Promise<Fence | null> {
  const { takeLease } = bookKeeping<ReturnType<typeof jobActivities>>();
  const { workflowId, firstExecutionRunId: runId } = workflowInfo();
  let waitsFor: string | null = null;
  for (let pauseMs = FIRST_LOOK_MS; await mayGoOn(controls); pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 2)) {
    const { retries } = controls;
    const answer = await readably(() => takeLease({ lease, holder: { job: jobName, workflowId, runId } }));
    if (answer.state === 'taken') {
      if (waitsFor !== null) await job.says(null, 'ok');
      return answer.fence;
    }
    const { holder, since } = answer;
    if (waitsFor !== holder.runId)
      await job.says(`Waits for ${holder.job} (${holder.workflowId}), which changes the store since ${utcText(since)}.`, 'ok');
    waitsFor = holder.runId;
    await condition(() => controls.retries > retries || controls.isStopping, pauseMs);
    if (controls.retries > retries) controls.wantsQuarantine = false;
  }
  return null;
}
