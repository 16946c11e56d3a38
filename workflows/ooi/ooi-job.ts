import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  patched,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import type { notifyActivities } from '../../activities/ooi/notify.ts';
import type { recordActivities } from '../../activities/ooi/record.ts';
import type { OoiFlow } from '../../src/ooi/flow.ts';
import { type Job, type JobEnd, underLease } from '../common/job.ts';
import { wasCancelled } from '../common/put-down.ts';
import type { Tracker } from '../common/tracker.ts';
import { ooiActivities } from './activities.ts';

export interface OoiJob {
  readonly job: string;
  readonly flow: OoiFlow;
  readonly tracker: Tracker;
}

/**
 * A job of kind `ooi`, under the lease of the job alone: it takes the flow's own for a change of the store only. People whom the flow names
 * are told when it fails, and when it asks. What breaks a run of a stream off is in the history and the status of the stream.
 */
export async function ooiJob<Result>({ job: task, flow, tracker }: OoiJob, body: (job: Job) => Promise<JobEnd<Result>>): Promise<Result> {
  const isAnybodyTold = flow.notify.mail.length > 0 || flow.notify.webhook !== undefined;
  let asked = 0;
  const tell = async (run: string, code: string, says: string): Promise<void> => {
    if (!isAnybodyTold) return;
    const { tellPeople } = ooiActivities<ReturnType<typeof notifyActivities>>('notify', flow);
    const { workflowId } = workflowInfo();
    const incident = code === 'asks' ? `${run}/asks/${asked}` : `${run}/${code}`;
    await CancellationScope.nonCancellable(() =>
      tellPeople.executeWithOptions({ summary: code }, [{ flow, run, workflowId, task, code, says, incident }]),
    );
  };
  return await underLease({ job: task, flow: flow.name, kind: 'ooi', access: 'read', tracker }, async (job) => {
    const telling: Job = {
      ...job,
      says: async (sentence, health) => {
        await job.says(sentence, health);
        if (health !== 'asks' || sentence === null) return;
        asked += 1;
        await tell(job.run, 'asks', sentence);
      },
    };
    try {
      const end = await body(telling);
      if (end.health === 'failed') await tell(job.run, 'failed', end.says ?? '');
      return end;
    } catch (error) {
      if (error instanceof ContinueAsNew || wasCancelled(error)) throw error;
      const says = rootCause(error) ?? String(error);
      if (!('streams' in flow) && patched('breakings')) {
        const { noteBreaking } = ooiActivities<ReturnType<typeof recordActivities>>('control', flow);
        await noteBreaking({ flow, run: job.run, job: task, phase: tracker.phase, says });
      }
      await tell(job.run, codeOf(error), says);
      throw error;
    }
  });
}

function codeOf(error: unknown): string {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return (failure instanceof ApplicationFailure ? failure.type : undefined) ?? 'failed';
}
