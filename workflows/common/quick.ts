import {
  type ActivityInterfaceFor,
  ApplicationFailure,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import { activityOptions } from './policies.ts';

/** Longer than any honest attempt at book-keeping. */
const LONGEST_MS = 20_000;

type Any = Record<string, (input: object) => Promise<unknown>>;

let isHere: boolean | null = null;

/** Whether this run does its book-keeping in its own tasks. Decided once, where it begins: a run of before that was so goes on as it began. */
function isQuick(): boolean {
  isHere ??= patched('quick');
  return isHere;
}

/**
 * Book-keeping that takes milliseconds, done by the worker that has the workflow in hand, within the same workflow task: one event instead of
 * six, and nothing for the server to hand around. What fails there is done through the queue `landfall`, whose retries people see and which
 * last as long as it takes; so these activities bear to be done twice.
 * @param prefix  `<kind>.` for a kind's own activities.
 */
export function quickActivities<Activities>(prefix = ''): ActivityInterfaceFor<Activities> {
  const options = activityOptions('control', null);
  const queued = proxyActivities<Any>(options);
  const here = proxyLocalActivities<Any>({
    startToCloseTimeout: LONGEST_MS,
    retry: { maximumAttempts: 1 },
    // Else a lease is taken, or a run noted, of which the run that asked for it never hears.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  return new Proxy(proxyActivities<Activities>(options), {
    get: (_, key) => {
      const name = `${prefix}${String(key)}`;
      const [onQueue, atOnce] = [queued[name], here[name]];
      if (!isQuick() || onQueue === undefined || atOnce === undefined) return onQueue;
      const call = (input: object) =>
        firstHere(
          () => atOnce({ ...input, taskMs: Date.now() }),
          () => onQueue(input),
        );
      call.executeWithOptions = ({ summary }: { readonly summary: string }, [input]: readonly [object]) =>
        firstHere(
          () => atOnce.executeWithOptions({ summary }, [{ ...input, taskMs: Date.now() }]),
          () => onQueue.executeWithOptions({ summary }, [input]),
        );
      return call;
    },
  });
}

async function firstHere(here: () => Promise<unknown>, onQueue: () => Promise<unknown>): Promise<unknown> {
  try {
    return await here();
  } catch (error) {
    if (isCancellation(error) || isFinal(error)) throw error;
    return await onQueue();
  }
}

/** What fails here comes as it is, what fails through the queue within an `ActivityFailure`. */
const isFinal = (error: unknown): boolean => error instanceof ApplicationFailure && error.nonRetryable === true;
