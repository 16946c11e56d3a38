import { CancellationScope, condition, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import { failureKind, type Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';

export type Copied = { readonly state: 'complete'; readonly warnings: readonly string[] } | { readonly state: 'stopped' | 'moved' };

/**
 * Brings the mirror to the source's state. A pause puts rsync down within seconds and takes it up again where it was:
 * what it had copied is not copied twice, and its list is kept.
 * `moved`: the source has changed so much since it was listed that it must be listed, and judged, again.
 */
export async function copyListed(job: Job, flow: ArgoFlow, listed: ListedChanges, controls: Controls): Promise<Copied> {
  const { copyChanges } = proxyActivities<ReturnType<typeof transferActivities>>(activityOptions('transfer', flow.queueSuffix));
  if (listed.isEmpty) return { state: 'complete', warnings: [] };
  while (await mayGoOn(controls)) {
    await job.enter('copy', { total: listed.filesToCopy + listed.filesToDelete });
    try {
      const done = await untilPaused(controls, () => copyChanges({ flow, listed, run: job.run, fence: job.fence }));
      if (done !== null) return { state: 'complete', warnings: done.warnings };
    } catch (error) {
      if (failureKind(error) !== 'replan') throw error;
      return { state: 'moved' };
    }
  }
  return { state: 'stopped' };
}

/** Runs a long activity; cancels it when an operator pauses. Answers null when it was put down. */
async function untilPaused<T>(controls: Controls, activity: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  let isDone = false;
  let wasPutDown = false;
  const watch = condition(() => isDone || controls.isPaused).then(() => {
    if (isDone) return;
    wasPutDown = true;
    scope.cancel();
  });
  try {
    return await scope.run(activity);
  } catch (error) {
    if (wasPutDown && isCancellation(error)) return null;
    throw error;
  } finally {
    isDone = true;
    await watch.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}
