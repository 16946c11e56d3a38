import { activityInfo, type Info } from '@temporalio/activity';

/**
 * When this attempt was scheduled, by the Temporal server's clock. The times of a run are written by whichever worker comes first,
 * and their clocks may differ by an hour; what is compared and subtracted must be of one.
 */
export function attemptTime(): Date {
  const info = activityInfo();
  return new Date(tasks.get(info) ?? info.currentAttemptScheduledTimestampMs);
}

const tasks = new WeakMap<Info, number>();

/** One that is done within a workflow task is scheduled by this worker: the server's time is that of the task, which comes with the input. */
export function noteTaskTime(info: Info, [input]: readonly unknown[]): void {
  if (!info.isLocal || typeof input !== 'object' || input === null || !('taskMs' in input)) return;
  if (typeof input.taskMs === 'number') tasks.set(info, input.taskMs);
}
