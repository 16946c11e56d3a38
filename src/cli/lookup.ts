import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { Failure } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import { Leases } from '../stores/leases.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';

export interface Running {
  readonly handle: WorkflowHandle;
  readonly run: Run | null;
}

/** The workflow that works on a flow now, found by the flow's lease; null: none. */
export async function runningWorkflow(context: Context, flow: string): Promise<Running | null> {
  const database = await context.database();
  const holder = await new Leases(database).holder(flow);
  if (holder === null) return null;
  const handle = (await context.client()).workflow.getHandle(holder.workflowId);
  return (await isRunning(handle, holder.runId)) ? { handle, run: await new Runs(database).get(holder.runId) } : null;
}

/** Whether the workflow's present execution belongs to the chain that began with this run. */
async function isRunning(handle: WorkflowHandle, firstRun: string): Promise<boolean> {
  try {
    const { status, raw } = await handle.describe();
    return status.name === 'RUNNING' && raw.workflowExecutionInfo?.firstRunId === firstRun;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** @throws {Failure} `not_running`: with the flow's name and how to start it. */
export async function requireRunning(context: Context, flow: string): Promise<Running> {
  const { kind } = await context.flow(flow);
  const running = await runningWorkflow(context, flow);
  if (running !== null) return running;
  throw new Failure({
    kind: 'stop',
    code: 'not_running',
    happened: `Flow ${flow} is not running`,
    remedy: `Start it with: landfall run ${firstJob(kind)} ${flow}`,
  });
}

/** The job a kind names first is the one that is done every night. */
export const firstJob = (kind: string): string => Object.keys(kindNamed(kind)?.jobs ?? {})[0] ?? 'JOB';
