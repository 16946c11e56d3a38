import { activityInfo, heartbeat } from '@temporalio/activity';
import { Failure, isFailure } from '../../src/errors.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';

/** After so many, for whatever reasons, a quarter of an hour has gone by: what is there is not what a writer of ours would have left. */
const ATTEMPTS = 20;

/**
 * A step that changes a store, with signs of life. An attempt that was taken for dead may be at work still, and in a bucket the next one meets
 * its changes: that begins again from what is there then. The step must do so when it is repeated.
 *
 * @throws {Failure} `store_changed`, `condition_failed`: again, at the last attempt replan; and as the step
 */
export async function changing<T>(phase: string, step: Promise<T>): Promise<T> {
  try {
    return await withSignsOfLife(step, () => heartbeat({ phase }));
  } catch (error) {
    if (!isFailure(error, 'store_changed', 'condition_failed') || activityInfo().attempt >= ATTEMPTS) throw error;
    const { code, happened } = error;
    throw new Failure({ kind: 'again', code, happened, remedy: 'It is begun again by itself from what is there', cause: error });
  }
}
