import { ApplicationFailure, condition, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
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
  /** Signals `retry` with force received; a waiter remembers the number it started from. */
  forces: number;
  /** How many batches at once; null until the flow's own width is known. */
  width: number | null;
  /** Signal `retry` came while nothing was being asked: the flow's quarantine is to be tried again. */
  wantsQuarantine: boolean;
  /** Items to try again, from update `retryItems`. */
  retryItems: readonly string[];
  /** The run looks at what was asked for the last time: nothing more can be accepted. */
  isClosing: boolean;
  /** Answers query `plan`. */
  plan: () => unknown;
  /** What names an item of the kind; null until the flow's kind is known. */
  items: ItemRule | null;
}

/** What the items of a kind are called. */
export interface ItemRule {
  readonly isItem: (text: string) => boolean;
  /** Such as `<dac>/<wmo>_<number>`. */
  readonly form: string;
}

/** What a run that goes on as new takes along: nothing an operator asked is forgotten. */
export type CarriedControls = Pick<Controls, 'isPaused' | 'isStopping' | 'isForced' | 'width' | 'wantsQuarantine' | 'retryItems'>;

export interface RetryItems {
  readonly items: readonly string[];
}

export interface Listening {
  /** From the run before this one, when it went on as new. */
  readonly carried: CarriedControls | undefined;
  readonly tracker: Tracker;
}

/** How many batches at once any run may be asked for: past this the history fills faster than it is worth. */
export const WIDEST = 64;

/** Lists never travel through payloads: a long one is retried with the reload job over the quarantine. */
const MOST_RETRY_ITEMS = 1000;

/** Installs the messages every long-running workflow answers. Must be called before the first await. */
export function listen({ carried, tracker }: Listening): Controls {
  const controls: Controls = {
    isPaused: false,
    isStopping: false,
    isForced: false,
    width: null,
    wantsQuarantine: false,
    retryItems: [],
    ...carried,
    retries: 0,
    forces: 0,
    isClosing: false,
    plan: () => null,
    items: null,
  };
  tracker.paused(controls.isPaused);

  setHandler(defineSignal(signals.pause), () => {
    controls.isPaused = true;
    tracker.paused(true);
  });
  setHandler(defineSignal(signals.resume), () => {
    controls.isPaused = false;
    tracker.paused(false);
  });
  setHandler(defineSignal(signals.stop), () => {
    controls.isStopping = true;
  });
  setHandler(defineSignal<[RetryArgument?]>(signals.retry), (argument) => {
    controls.retries += 1;
    controls.wantsQuarantine = true;
    if (argument?.force !== true) return;
    controls.isForced = true;
    controls.forces += 1;
  });
  setHandler(defineSignal<[number]>(signals.setWidth), (wanted) => {
    if (Number.isFinite(wanted)) controls.width = Math.min(WIDEST, Math.max(1, Math.floor(wanted)));
  });
  setHandler(defineSignal<[ActivityProgress]>(signals.progressed), (progress) => tracker.report(progress));
  setHandler(defineSignal<[string]>(signals.troubled), (sentence) => tracker.troubled(sentence));
  setHandler(defineQuery(queries.progress), () => tracker.answer(controls));
  setHandler(defineQuery(queries.plan), () => controls.plan());
  setHandler(
    defineUpdate<{ accepted: number }, [RetryItems]>(updates.retryItems),
    async ({ items }) => {
      await condition(() => controls.items !== null);
      const problem = itemProblem(items, controls);
      if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'bad_item');
      controls.retryItems = [...new Set([...controls.retryItems, ...items])];
      return { accepted: items.length };
    },
    { validator: (request) => refuseBadRetry(request, controls) },
  );
  return controls;
}

function refuseBadRetry(request: RetryItems, controls: Controls): void {
  const items: unknown = request?.items;
  if (controls.isClosing) throw new Error('This run is ending and takes nothing more; use the reload job.');
  if (!Array.isArray(items) || items.length === 0) throw new Error(`retryItems takes {"items": ["${controls.items?.form ?? 'ITEM'}", …]}.`);
  const problem = itemProblem(items, controls);
  if (problem !== null) throw new Error(problem);
  if (items.length + controls.retryItems.length > MOST_RETRY_ITEMS)
    throw new Error(`A run takes at most ${MOST_RETRY_ITEMS} items to retry; use the reload job for the whole quarantine.`);
}

/** Null as long as the kind is not known: then the handler looks again when it is. */
function itemProblem(items: readonly unknown[], { items: rule }: Controls): string | null {
  const wrong = items.find((item) => typeof item !== 'string' || (rule !== null && !rule.isItem(item)));
  return wrong === undefined ? null : `${JSON.stringify(wrong)} names no item. Expected ${rule?.form ?? 'texts'}.`;
}

/** What a run that goes on as new hands to the next. */
export const carry = ({ isPaused, isStopping, isForced, width, wantsQuarantine, retryItems }: Controls): CarriedControls => ({
  isPaused,
  isStopping,
  isForced,
  width,
  wantsQuarantine,
  retryItems,
});

/** What operators asked to have tried again, taken over: named items, null for the whole quarantine, undefined for nothing. */
export function takeRetry(controls: Controls): readonly string[] | null | undefined {
  const { retryItems, wantsQuarantine } = controls;
  if (!wantsQuarantine && retryItems.length === 0) return undefined;
  if (wantsQuarantine) {
    controls.wantsQuarantine = false;
    return null;
  }
  controls.retryItems = [];
  return retryItems;
}

/** Waits while paused. Returns false when the run is to stop. */
export async function mayGoOn(controls: Controls): Promise<boolean> {
  await condition(() => !controls.isPaused || controls.isStopping);
  return !controls.isStopping;
}
