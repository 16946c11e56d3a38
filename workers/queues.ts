import type { WorkerOptions } from '@temporalio/worker';
import type { Queue } from '../src/config/queues.ts';
import type { Settings } from '../src/config/settings.ts';

const FORCE_MS = 15_000;

/** What `temporal worker deployment` calls all versions of Landfall together. */
const DEPLOYMENT = 'landfall';

/**
 * What every worker gets, whatever its queue. The short heartbeat throttle is what lets a cancellation reach an activity within seconds:
 * with the default it took 44 s (measured, SDK 1.24, heartbeat timeout of one minute).
 */
export const workerOptions = (
  queue: Queue,
  {
    capacities,
    shutdownGraceMs: graceMs,
    requestsPerSecond,
    buildId,
  }: Pick<Settings, 'capacities' | 'shutdownGraceMs' | 'requestsPerSecond' | 'buildId'>,
): Partial<WorkerOptions> => ({
  maxConcurrentActivityTaskExecutions: capacities[queue],
  // The server keeps the rate for the whole queue; the worker that polled last sets it, so all must say the same.
  ...(queue === 'request' ? { maxTaskQueueActivitiesPerSecond: requestsPerSecond } : {}),
  maxHeartbeatThrottleInterval: '2s',
  defaultHeartbeatThrottleInterval: '2s',
  shutdownGraceTime: graceMs,
  // Activities are cancelled when the grace is over; one that does not even react to that is left behind.
  shutdownForceTime: graceMs + FORCE_MS,
  // A workflow cache fills memory with finished runs; this many run at once only on a very large installation.
  ...(queue === 'control' ? { maxCachedWorkflows: 100 } : {}),
  // Only workflows are tied to the version they began with; what activities do is the same for every version.
  ...(queue === 'control' && buildId !== null ? { workerDeploymentOptions: versioned(buildId) } : {}),
});

const versioned = (buildId: string): NonNullable<WorkerOptions['workerDeploymentOptions']> => ({
  useWorkerVersioning: true,
  version: { deploymentName: DEPLOYMENT, buildId },
  defaultVersioningBehavior: 'PINNED',
});
