import { setTimeout as delay } from 'node:timers/promises';
import { Failure, isFailure } from '../../errors.ts';

/** Waits, or throws when the signal says so; a test waits in its own way. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const wait: Wait = (ms, signal) => delay(ms, undefined, { signal });

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A facility that wants more time than this gets it from whoever called, who can wait without holding anything. */
const LONGEST_WAIT_HERE_MS = 120_000;
const TRIES = 5;

export interface BackOff {
  /** Waits before the next try. @throws the failure itself when it is not to be tried again here. */
  pause(failure: unknown, signal: AbortSignal): Promise<void>;
  /** Something came: the tries are counted anew. */
  progressed(): void;
}

/** Tries again after failures of kind again: pauses doubled each time, with jitter, and what the facility asks for with Retry-After. */
export function backOff(waitFor: Wait = wait, random: () => number = Math.random): BackOff {
  let tries = 0;
  return {
    async pause(failure, signal) {
      signal.throwIfAborted();
      if (!isFailure(failure) || failure.kind !== 'again') throw failure;
      tries += 1;
      const asked = failure.retryAfterMs ?? 0;
      if (tries >= TRIES || asked > LONGEST_WAIT_HERE_MS) throw failure;
      const own = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS) * (0.5 + random() / 2);
      await waitFor(Math.max(own, asked), signal);
    },
    progressed() {
      tries = 0;
    },
  };
}

/** A cut in the middle: what came so far stays. */
export const cut = (what: string, bytes: number, total: number): Failure =>
  new Failure({ kind: 'again', code: 'download_cut', happened: `${what} ended at byte ${bytes} of ${total}` });
