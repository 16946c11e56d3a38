import {
  ApplicationFailure,
  CancelledFailure,
  type Client,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { inputProblems } from '../config/job.ts';
import { queueName } from '../config/queues.ts';
import { Failure, messageOf } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import { Runs } from '../stores/runs.ts';
import { requireApplied } from './applied.ts';
import { commandFor } from './as-typed.ts';
import type { Context } from './context.ts';
import { EXIT, exitOfRun } from './exit.ts';
import { followUntil } from './follow.ts';
import { Lifetime } from './lifetime.ts';
import { runningWorkflow, unknownJob } from './lookup.ts';
import { type Answer, remark } from './output.ts';
import { pollers } from './pollers.ts';
import { isFields, recordIn, recordLines } from './record-lines.ts';

export interface RunOptions {
  readonly wait?: boolean;
  /** The job's input beside the flow's name. */
  readonly input?: Readonly<Record<string, unknown>>;
}

export interface Started {
  readonly workflowId: string;
  readonly run: string;
  readonly handle: WorkflowHandle;
}

export interface StartedJob extends Started {
  /** What is typed to see it. */
  readonly watch: string;
}

/** Starts a job of a flow under its stable id. @throws {Failure} `flow_busy`: another run works on the flow. */
export async function startJob(context: Context, job: string, flowName: string, options: RunOptions): Promise<StartedJob> {
  const flow = await context.flow(flowName);
  const jobs = kindNamed(flow.kind)?.jobs ?? {};
  const spec = jobs[job];
  if (spec === undefined) throw unknownJob(flow, job);
  const refusal = kindNamed(flow.kind)?.refuses?.(flow, job) ?? null;
  if (refusal !== null) throw new Failure({ kind: 'stop', code: 'usage', happened: refusal });
  const input = { flow: flow.name, ...options.input };
  const problems = inputProblems(job, spec, input);
  if (problems.length > 0) throw badInput(problems, job, flow.kind);
  await requireApplied(context, flow);
  // The run itself would find out too; whoever does not wait for it hears it here.
  const beside = spec.access === 'write' ? null : job;
  const running = await runningWorkflow(context, flow, beside);
  if (running !== null) throw busy(running.handle.workflowId, flow.name, beside);
  const workflowId = `${job}/${flow.name}`;
  try {
    const client = await context.client();
    const handle = await client.workflow.start(job, {
      workflowId,
      taskQueue: queueName('control', null),
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `${job} of ${flow.name}, started with landfall run`,
    });
    return { workflowId, run: handle.firstExecutionRunId, handle, watch: commandFor('watch', flow.name, beside) };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw busy(workflowId, flow.name, beside);
    throw error;
  }
}

const badInput = (problems: readonly string[], job: string, kind: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'usage',
    happened: problems.join(' '),
    remedy: `See what ${job} of kind ${kind} takes with: landfall run --help`,
  });

const busy = (workflowId: string, flow: string, job: string | null): Failure =>
  new Failure({
    kind: 'stop',
    code: 'flow_busy',
    happened: `Flow ${flow} is already being worked on by ${workflowId}`,
    remedy: `Watch it with: ${commandFor('watch', flow, job)}. Or end it with: ${commandFor('stop', flow, job)}`,
  });

export async function runJob(context: Context, job: string, flow: string, options: RunOptions): Promise<Answer> {
  const started = await startJob(context, job, flow, options);
  const { workflowId, run, watch } = started;
  const { temporalUi } = await context.addresses();
  const ui = temporalUi === null ? null : uiLink(temporalUi, context.settings.temporal.namespace, started);
  const idle = await nobodyServes(await context.client(), context.settings.temporal.namespace);
  // A dry run is asked for its answer.
  if (options.wait !== true && options.input?.dryRun !== true) {
    const lines = [`Started ${workflowId}. Watch it with: ${watch}`, ...(ui === null ? [] : [`Look: ${ui}`]), ...idle];
    return { value: { workflowId, run, ui }, text: lines.join('\n') };
  }
  for (const line of idle) remark(line);
  const lifetime = new Lifetime('The waiting', `The run itself goes on; see it with: ${watch}`);
  const result = await lifetime.unlessStopped(resultOf(context, started));
  const kept = await new Runs(await context.database()).get(run);
  return {
    value: { workflowId, run, ui, result },
    text: [messageIn(result) ?? `${workflowId} ended.`, recordLines(recordIn(result) ?? {})].filter((part) => part !== '').join('\n'),
    exit: kept === null ? EXIT.failed : exitOfRun(kept),
  };
}

async function nobodyServes(client: Client, namespace: string): Promise<readonly string[]> {
  if ((await pollers(client, namespace, queueName('control', null))) > 0) return [];
  return ['No worker serves this Temporal server yet: it begins when one does. Start one with: landfall worker'];
}

/** Waits for a job with its progress on standard error. @throws {Failure} the sentence it failed with. */
export async function resultOf<Result = unknown>(context: Context, { handle, run, workflowId }: Started): Promise<Result> {
  try {
    const followed = { client: await context.client(), database: await context.database(), run, workflowId };
    return await followUntil(followed, handle.result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw failureOf(error, workflowId);
    throw error;
  }
}

function failureOf(error: WorkflowFailedError, workflowId: string): Failure {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    return new Failure({ kind: 'stop', code: cause.type ?? 'failed', happened: cause.message, cause: error });
  }
  const remedy = 'The next run goes on from there';
  if (cause instanceof CancelledFailure)
    return new Failure({ kind: 'stop', code: 'cancelled', happened: `${workflowId} was cancelled`, remedy });
  if (cause instanceof TerminatedFailure) {
    return new Failure({ kind: 'stop', code: 'terminated', happened: `${workflowId} was terminated`, remedy });
  }
  return new Failure({ kind: 'stop', code: 'failed', happened: `${workflowId} failed: ${messageOf(cause ?? error)}`, cause: error });
}

export const uiLink = (ui: string, namespace: string, { workflowId, run }: Pick<Started, 'workflowId' | 'run'>): string =>
  `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${run}`;

const messageIn = (result: unknown): string | null => (isFields(result) && typeof result.message === 'string' ? result.message : null);
