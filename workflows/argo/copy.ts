import type { ListedChanges, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import { failureKind, type Job } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { argoActivities } from './activities.ts';

export type Copied = { readonly state: 'complete'; readonly warnings: readonly string[] } | { readonly state: 'stopped' | 'moved' };

/**
 * Brings the mirror to the source's state. A pause or a stop puts rsync down within seconds; what it had copied is not copied twice,
 * and its list is kept, so that this run after a resume, or the next one, goes on where it was.
 * `moved`: the source has changed so much since it was listed that it must be listed, and judged, again.
 */
export async function copyListed(job: Job, flow: ArgoFlow, listed: ListedChanges, controls: Controls): Promise<Copied> {
  const { copyChanges } = argoActivities<ReturnType<typeof transferActivities>>('transfer', flow);
  if (listed.isEmpty) return { state: 'complete', warnings: [] };
  while (await mayGoOn(controls)) {
    await job.enter('copy', { total: listed.filesToCopy + listed.filesToDelete });
    try {
      const input = { flow, listed, run: job.run, fence: job.fence };
      const done = await untilPutDown(controls, () => copyChanges.executeWithOptions({ summary: whatIsCopied(listed) }, [input]));
      if (done !== null) return { state: 'complete', warnings: done.warnings };
    } catch (error) {
      if (failureKind(error) !== 'replan') throw error;
      return { state: 'moved' };
    }
  }
  return { state: 'stopped' };
}

/** Beside the activity in Temporal's Web UI. */
const whatIsCopied = ({ filesToCopy, filesToDelete, bytesToCopy }: ListedChanges): string =>
  `${filesToCopy} files to copy (${(bytesToCopy / 1e6).toFixed(1)} MB), ${filesToDelete} to delete`;
