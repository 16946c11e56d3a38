import { activityInfo } from '@temporalio/activity';
import type { Runs } from '../../src/stores/runs.ts';

export interface ActivityReport {
  readonly run: string;
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

/** Called as often as an activity likes; goes to the database about once a second and to the workflow at most once a minute. */
export type ReportProgress = (report: ActivityReport) => void;

export interface ReportDependencies {
  readonly runs: Runs;
  /** Signals `progressed` to the workflow an activity belongs to. */
  readonly signal: (workflowId: string, report: Omit<ActivityReport, 'run'>) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly now: () => Date;
}

/** A signal costs about four events of history. */
const SIGNAL_EVERY_MS = 60_000;
const STORE_EVERY_MS = 1_000;

export function progressReporter({ runs, signal, onError, now }: ReportDependencies): ReportProgress {
  const stored = new Map<string, number>();
  const signalled = new Map<string, number>();
  return (report) => {
    const { run, done, total, bytes } = report;
    const time = now().getTime();
    if (time - (stored.get(run) ?? 0) >= STORE_EVERY_MS) {
      stored.set(run, time);
      runs.progress(run, { done, total, bytes }, now()).catch(onError);
    }
    // The first minute is over before the workflow is told: short activities end sooner and say so themselves.
    const last = signalled.get(run);
    if (last === undefined) signalled.set(run, time);
    else if (time - last >= SIGNAL_EVERY_MS) {
      signalled.set(run, time);
      const { workflowId } = activityInfo().workflowExecution ?? {};
      if (workflowId !== undefined) signal(workflowId, { done, total, bytes }).catch(onError);
    }
  };
}
