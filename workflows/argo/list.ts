import { condition, proxyActivities } from '@temporalio/workflow';
import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import { failureKind, type Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';
import { untilPutDown } from '../common/put-down.ts';

/** How often in a row the source may move under a list before that is a fault to look at. */
const REPLANS = 5;

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
  let replans = 0;
  for (let look = first; await mayGoOn(controls); look += 1) {
    await job.enter('list');
    let listed: ListedChanges | null = null;
    try {
      listed = await untilPutDown(controls, () => listChanges({ flow, run: job.run, look }));
    } catch (error) {
      replans += 1;
      if (failureKind(error) !== 'replan' || replans > REPLANS) throw error;
    }
    if (listed === null) continue;
    if (listed.question === null || controls.isForced || isDryRun) return listed;

    const looked = controls.retries;
    await job.says(
      `${listed.question} Nothing was deleted. Signal retry to look again, or retry with {"force":true} to accept it.`,
      'asks',
    );
    await condition(() => controls.retries > looked || controls.isStopping);
    // This retry answered the question; it is not a wish to try the quarantine again.
    controls.wantsQuarantine = false;
    if (controls.isForced && !controls.isStopping) return listed;
  }
  return null;
}
