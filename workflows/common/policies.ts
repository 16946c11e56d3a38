import type { ActivityOptions } from '@temporalio/workflow';
import { type Queue, queueName } from '../../src/config/queues.ts';

/** The world comes back: retried for as long as it takes, at a pace that neither hammers it nor oversleeps. */
const patient = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** Every activity gives a sign of life each second or two; a worker that gave none for this long is taken for dead, and another takes up its work. */
const SILENCE = '15 seconds';

/**
 * Options by queue. A dead worker is noticed by its heartbeat; the start-to-close time is the longest honest attempt.
 * Cancellation is always waited for: the next run must not start beside an activity that is still writing.
 */
export function activityOptions(queue: Queue, suffix: string | null): ActivityOptions {
  const common = {
    taskQueue: queueName(queue, suffix),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    heartbeatTimeout: SILENCE,
    retry: patient,
  } as const;
  switch (queue) {
    case 'control':
    case 'notify':
      return { ...common, startToCloseTimeout: '1 minute' };
    case 'request':
      return { ...common, startToCloseTimeout: '10 minutes' };
    case 'transfer':
      return { ...common, startToCloseTimeout: '3 days' };
    case 'convert':
    case 'load':
    case 'verify':
      return { ...common, startToCloseTimeout: '6 hours' };
  }
}
