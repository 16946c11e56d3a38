import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { type JobSpec, leaseOf } from '../config/job.ts';
import { Failure } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import { Leases } from '../stores/leases.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';

export interface Running {
  readonly handle: WorkflowHandle;
  readonly run: Run | null;
}

/**
 * The workflow that works on a flow now, found by the flow's lease; or one that was started and has not taken it yet. Null: none.
 * @param job a job that only reads, and so goes on beside the others; null: whichever writes.
 */
export async function runningWorkflow(context: Context, { name, kind }: Flow, job: string | null = null): Promise<Running | null> {
  const database = await context.database();
  const { workflow } = await context.client();
  const jobs = kindNamed(kind)?.jobs ?? {};
  const access = job === null ? 'write' : (jobs[job]?.access ?? 'write');
  const holder = await new Leases(database).holder(leaseOf(name, job ?? '', access));
  if (holder !== null) {
    const handle = workflow.getHandle(holder.workflowId);
    if (await isRunning(handle, holder.runId)) return { handle, run: await new Runs(database).get(holder.runId) };
  }
  for (const [other, spec] of Object.entries(jobs)) {
    if (access === 'read' ? other !== job : spec.access === 'read') continue;
    const handle = workflow.getHandle(`${other}/${name}`);
    if (await isRunning(handle, null)) return { handle, run: null };
  }
  return null;
}

/** Whether a workflow runs, in the chain that began with this run; null: in any. */
export async function isRunning(handle: WorkflowHandle, firstRun: string | null): Promise<boolean> {
  try {
    const { status, raw } = await handle.describe();
    return status.name === 'RUNNING' && (firstRun === null || raw.workflowExecutionInfo?.firstRunId === firstRun);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** @throws {Failure} `not_running`: with the flow's name and how to start it. */
export async function requireRunning(context: Context, flow: string, job: string | null = null): Promise<Running> {
  const found = await context.flow(flow);
  const running = await runningWorkflow(context, found, job);
  if (running !== null) return running;
  throw notRunning(found, job, job === null ? await checksUnderWay(context, found) : []);
}

/** The jobs that only check and are at work now: none of them is the flow's run. */
async function checksUnderWay(context: Context, flow: Flow): Promise<readonly string[]> {
  const found: string[] = [];
  for (const job of jobsOf(flow.kind, 'read')) if ((await runningWorkflow(context, flow, job)) !== null) found.push(job);
  return found;
}

export const notRunning = ({ name, kind }: Flow, job: string | null, checks: readonly string[] = []): Failure =>
  new Failure({
    kind: 'stop',
    code: 'not_running',
    happened:
      job !== null
        ? `${job} of ${name} is not running`
        : `Flow ${name} is not running${checks.length === 0 ? '' : `, only ${checks.join(' and ')}, which changes nothing`}`,
    remedy:
      checks.length === 0
        ? `Start it with: landfall run ${job ?? firstJob(kind)} ${name}`
        : `That one is steered with ${checks.map((check) => `--job ${check}`).join(' or ')}`,
  });

/** The job a kind names first is the one that is done every night. */
export const firstJob = (kind: string): string => Object.keys(kindNamed(kind)?.jobs ?? {})[0] ?? 'JOB';

/** The jobs of a kind that change products, or those that only check and go on beside them. */
export const jobsOf = (kind: string, access: JobSpec['access']): readonly string[] =>
  Object.entries(kindNamed(kind)?.jobs ?? {}).flatMap(([job, spec]) => (spec.access === access ? [job] : []));
