import type { rollbackActivities } from '../../activities/ooi/rollback.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import type { JobStart } from '../common/dispatch.ts';
import type { JobEnd } from '../common/job.ts';
import { withLease } from '../common/with-lease.ts';
import { ooiActivities } from './activities.ts';
import { ooiJob } from './ooi-job.ts';

export interface RollbackInput {
  readonly flow: string;
  readonly generation?: string;
  readonly dryRun?: boolean;
}

export interface RollbackResult {
  readonly flow: string;
  readonly state: 'published' | 'stopped' | 'dry';
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** As a client starts it. */
export type RollbackWorkflow = (input: RollbackInput) => Promise<RollbackResult>;

/** Publishes a generation that was live before. What is live now is kept in its turn. */
export async function rollback({ flow, input, controls, tracker }: JobStart<StreamFlow, RollbackInput>): Promise<RollbackResult> {
  const { chooseGeneration, rollBack } = ooiActivities<ReturnType<typeof rollbackActivities>>('convert', flow);
  return await ooiJob({ job: 'rollback', flow, tracker }, async (job) => {
    await job.enter('choose');
    const chosen = await chooseGeneration({ flow, run: job.run, generation: input.generation ?? null });
    if (input.dryRun === true) return ended(flow, 'dry', chosen.says, { ...chosen });

    await job.enter('publish');
    const done = await withLease(job, { lease: flow.name, jobName: 'rollback', controls }, (fence) =>
      rollBack({ flow, run: job.run, generation: chosen.generation, fence }),
    );
    if (done === null) return ended(flow, 'stopped', 'Stopped by an operator before anything was published.', {});
    return ended(flow, 'published', `${done.generation} is published again; ${done.replaced ?? 'nothing'} was live before and is kept.`, {
      ...done,
    });
  });
}

function ended(
  flow: StreamFlow,
  state: RollbackResult['state'],
  message: string,
  record: Readonly<Record<string, unknown>>,
): JobEnd<RollbackResult> {
  const health = state === 'stopped' ? 'stopped' : 'ok';
  return { result: { flow: flow.name, state, message, record }, health, says: message, record: { ...record, state, message } };
}
