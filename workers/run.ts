import { once } from 'node:events';
import { createServer } from 'node:net';
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { activityInterceptor, silentIn } from '../activities/common/interceptor.ts';
import { jobActivities } from '../activities/common/job.ts';
import { slotActivities } from '../activities/common/slots.ts';
import { attemptTime } from '../activities/common/time.ts';
import type { QueueActivities } from '../activities/common/wiring.ts';
import type { HostPort } from '../src/config/addresses.ts';
import { QUEUES, type Queue, queueName } from '../src/config/queues.ts';
import type { Settings } from '../src/config/settings.ts';
import { temporalConnection } from '../src/config/temporal-connection.ts';
import { serverAddresses } from '../src/embedded/addresses.ts';
import { Failure, messageOf } from '../src/errors.ts';
import { type StatusServer, serveStatus } from '../src/observe/http.ts';
import type { Logger } from '../src/observe/log.ts';
import { createMetrics } from '../src/observe/metrics.ts';
import type { LeaseHolder } from '../src/stores/leases.ts';
import { Slots } from '../src/stores/slots.ts';
import { workflowBundle } from './bundled.ts';
import { flowResolver } from './flows.ts';
import { kindActivities } from './kinds.ts';
import type { WorkerArguments } from './options.ts';
import { workerOptions } from './queues.ts';
import { sdkLogger } from './sdk-log.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { connectClient, isAlive } from './temporal.ts';
import { type ProcessWiring, wire } from './wiring.ts';

export interface RunWorkers extends WorkerArguments {
  readonly settings: Settings;
  readonly log: Logger;
}

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Serves the queues until the process is told to stop. */
export async function runWorkers({ settings, log, queues, suffix }: RunWorkers): Promise<void> {
  const { temporalAddress, mongodbUri } = await serverAddresses(settings);
  const sdkMetrics = `127.0.0.1:${await freePort()}`;
  Runtime.install({
    logger: sdkLogger(log),
    telemetryOptions: {
      // What the native part has to say goes the same way as every other line, in the same form.
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      metrics: { prometheus: { bindAddress: sdkMetrics } },
    },
    shutdownSignals: [...SHUTDOWN_SIGNALS],
  });
  // Temporal takes its own listeners away at the first signal; a library that then finds itself alone would end the process on the spot.
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, () => log.info({ event: 'worker_ending', signal }));
  const metrics = createMetrics();
  const { client, connection: clientConnection } = await connectClient(settings, temporalAddress);
  await registerSearchAttributes(clientConnection, settings.temporal.namespace);
  const wiring = await wire({ settings, client, mongodbUri, log, metrics });
  const connection = await NativeConnection.connect(temporalConnection(settings, temporalAddress));
  const bundle = queues.includes('control') ? await workflowBundle(settings.home) : null;

  const activities = activitiesByQueue(wiring);
  const silent = silentIn(activities);
  const served = queues.filter((queue) => queue === 'control' || activities[queue] !== undefined);
  const workers = await Promise.all(
    served.map((queue) =>
      Worker.create({
        ...workerOptions(queue, settings),
        connection,
        namespace: settings.temporal.namespace,
        taskQueue: queueName(queue, suffix),
        activities: { ...activities[queue] },
        ...(queue === 'control' && bundle !== null ? { workflowBundle: { codePath: bundle } } : {}),
        interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context, silent, log, observe) })] },
      }),
    ),
  );
  const status = settings.http === null ? null : await statusServer(settings.http);
  log.info({
    event: 'worker_ready',
    queues: served.map((queue) => queueName(queue, suffix)),
    status: status?.url,
    temporal: temporalAddress,
  });
  process.send?.({ ready: true, status: status?.url ?? null });
  try {
    if (workers.length > 0) await Promise.all(workers.map((worker) => worker.run()));
    else await idle(log, queues);
  } finally {
    await status?.close();
    await wiring.close();
    await connection.close();
    await clientConnection.close();
    log.info({ event: 'worker_ended' });
  }

  async function statusServer({ host, port }: HostPort): Promise<StatusServer> {
    try {
      return await serveStatus({ host, port, checks: healthChecks(wiring), metrics, sdkMetrics: `http://${sdkMetrics}/metrics` });
    } catch (error) {
      throw new Failure({
        kind: 'stop',
        code: 'no_status_address',
        happened: `/healthz and /metrics cannot be served at ${host}:${port}: ${messageOf(error)}`,
        remedy: 'Set LANDFALL_HTTP to another address, or to off',
        cause: error,
      });
    }
  }

  function observe(seen: Parameters<Parameters<typeof activityInterceptor>[3]>[0]): void {
    const { activity, queue, outcome, seconds, failure, run } = seen;
    metrics.observeActivity({ activity, queue, outcome }, seconds);
    if (failure !== null) metrics.countFailure({ kind: failure.kind, code: failure.code });
    if (run !== null) wiring.trouble({ ...seen, run });
  }
}

/** A deployment may have a service for every queue; one whose kinds are not there yet waits, rather than ending and being started again for ever. */
async function idle(log: Logger, queues: readonly Queue[]): Promise<void> {
  log.warn(
    { event: 'worker_idle', queues },
    'No kind of flow has work for these queues yet: this worker does nothing until it is told to stop.',
  );
  await Promise.race(SHUTDOWN_SIGNALS.map((signal) => once(process, signal)));
}

/** What each queue serves: a kind's activities as `<kind>.<name>`, those of all kinds by their names. */
function activitiesByQueue(wiring: ProcessWiring): QueueActivities {
  const { leases, runs, client, metrics, database } = wiring;
  const resolve = flowResolver(wiring.flows);
  const isHolderAlive = (holder: LeaseHolder): Promise<boolean> => isAlive(client, holder);
  const job = jobActivities({
    resolve,
    leases,
    runs,
    isAlive: isHolderAlive,
    onHealth: (seen) => metrics.noteRun(seen, attemptTime()),
    now: attemptTime,
  });
  const common: QueueActivities = { control: { ...job, ...slotActivities({ slots: new Slots(database), isAlive: isHolderAlive }) } };
  const all: Partial<Record<Queue, Record<string, (...args: never[]) => unknown>>> = {};
  const parts = Object.entries(kindActivities).map(([kind, build]) => ({ prefix: `${kind}.`, part: build(wiring) }));
  for (const { prefix, part } of [{ prefix: '', part: common }, ...parts]) {
    for (const queue of QUEUES) {
      const named = Object.entries(part[queue] ?? {}).map(([name, activity]) => [`${prefix}${name}`, activity]);
      if (named.length > 0) all[queue] = { ...all[queue], ...Object.fromEntries(named) };
    }
  }
  return all;
}

const healthChecks = ({ client, database }: ProcessWiring) => ({
  temporal: async () => {
    await client.workflowService.getSystemInfo({});
    return 'answers';
  },
  database: async () => {
    await database.book.command({ ping: 1 });
    return 'answers';
  },
});

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
