import { defineSignal, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';

/** Sent to the run of a set by one of its streams, whose flow it names: it waits for the facility, and nothing is done for it meanwhile. */
export const memberWaits = defineSignal<[string]>('memberWaits');

/** Tells the set that started this run, once; a run that a person or a schedule started has nobody to tell. */
export function tellSetOfWaits(flow: string): () => Promise<void> {
  let isTold = false;
  return async () => {
    const { parent } = workflowInfo();
    if (isTold || parent === undefined) return;
    isTold = true;
    // The run of the set may have ended: it waits for no stream longer than its patience.
    await getExternalWorkflowHandle(parent.workflowId)
      .signal(memberWaits, flow)
      .catch(() => undefined);
  };
}
