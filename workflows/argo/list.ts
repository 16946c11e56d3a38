import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { isAccepted } from '../common/ask.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import { failureKind, type Job } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { argoActivities } from './activities.ts';

/** How often in a row the source may move under a list before that is a fault to look at. */
const REPLANS = 5;

export interface Look {
  /** 1 for the first look at the source. */
  readonly look: number;
  readonly isDryRun: boolean;
  /** How many lost profiles a person has been shown and accepted; null: force was given, if at all, for whatever is found. */
  readonly accepted: number | null;
}

/**
 * Lists what the source would change here, without copying anything. A loss of profiles over the flow's share stops the run
 * before anything is deleted and asks: `retry` looks again, `retry {"force":true}` accepts it.
 * Returns null when the run was stopped meanwhile.
 */
export async function listUntilSafe(
  job: Job,
  flow: ArgoFlow,
  controls: Controls,
  { look: first, isDryRun, accepted }: Look,
): Promise<ListedChanges | null> {
  const { listChanges } = argoActivities<ReturnType<typeof transferActivities>>('transfer', flow);
  let replans = 0;
  for (let look = first; await mayGoOn(controls); look += 1) {
    await job.enter('list');
    let listed: ListedChanges | null = null;
    try {
      listed = await untilPutDown(controls, () =>
        listChanges.executeWithOptions({ summary: `look ${look} at ${flow.upstream.rsync}` }, [
          { flow, run: job.run, look, ...(isDryRun ? {} : { fence: job.fence }) },
        ]),
      );
    } catch (error) {
      replans += 1;
      if (failureKind(error) !== 'replan' || replans > REPLANS) throw error;
    }
    if (listed === null) continue;
    const isAcceptedBefore = controls.isForced && (accepted === null || listed.profilesToLose <= accepted);
    if (listed.question === null || isAcceptedBefore || isDryRun) return listed;
    if (await isAccepted(job, controls, listed.question, 'Nothing was deleted.')) return listed;
  }
  return null;
}
