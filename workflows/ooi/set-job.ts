import { continueAsNew } from '@temporalio/workflow';
import type { ProductJob, productActivities } from '../../activities/ooi/products.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { untilPutDown } from '../common/put-down.ts';
import { ooiActivities } from './activities.ts';
import { askAll } from './ask-facility.ts';
import { ended, type OoiResult } from './ended.ts';
import { ooiJob } from './ooi-job.ts';

export interface SetJobInput {
  readonly flow: string;
  readonly goldCopy?: boolean;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: SetJobState;
}

export interface SetJobState extends CarriedJob<SetFlow> {
  readonly goldCopy: boolean;
  /** Questions that were asked. */
  readonly from: number;
}

export type SetJobResult = OoiResult<'done' | 'stopped'>;

/** As a client starts it. */
export type SetJobWorkflow = (input: SetJobInput) => Promise<SetJobResult>;

/** A job of a set: what the facility has to say is asked first, then its products are made in one go: tables, annotations, catalogue, statistics, availability. A pause puts it down; it then begins anew. */
export const setJob =
  (what: ProductJob) =>
  async ({ flow, input, controls, tracker }: JobStart<SetFlow, SetJobInput>): Promise<SetJobResult> => {
    const { makeProduct } = ooiActivities<ReturnType<typeof productActivities>>('verify', flow);
    const { goOn } = input;
    const goldCopy = goOn?.goldCopy ?? input.goldCopy ?? false;
    return await ooiJob<SetJobResult>({ job: what, flow, tracker }, async (job) => {
      if (what === 'metadata' || what === 'annotations') {
        const asked = await askAll(job, { flow, what, goldCopy, from: goOn?.from ?? 0, controls, tracker });
        if (asked.state === 'long') {
          const state = { flow, goldCopy, from: asked.from, controls: carry(controls) };
          return await continueAsNew<SetJobWorkflow>({ flow: flow.name, goOn: state });
        }
      }
      while (await mayGoOn(controls)) {
        await job.enter('make');
        const made = await untilPutDown(controls, () => makeProduct({ flow, run: job.run, what, fence: job.fence, goldCopy }));
        controls.wantsQuarantine = false;
        if (made !== null) return ended(flow, 'done', made.says, made.isWhole ? 'ok' : 'failed', made.record);
      }
      return ended(flow, 'stopped', 'Stopped by an operator before it was made.', 'stopped', {});
    });
  };
