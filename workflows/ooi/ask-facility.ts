import { workflowInfo } from '@temporalio/workflow';
import type { questionActivities, questionListActivities } from '../../activities/ooi/questions.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { bounded } from '../../src/ooi/products/bounded.ts';
import { questionKey } from '../../src/ooi/products/question.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import type { Tracker } from '../common/tracker.ts';
import { ooiActivities } from './activities.ts';

export type AskedAll =
  | { readonly state: 'asked' | 'stopped' }
  /** The history has grown long. */
  | { readonly state: 'long'; readonly from: number };

export interface AskAll {
  readonly flow: SetFlow;
  readonly what: 'metadata' | 'annotations';
  readonly goldCopy: boolean;
  readonly from: number;
  readonly controls: Controls;
  readonly tracker: Tracker;
}

/** Asks the facility all that a product needs, page by page, each question for itself; answers are kept beside the history. */
export async function askAll(job: Job, { flow, what, goldCopy, from: begin, controls, tracker }: AskAll): Promise<AskedAll> {
  const { listQuestions } = ooiActivities<ReturnType<typeof questionListActivities>>('control', flow);
  const { askFacility } = ooiActivities<ReturnType<typeof questionActivities>>('request', flow);
  const { run } = job;
  await job.enter('ask');
  for (let from = begin; await mayGoOn(controls); ) {
    if (workflowInfo().continueAsNewSuggested) return { state: 'long', from };
    const { questions, next } = await listQuestions({ flow, run, what, goldCopy, from });
    await bounded(questions, async (question) => {
      const { isHad } = await askFacility.executeWithOptions({ summary: questionKey(question) }, [{ flow, run, question }]);
      tracker.add({ done: 1, failed: isHad ? 0 : 1, bytes: 0 });
    });
    if (next === null) return { state: 'asked' };
    from = next;
  }
  return { state: 'stopped' };
}
