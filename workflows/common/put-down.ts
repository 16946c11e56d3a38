import { ActivityFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Controls } from './controls.ts';

/**
 * Whether something ended because it was to be cancelled. An attempt that fails in the very moment in which it is to be cancelled is not
 * made again, and ends with its own failure.
 */
export const wasCancelled = (error: unknown): boolean =>
  isCancellation(error) || (error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED');

/**
 * Runs a long activity that can be taken up again where it was. An operator's pause or stop puts it down; so does a retry, which cuts short
 * whatever it waits for. Answers null when it was put down; it has ended then.
 */
export async function untilPutDown<T>(controls: Controls, activity: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const { retries } = controls;
  let isDone = false;
  let wasPutDown = false;
  const watch = condition(() => isDone || controls.isPaused || controls.isStopping || controls.retries > retries).then(
    () => {
      if (isDone) return;
      wasPutDown = true;
      scope.cancel();
    },
    (error: unknown) => {
      // The whole run is being cancelled: the activity is told by itself.
      if (!isCancellation(error)) throw error;
    },
  );
  try {
    return await scope.run(activity);
  } catch (error) {
    if (wasPutDown && wasCancelled(error)) return null;
    throw error;
  } finally {
    isDone = true;
    await watch;
  }
}
