import { CancellationScope, condition, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import { failureKind, type Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';

/**
 * Brings the mirror to the source's state. A pause puts rsync down within seconds and takes it up again where it was:
 * what it had copied is not copied twice, and its list is kept.
 * `moved`: the source has changed so much since it was listed that it must be listed, and judged, again.
 */
export async function copyListed(
  job: Job,
  flow: ArgoFlow,
  listed: ListedChanges,
  controls: Controls,
): Promise<'complete' | 'stopped' | 'moved'> {
  const { copyChanges } = proxyActivities<ReturnType<typeof transferActivities>>(activityOptions('transfer', flow.queueSuffix));
  if (listed.isEmpty) return 'complete';
  while (await mayGoOn(controls)) {
    await job.enter('copy', { total: listed.filesToCopy + listed.filesToDelete });
    try {
      const wasPutDown = await untilPaused(controls, () => copyChanges({ flow, listed, run: job.run, fence: job.fence }));
      if (!wasPutDown) return 'complete';
    } catch (error) {
      if (failureKind(error) !== 'replan') throw error;
      return 'moved';
    }
  }
  return 'stopped';
}

/** Runs a long activity; cancels it when an operator pauses. Answers whether it was put down. */
async function untilPaused(controls: Controls, activity: () => Promise<unknown>): Promise<boolean> {
  const scope = new CancellationScope();
  let isDone = false;
  let wasPutDown = false;
  const watch = condition(() => isDone || controls.isPaused).then(() => {
    if (isDone) return;
    wasPutDown = true;
    scope.cancel();
  });
  try {
    await scope.run(activity);
    return false;
  } catch (error) {
    if (wasPutDown && isCancellation(error)) return true;
    throw error;
  } finally {
    isDone = true;
    await watch.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}
