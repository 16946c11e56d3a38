import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { type ActivityProgress, queries, type RetryArgument, signals, updates } from './messages.ts';
import type { Tracker } from './tracker.ts';

/** What operators have asked of this run so far. Fields change as messages arrive. */
export interface Controls {
  isPaused: boolean;
  isStopping: boolean;
  /** Signals `retry` received; a waiter remembers the number it started from. */
  retries: number;
  /** An operator accepted what the run asked about. */
  isForced: boolean;
  /** How many batches at once; null until the flow's own width is known. */
  width: number | null;
  /** Signal `retry` came while nothing was being asked: the flow's quarantine is to be tried again. */
  wantsQuarantine: boolean;
  /** Items to try again, from update `retryItems`. */
  readonly retryItems: string[];
}

export interface RetryItems {
  readonly items: readonly string[];
}

/** How many batches at once any run may be asked for: past this the history fills faster than it is worth. */
export const WIDEST = 64;

/** Installs the messages every long-running workflow answers. Must be called before the first await. */
export function listen(width: number | null, tracker: Tracker, plan: () => unknown): Controls {
  const controls: Controls = {
    isPaused: false,
    isStopping: false,
    retries: 0,
    isForced: false,
    width,
    wantsQuarantine: false,
    retryItems: [],
  };

  setHandler(defineSignal(signals.pause), () => {
    controls.isPaused = true;
    tracker.says('Paused by an operator; signal resume to go on.');
  });
  setHandler(defineSignal(signals.resume), () => {
    controls.isPaused = false;
    tracker.says(null);
  });
  setHandler(defineSignal(signals.stop), () => {
    controls.isStopping = true;
  });
  setHandler(defineSignal<[RetryArgument?]>(signals.retry), (argument) => {
    controls.retries += 1;
    controls.wantsQuarantine = true;
    if (argument?.force === true) controls.isForced = true;
  });
  setHandler(defineSignal<[number]>(signals.setWidth), (wanted) => {
    if (Number.isFinite(wanted)) controls.width = Math.min(WIDEST, Math.max(1, Math.floor(wanted)));
  });
  setHandler(defineSignal<[ActivityProgress]>(signals.progressed), (progress) => tracker.report(progress));
  setHandler(defineQuery(queries.progress), () => tracker.answer(controls));
  setHandler(defineQuery(queries.plan), plan);
  setHandler(
    defineUpdate<{ accepted: number }, [RetryItems]>(updates.retryItems),
    ({ items }) => {
      controls.retryItems.push(...items);
      return { accepted: items.length };
    },
    { validator: checkRetryItems },
  );
  return controls;
}

/** Lists never travel through payloads: a long one is retried with `landfall quarantine retry`. */
const MOST_RETRY_ITEMS = 1000;

function checkRetryItems(request: RetryItems): void {
  const items: unknown = request?.items;
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) {
    throw new Error('retryItems takes {"items": ["<dac>/<wmo>_<number>", …]}.');
  }
  if (items.length > MOST_RETRY_ITEMS)
    throw new Error(`retryItems takes at most ${MOST_RETRY_ITEMS} items; leave the argument to the whole quarantine with the reload job.`);
}

/** Waits while paused. Returns false when the run is to stop. */
export async function mayGoOn(controls: Controls): Promise<boolean> {
  await condition(() => !controls.isPaused || controls.isStopping);
  return !controls.isStopping;
}
