import { ApplicationFailure, WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { queueName } from '../config/queues.ts';
import { Failure, messageOf } from '../errors.ts';
import { kindNamed } from '../kinds.ts';
import type { Context } from './context.ts';
import { followUntil } from './follow.ts';
import { nightIn, nightsTable } from './night-table.ts';
import type { Answer } from './output.ts';
import type { Interruption } from './until-stopped.ts';

export interface RunOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  /** More of the job's input than its flags. */
  readonly input?: Readonly<Record<string, unknown>>;
}

interface Started {
  readonly workflowId: string;
  readonly run: string;
  readonly handle: WorkflowHandle;
}

/** Starts a job of a flow under its stable id. */
export async function startJob(context: Context, job: string, flowName: string, options: RunOptions): Promise<Started> {
  const flow = await context.flow(flowName);
  const jobs = Object.keys(kindNamed(flow.kind)?.jobs ?? {});
  if (!jobs.includes(job)) {
    throw new Failure({
      kind: 'stop',
      code: 'usage',
      happened: `Flows of kind ${flow.kind} have no job "${job}"`,
      expected: `one of ${jobs.join(', ')}`,
      remedy: 'Correct the name of the job',
    });
  }
  const workflowId = `${job}/${flow.name}`;
  const input = {
    flow: flow.name,
    ...(options.force === true ? { force: true } : {}),
    ...(options.dryRun === true ? { dryRun: true } : {}),
    ...options.input,
  };
  try {
    const client = await context.client();
    const handle = await client.workflow.start(job, {
      workflowId,
      taskQueue: queueName('control', null),
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
    });
    return { workflowId, run: handle.firstExecutionRunId, handle };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new Failure({
      kind: 'stop',
      code: 'flow_busy',
      happened: `${workflowId} is already running`,
      remedy: `Watch it with: landfall watch ${flow.name}. Or end it with: landfall stop ${flow.name}`,
    });
  }
}

export async function runJob(context: Context, job: string, flow: string, options: RunOptions): Promise<Answer> {
  const started = await startJob(context, job, flow, options);
  const { workflowId, run } = started;
  const { temporalUi } = await context.addresses();
  const link = temporalUi === null ? null : uiLink(temporalUi, context.settings.temporal.namespace, workflowId, run);
  // A dry run is asked for its answer.
  if (options.wait !== true && options.dryRun !== true) {
    const where = link === null ? '' : `\nLook: ${link}`;
    return { value: { workflowId, run, ui: link }, text: `Started ${workflowId}. Watch it with: landfall watch ${flow}${where}` };
  }
  const result = await resultOf(context, started);
  const night = nightIn(result);
  const sentence = messageIn(result) ?? `${workflowId} ended.`;
  const text = night === null ? sentence : `${sentence}\n\n${nightsTable([{ title: flow, night }])}`;
  return { value: { workflowId, run, ui: link, result }, text };
}

/** Waits for a job with its progress on standard error. @throws {Failure} the sentence it failed with, or what interrupts. */
export async function resultOf(context: Context, { handle, run, workflowId }: Started, interrupted?: Interruption): Promise<unknown> {
  try {
    const result = handle.result();
    return await followUntil(await context.database(), run, interrupted?.race(result) ?? result);
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw failureOf(error, workflowId);
    throw error;
  }
}

function failureOf(error: WorkflowFailedError, workflowId: string): Failure {
  const { cause } = error;
  const code = cause instanceof ApplicationFailure ? (cause.type ?? 'failed') : 'failed';
  const happened = cause instanceof ApplicationFailure ? cause.message : `${workflowId} did not end well: ${messageOf(cause ?? error)}`;
  return new Failure({ kind: 'stop', code, happened, cause: error });
}

export const uiLink = (ui: string, namespace: string, workflowId: string, run: string): string =>
  `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${run}`;

function messageIn(result: unknown): string | null {
  return typeof result === 'object' && result !== null && 'message' in result && typeof result.message === 'string' ? result.message : null;
}
