import type { rollbackActivities } from '../../activities/ooi/rollback.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import type { JobStart } from '../common/dispatch.ts';
import { withLease } from '../common/with-lease.ts';
import { ooiActivities } from './activities.ts';
import { ended, type OoiResult } from './ended.ts';
import { ooiJob } from './ooi-job.ts';

export interface RollbackInput {
  readonly flow: string;
  readonly generation?: string;
  readonly dryRun?: boolean;
}

export type RollbackResult = OoiResult<'published' | 'stopped' | 'dry'>;

/** As a client starts it. */
export type RollbackWorkflow = (input: RollbackInput) => Promise<RollbackResult>;

/** Publishes a generation that was live before. What is live now is kept in its turn. */
export async function rollback({ flow, input, controls, tracker }: JobStart<StreamFlow, RollbackInput>): Promise<RollbackResult> {
  const { chooseGeneration, rollBack } = ooiActivities<ReturnType<typeof rollbackActivities>>('convert', flow);
  return await ooiJob<RollbackResult>({ job: 'rollback', flow, tracker }, async (job) => {
    await job.enter('choose');
    const chosen = await chooseGeneration({ flow, run: job.run, generation: input.generation ?? null });
    if (input.dryRun === true) return ended(flow, 'dry', chosen.says, 'ok', { ...chosen });

    await job.enter('publish');
    const done = await withLease(job, { lease: flow.name, jobName: 'rollback', controls }, (fence) =>
      rollBack({ flow, run: job.run, generation: chosen.generation, fence }),
    );
    if (done === null) return ended(flow, 'stopped', 'Stopped by an operator before anything was published.', 'stopped', {});
    return ended(
      flow,
      'published',
      `${done.generation} is published again; ${done.replaced ?? 'nothing'} was live before and is kept.`,
      'ok',
      {
        ...done,
      },
    );
  });
}
