import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { Controls } from './controls.ts';

export interface Window {
  /** First page not yet started. */
  readonly from: number;
  readonly pages: number;
  readonly controls: Controls;
  readonly runPage: (page: number) => Promise<void>;
}

/** How a window ended; in each case nothing is in flight any more. */
export type WindowEnd =
  | { readonly state: 'finished' }
  | { readonly state: 'stopped'; readonly next: number }
  /** The history has grown long: go on as new from `next`. */
  | { readonly state: 'long'; readonly next: number };

/**
 * Runs an activity for each page, at most `controls.width` at once, in order of their numbers.
 * The first failure lets nothing new start, waits for what is in flight and is thrown.
 */
export async function overPages({ from, pages, controls, runPage }: Window): Promise<WindowEnd> {
  let next = from;
  let inFlight = 0;
  const failures: unknown[] = [];

  const run = async (page: number): Promise<void> => {
    try {
      await runPage(page);
    } catch (error) {
      failures.push(error);
    } finally {
      inFlight -= 1;
    }
  };

  let state: WindowEnd['state'] = 'finished';
  try {
    while (next < pages && failures.length === 0) {
      if (workflowInfo().continueAsNewSuggested) {
        state = 'long';
        break;
      }
      await condition(() => controls.isStopping || failures.length > 0 || (!controls.isPaused && inFlight < (controls.width ?? 1)));
      if (failures.length > 0) break;
      if (controls.isStopping) {
        state = 'stopped';
        break;
      }
      inFlight += 1;
      void run(next);
      next += 1;
    }
  } finally {
    // Also when cancelled: nobody may take the lease while a batch is still writing.
    await CancellationScope.nonCancellable(() => condition(() => inFlight === 0));
  }
  if (failures.length > 0) throw failures[0];
  return state === 'finished' ? { state } : { state, next };
}
