import { condition, proxyActivities } from '@temporalio/workflow';
import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { Controls } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';

/**
 * Lists what the source would change here, without copying anything. A loss of profiles over the flow's share stops the run
 * before anything is deleted and asks: `retry` looks again, `retry {"force":true}` accepts it.
 * Returns null when the run was stopped meanwhile.
 */
export async function listUntilSafe(
  job: Job,
  flow: ArgoFlow,
  controls: Controls,
  { look: first, isDryRun }: { readonly look: number; readonly isDryRun: boolean },
): Promise<ListedChanges | null> {
  const { listChanges } = proxyActivities<ReturnType<typeof transferActivities>>(activityOptions('transfer', flow.queueSuffix));
  for (let look = first; ; look += 1) {
    await job.enter('list');
    const listed = await listChanges({ flow, run: job.run, look });
    if (listed.question === null || controls.isForced || isDryRun) return listed;

    const looked = controls.retries;
    await job.says(
      `${listed.question} Nothing was deleted. Signal retry to look again, or retry with {"force":true} to accept it.`,
      'asks',
    );
    await condition(() => controls.retries > looked || controls.isStopping);
    // This retry answered the question; it is not a wish to try the quarantine again.
    controls.wantsQuarantine = false;
    if (controls.isStopping) return null;
    if (controls.isForced) return listed;
  }
}
