import type { Failure } from '../../src/errors.ts';
import { redactText } from '../../src/observe/redact.ts';
import type { Runs } from '../../src/stores/runs.ts';

/** How an attempt of a run's activity ended. */
export interface Attempt {
  readonly run: string;
  readonly workflowId: string | null;
  /** From 1. */
  readonly attempt: number;
  /** null: it did not fail. */
  readonly failure: Failure | null;
}

export interface TroubleDependencies {
  readonly runs: Pick<Runs, 'trouble'>;
  /** Signals `troubled` to the workflow. */
  readonly signal: (workflowId: string, sentence: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly now: () => Date;
}

/** A hiccup is over before anyone could read of it, and every signal costs some events of history. */
const WORTH_TELLING_ATTEMPT = 3;
const WORTH_TELLING_PAUSE_MS = 10_000;
const SIGNAL_EVERY_MS = 60_000;

/**
 * What is tried again goes on without the workflow being told; whoever watches the run must see why it does not move.
 * The book hears of every failed attempt. The workflow hears of what lasts, and once: an outage of a week is one signal a worker.
 */
export function troubleReporter({ runs, signal, onError, now }: TroubleDependencies): (attempt: Attempt) => void {
  const told = new Map<string, { readonly code: string; readonly atMs: number }>();
  return ({ run, workflowId, attempt, failure }) => {
    if (failure === null) told.delete(run);
    if (failure?.kind !== 'again') return;
    const sentence = redactText(failure.message);
    runs.trouble(run, sentence, now()).catch(onError);

    const lasts = attempt >= WORTH_TELLING_ATTEMPT || (failure.retryAfterMs ?? 0) >= WORTH_TELLING_PAUSE_MS;
    const last = told.get(run);
    const isNews = last === undefined || (last.code !== failure.code && now().getTime() - last.atMs >= SIGNAL_EVERY_MS);
    if (workflowId === null || !lasts || !isNews) return;
    told.set(run, { code: failure.code, atMs: now().getTime() });
    signal(workflowId, sentence).catch(onError);
  };
}
