import { setTimeout as delay } from 'node:timers/promises';
import { isFailure } from '../../errors.ts';

/** How patiently a request is repeated. Waits double from the first to the longest, and are shortened at random by up to a half. */
export interface Patience {
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** One attempt's time, plus what its bytes take at 100 kB/s. */
  readonly attemptMs: number;
}

/** About twelve seconds of waiting: what lasts longer is for the caller's own, far longer patience. */
export const PATIENCE: Patience = { attempts: 7, firstWaitMs: 200, longestWaitMs: 10_000, attemptMs: 60_000 };

const SLOWEST_BYTES_PER_MS = 100;

export interface Attempt {
  /** 1 is the first. */
  readonly number: number;
  readonly signal: AbortSignal;
  /** Gives the attempt the time that so many bytes need from now on: for answers whose size nobody knew before. */
  allow(bytes: number): void;
}

export interface Repeated {
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  /** Awaited before every attempt; what it throws ends them all. */
  readonly fence?: (() => Promise<void>) | undefined;
  /** What one attempt moves. */
  readonly sizeBytes?: number;
  /** Sorts what an attempt threw; what is no failure is passed on at once. */
  readonly failureOf: (error: unknown) => unknown;
}

/** Repeats a request for as long as it fails for a passing reason. An abort ends it with the reason of the signal. */
export async function repeated<T>(
  { patience, signal, fence, sizeBytes = 0, failureOf }: Repeated,
  attempt: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    await fence?.();
    signal?.throwIfAborted();
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const allow = (bytes: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => limit.abort(new Error('too slow')), patience.attemptMs + bytes / SLOWEST_BYTES_PER_MS);
    };
    allow(sizeBytes);
    try {
      return await attempt({ number, signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]), allow });
    } catch (error) {
      signal?.throwIfAborted();
      clearTimeout(timer);
      const failure = failureOf(error);
      const waitMs = waitAfter(failure, number, patience);
      if (waitMs === null) throw failure;
      await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Null: there is no point in repeating it here and now. */
function waitAfter(failure: unknown, number: number, { attempts, firstWaitMs, longestWaitMs }: Patience): number | null {
  if (!isFailure(failure) || failure.kind !== 'again' || number >= attempts) return null;
  const askedMs = failure.retryAfterMs ?? 0;
  if (askedMs > longestWaitMs) return null;
  const ownMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (number - 1));
  return Math.max(askedMs, ownMs * (1 - Math.random() / 2));
}
