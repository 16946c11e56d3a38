import type { ProductJob, productActivities } from '../../activities/ooi/products.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { mayGoOn } from '../common/controls.ts';
import type { JobStart } from '../common/dispatch.ts';
import type { JobEnd } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { ooiActivities } from './activities.ts';
import { ooiJob } from './ooi-job.ts';

export interface SetJobInput {
  readonly flow: string;
  /** Of job metadata. */
  readonly goldCopy?: boolean;
}

export interface SetJobResult {
  readonly flow: string;
  readonly state: 'done' | 'stopped';
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** As a client starts it. */
export type SetJobWorkflow = (input: SetJobInput) => Promise<SetJobResult>;

/** A job of a set that makes its products in one go: tables, annotations, catalogue, statistics, availability. A pause puts it down; it then begins anew. */
export const setJob =
  (what: ProductJob) =>
  async ({ flow, input, controls, tracker }: JobStart<SetFlow, SetJobInput>): Promise<SetJobResult> => {
    const { makeProduct } = ooiActivities<ReturnType<typeof productActivities>>('verify', flow);
    return await ooiJob({ job: what, flow, tracker }, async (job) => {
      while (await mayGoOn(controls)) {
        await job.enter('make');
        const made = await untilPutDown(controls, () =>
          makeProduct({ flow, run: job.run, what, goldCopy: input.goldCopy === true, fence: job.fence }),
        );
        controls.wantsQuarantine = false;
        if (made !== null) return ended(flow, 'done', made.says, made.record, made.isWhole ? 'ok' : 'failed');
      }
      return ended(flow, 'stopped', 'Stopped by an operator before it was made.', {}, 'stopped');
    });
  };

function ended(
  flow: SetFlow,
  state: SetJobResult['state'],
  message: string,
  record: Readonly<Record<string, unknown>>,
  health: JobEnd<SetJobResult>['health'],
): JobEnd<SetJobResult> {
  return { result: { flow: flow.name, state, message, record }, health, says: message, record: { ...record, state, message } };
}
