import { ApplicationFailure, CancelledFailure, CompleteAsyncError, type Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Queue } from '../../src/config/queues.ts';
import { errnoOf, Failure, isFailure, messageOf } from '../../src/errors.ts';
import type { Logger } from '../../src/observe/log.ts';
import { redactText } from '../../src/observe/redact.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';

export interface ActivityObservation {
  readonly activity: string;
  readonly queue: string;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  readonly seconds: number;
  /** The run it works for, when its input names one. */
  readonly run: string | null;
  readonly workflowId: string | null;
  /** From 1. */
  readonly attempt: number;
  /** What it failed with, when it failed. */
  readonly failure: Failure | null;
}

/** An error no rule foresees is tried this often: it may be the world, but it may be a fault of ours, and that is for a person to see. */
const UNFORESEEN_ATTEMPTS = 5;
const DISK_FULL_PAUSE_MS = 60_000;

/** Queues whose short steps say nothing while they work. */
const SILENT = ['control', 'notify'] as const satisfies readonly Queue[];

/**
 * Names of the activities for which a sign of life is given, so that a dead worker is noticed as soon as with any other: on whatever queue they
 * are served, since what is beside a store is done on its host.
 */
export const silentIn = (served: Partial<Readonly<Record<Queue, Readonly<Record<string, unknown>>>>>): ReadonlySet<string> =>
  new Set(SILENT.flatMap((queue) => Object.keys(served[queue] ?? {})));

/** The one place where an activity is timed, its logs get their context, and its errors are sorted into the three kinds. */
export function activityInterceptor(
  context: Context,
  silent: ReadonlySet<string>,
  log: Logger,
  observe: (observation: ActivityObservation) => void,
): ActivityInboundCallsInterceptor {
  const lively = (work: Promise<unknown>): Promise<unknown> =>
    silent.has(context.info.activityType) ? withSignsOfLife(work, () => context.heartbeat()) : work;
  return {
    async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
      const { activityType: activity, taskQueue: queue, attempt, workflowExecution } = context.info;
      const fields = { activity, queue, attempt, workflowId: workflowExecution?.workflowId };
      const started = performance.now();
      const seen = (outcome: ActivityObservation['outcome'], failure: Failure | null): void =>
        observe({
          activity,
          queue,
          outcome,
          seconds: (performance.now() - started) / 1000,
          run: runOf(input.args),
          workflowId: workflowExecution?.workflowId ?? null,
          attempt,
          failure,
        });
      try {
        const result = await lively(next(input));
        seen('completed', null);
        return result;
      } catch (error) {
        if (error instanceof CompleteAsyncError) throw error;
        if (error instanceof CancelledFailure || context.cancellationSignal.aborted) {
          seen('cancelled', null);
          throw error instanceof CancelledFailure ? error : new CancelledFailure('The activity was cancelled.');
        }
        const failure = failureOf(error, attempt);
        seen('failed', failure);
        log.warn({
          event: 'activity_failed',
          ...fields,
          kind: failure.kind,
          code: failure.code,
          message: failure.message,
          err: failure.cause,
        });
        throw applicationFailure(failure);
      }
    },
  };
}

function runOf([argument]: readonly unknown[]): string | null {
  const isForRun = typeof argument === 'object' && argument !== null && 'run' in argument && typeof argument.run === 'string';
  return isForRun ? String(argument.run) : null;
}

/** Sorts any error into the three kinds. */
export function failureOf(error: unknown, attempt: number): Failure {
  if (isFailure(error)) return error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new Failure({
      kind: 'again',
      code: 'disk_full',
      happened: `There is no room left: ${messageOf(error)}`,
      remedy: 'Make room; the work goes on by itself when there is some',
      retryAfterMs: DISK_FULL_PAUSE_MS,
      cause: error,
    });
  }
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
    return new Failure({
      kind: 'stop',
      code: 'not_permitted',
      happened: `Access was refused: ${messageOf(error)}`,
      remedy: 'Give the worker the right to read and write there, then start the job again',
      cause: error,
    });
  }
  const isLast = attempt >= UNFORESEEN_ATTEMPTS;
  return new Failure({
    kind: isLast ? 'stop' : 'again',
    code: 'unforeseen',
    happened: `Something happened that no rule foresees: ${messageOf(error)}`,
    remedy: isLast ? `It happened ${attempt} times in a row; look at the worker's log, and report it` : 'It is tried again',
    cause: error,
  });
}

function applicationFailure(failure: Failure): ApplicationFailure {
  const shown = ApplicationFailure.create({
    type: failure.code,
    message: redactText(failure.message),
    nonRetryable: failure.kind !== 'again',
    details: [{ kind: failure.kind, code: failure.code }],
    ...(failure.retryAfterMs === undefined ? {} : { nextRetryDelay: failure.retryAfterMs }),
  });
  // A foreseen failure says what to do; where in the code it was thrown is of use only for those that no rule foresees.
  shown.stack = failure.code === 'unforeseen' ? (stackOf(failure.cause) ?? '') : '';
  return shown;
}

const stackOf = (error: unknown): string | undefined =>
  error instanceof Error && error.stack !== undefined ? redactText(error.stack) : undefined;
