import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { type JobSpec, leaseOf } from '../config/job.ts';
import { instead } from '../config/problems.ts';
import { quoted } from '../config/quoted.ts';
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
 * The workflow that works on a flow now, found by its lease; or one that was started and has not taken it yet. Null: none.
 * @param job a job that goes on beside the others; null: whichever changes products.
 * @throws {Failure} `several_running`: more than one changes products now, and none was named.
 */
export async function runningWorkflow(context: Context, flow: Flow, job: string | null = null): Promise<Running | null> {
  const own = job === null ? jobsOf(flow.kind, 'own') : [];
  if (own.length === 0) return await runningJob(context, flow, job);
  const found: { readonly one: string; readonly running: Running }[] = [];
  for (const one of own) {
    const running = await runningJob(context, flow, one);
    if (running !== null) found.push({ one, running });
  }
  if (found.length > 1) {
    const names = found.map(({ one }) => one);
    throw new Failure({
      kind: 'stop',
      code: 'several_running',
      happened: `Of flow ${flow.name} ${names.join(' and ')} are under way`,
      remedy: `Say which with ${names.map((one) => `--job ${one}`).join(' or ')}`,
    });
  }
  return found[0]?.running ?? null;
}

async function runningJob(context: Context, { name, kind }: Flow, job: string | null): Promise<Running | null> {
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
    if (access === 'write' ? spec.access !== 'write' : other !== job) continue;
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
  requireJob(found, job);
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

/** @throws {Failure} `usage`: the flow has no such job. */
export function requireJob(flow: Flow, job: string | null): void {
  if (job === null || jobsOfFlow(flow).includes(job)) return;
  throw unknownJob(flow, job);
}

/** Of a stream no job of sets is named. */
export const unknownJob = (flow: Flow, job: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `Flow ${flow.name} has no job ${quoted(job)}`,
    remedy: instead(job, jobsOfFlow(flow), 'jobs'),
  });

export const notRunning = (flow: Flow, job: string | null, checks: readonly string[] = []): Failure =>
  new Failure({
    kind: 'stop',
    code: 'not_running',
    happened:
      job !== null
        ? `${job} of ${flow.name} is not running`
        : `Flow ${flow.name} is not running${checks.length === 0 ? '' : `, only ${checks.join(' and ')}, which changes nothing`}`,
    remedy:
      checks.length === 0
        ? `Start it with: landfall run ${job ?? firstJob(flow)} ${flow.name}`
        : `That one is steered with ${checks.map((check) => `--job ${check}`).join(' or ')}`,
  });

/** The job that is named first is the one that is done every night. */
export const firstJob = (flow: Flow): string => jobsOfFlow(flow)[0] ?? 'JOB';

/** The jobs of a flow's kind that are for a flow of its form. */
export function jobsOfFlow(flow: Flow): readonly string[] {
  const kind = kindNamed(flow.kind);
  return Object.keys(kind?.jobs ?? {}).filter((job) => (kind?.refuses?.(flow, job) ?? null) === null);
}

/** The jobs of a kind that go about their flow's products in this way. */
export const jobsOf = (kind: string, access: JobSpec['access']): readonly string[] =>
  Object.entries(kindNamed(kind)?.jobs ?? {}).flatMap(([job, spec]) => (spec.access === access ? [job] : []));

/** The jobs of a kind that change products, and not only check them. */
export const changersOf = (kind: string): readonly string[] => [...jobsOf(kind, 'write'), ...jobsOf(kind, 'own')];
