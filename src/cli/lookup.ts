import type { WorkflowHandle } from '@temporalio/client';
import { Failure } from '../errors.ts';
import { Leases } from '../stores/leases.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';

/** The workflow that works on a flow now, found by the flow's lease; null: none. */
export async function runningWorkflow(
  context: Context,
  flow: string,
): Promise<{ readonly handle: WorkflowHandle; readonly run: Run | null } | null> {
  const database = await context.database();
  const holder = await new Leases(database).holder(flow);
  if (holder === null) return null;
  const handle = (await context.client()).workflow.getHandle(holder.workflowId);
  const { status } = await handle.describe();
  return status.name === 'RUNNING' ? { handle, run: await new Runs(database).get(holder.runId) } : null;
}

/** @throws {Failure} `not_running`: with the flow's name and how to start it. */
export async function requireRunning(
  context: Context,
  flow: string,
): Promise<{ readonly handle: WorkflowHandle; readonly run: Run | null }> {
  await context.flow(flow);
  const running = await runningWorkflow(context, flow);
  if (running !== null) return running;
  throw new Failure({
    kind: 'stop',
    code: 'not_running',
    happened: `Flow ${flow} is not running`,
    remedy: `Start it with: landfall run mirror ${flow}`,
  });
}
