import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  isCancellation,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import type { jobActivities } from '../../activities/common/job.ts';
import { type JobSpec, leaseOf } from '../../src/config/job.ts';
import type { FailureKind } from '../../src/errors.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { Health } from '../../src/stores/runs.ts';
import { bookKeeping } from './book-keeping.ts';
import { wasCancelled } from './put-down.ts';
import type { Tracker } from './tracker.ts';

/** One run of a flow, holding its lease. */
export interface Job {
  readonly flow: string;
  /** First run id of the chain; names the run in every store. */
  readonly run: string;
  readonly fence: Fence;
  /** Shows the phase everywhere it is looked for: search attributes, details, `landfall watch`. */
  enter(
    phase: string,
    tally?: { readonly total?: number; readonly done?: number; readonly failed?: number; readonly bytes?: number },
  ): Promise<void>;
  /** Says why the run waits; `null` takes it back. */
  says(sentence: string | null, health: Health): Promise<void>;
  /** The same of a run that an operator holds, which is said before it. Whoever goes on afterwards says something else. */
  saysPaused(sentence: string, health: Health): Promise<void>;
}

export interface JobEnd<Result> {
  readonly result: Result;
  readonly health: Health;
  readonly says: string | null;
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Takes the flow's lease, runs the body, keeps the record, gives the lease back: on success, failure and cancellation alike.
 * A run that goes on as new keeps its lease. A failure leaves as one sentence that can be read in the Web UI.
 */
export async function underLease<Result>(
  start: {
    readonly job: string;
    readonly flow: string;
    readonly kind: string;
    /** A job that only reads takes a lease of its own, so that it never keeps the night out. */
    readonly access: JobSpec['access'];
    readonly tracker: Tracker;
  },
  body: (job: Job) => Promise<JobEnd<Result>>,
): Promise<Result> {
  const { takeFlow, notePhase, endRun } = bookKeeping<ReturnType<typeof jobActivities>>();
  const { workflowId, firstExecutionRunId: run } = workflowInfo();
  const { flow, kind, tracker } = start;
  const lease = leaseOf(flow, start.job, start.access);
  tracker.identify(flow, kind);

  const { fence } = await readably(() =>
    takeFlow({ flow, lease, kind, holder: { job: start.job, workflowId, runId: run }, ...(tracker.isDryRun ? { isDryRun: true } : {}) }),
  );
  const note = (health: Health, says: string | null): Promise<void> =>
    notePhase.executeWithOptions({ summary: health === 'ok' ? tracker.phase : `${tracker.phase}: ${health}` }, [
      { run, progress: { phase: tracker.phase, ...tracker.tally }, health, says },
    ]);
  const end = (health: Health, says: string | null, record: JobEnd<Result>['record']): Promise<void> =>
    CancellationScope.nonCancellable(() => endRun.executeWithOptions({ summary: health }, [{ run, fence, health, says, record }]));
  const job: Job = {
    flow,
    run,
    fence,
    enter: async (phase, tally) => {
      tracker.enter(phase, tally);
      await note('ok', null);
    },
    says: async (sentence, health) => {
      tracker.says(sentence, health);
      await note(health, sentence);
    },
    saysPaused: async (sentence, health) => {
      tracker.says(sentence, health);
      await note(health, tracker.sentence);
    },
  };

  try {
    const { result, health, says, record } = await body(job);
    tracker.says(says, health);
    await end(health, says, record);
    return result;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (wasCancelled(error)) {
      const sentence = `Cancelled while in phase ${tracker.phase}; the next run goes on from there.`;
      tracker.says(sentence, 'stopped');
      await end('stopped', sentence, {});
      throw isCancellation(error) ? error : new CancelledFailure(sentence);
    }
    const failure = readable(error);
    tracker.says(failure.message, 'failed');
    await end('failed', failure.message, {});
    throw failure;
  }
}

/** Rethrows what an activity failed with as one failure whose message is the sentence itself. */
export async function readably<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    throw readable(error);
  }
}

function readable(error: unknown): ApplicationFailure {
  const message = rootCause(error) ?? String(error);
  const type = error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause.type : undefined;
  if (error instanceof ApplicationFailure) return error;
  // What failed is in the history with all that is known of it; the end of the run is for whoever reads it.
  const failure = ApplicationFailure.create({ message, type: type ?? 'failed', nonRetryable: true });
  failure.stack = '';
  return failure;
}

/** The kind that an activity's failure was classified as (activities/common/interceptor.ts puts it into its details). */
export function failureKind(error: unknown): FailureKind | null {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return null;
  const [details] = error.cause.details ?? [];
  const isKinded = (value: unknown): value is { readonly kind: FailureKind } =>
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'again' || value.kind === 'replan' || value.kind === 'stop');
  return isKinded(details) ? details.kind : null;
}
