import { activityInfo } from '@temporalio/activity';

/**
 * When this attempt was scheduled, by the Temporal server's clock. The times of a run are written by whichever worker comes first,
 * and their clocks may differ by an hour; what is compared and subtracted must be of one.
 */
export const attemptTime = (): Date => new Date(activityInfo().currentAttemptScheduledTimestampMs);
