import { join, resolve } from 'node:path';
import { errnoOf, Failure, messageOf } from '../errors.ts';
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts';
import { type Lock, type LockAttempt, tryLock } from './lock.ts';
import type { Report } from './progress.ts';
import { type Configured, findPrograms, type Programs } from './servers.ts';
import { type Started, type StartOptions, startDatabase, startObjectServer, startTemporal, stopAll } from './start-servers.ts';
import type { ServiceExit, Supervised } from './supervise.ts';

export { type Endpoints, readEndpoints } from './endpoints.ts';
export { installEmbedded } from './install.ts';
export { installedPrograms } from './servers.ts';

export interface EmbeddedOptions {
  /** The folder below which all state lies: databases, logs, process numbers. */
  readonly home: string;
  readonly report: Report;
  /** Servers that run elsewhere are used, not started. */
  readonly configured?: Configured;
  /** Whether the S3 server is wanted too. No, unless said otherwise. */
  readonly s3?: boolean;
  /** Whether the ports that people know are taken where they are free. Yes, unless said otherwise: a copy that is killed and comes back may find them taken. */
  readonly usualPorts?: boolean;
  /** Whether a server that ends unasked is started again. Yes, unless said otherwise. */
  readonly restart?: boolean;
}

/** The running servers of one home. */
export interface Embedded {
  readonly endpoints: Endpoints;
  /** Ends all servers in order, databases cleanly. Asked again, it answers when that is done. */
  stop(): Promise<void>;
  /** Called when a server ends unasked. */
  onExit(listener: (exit: ServiceExit) => void): void;
}

/**
 * Finds or installs, then starts the servers of the embedded default on loopback, and answers when all are ready.
 *
 * They end with this process, however it ends; what an earlier one could not end is ended first. One process owns a home at a time.
 *
 * @throws {Failure} `home_in_use` (another live process has this home), `home_not_usable` (no folder, not writable, or full), and what finding, building and starting throw.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { home, report, configured = {}, s3 = false, usualPorts = true, restart = true } = options;
  const folder = resolve(home);
  const lock = ownHome(folder);
  let processes: readonly Supervised[] = [];
  let stopped: Promise<void> | null = null;
  const stopOnce = async () => {
    removeEndpoints(folder);
    await stopAll(processes);
    lock.release();
  };
  const stop = () => {
    stopped ??= stopOnce(); // signals come twice: from the terminal and passed on by npm
    return stopped;
  };
  try {
    const started = await startAll(await findPrograms(report, configured, { s3 }), folder, { report, usualPorts, restart });
    processes = started.processes;
    const endpoints = endpointsOf(started, configured);
    writeEndpoints(folder, endpoints);
    return {
      endpoints,
      stop,
      onExit: (listener) => {
        for (const running of processes) running.onExit(listener);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ownHome(home: string): Lock {
  const attempt = attemptOn(home);
  if (attempt.state === 'held') return attempt.lock;
  throw new Failure({
    kind: 'stop',
    code: 'home_in_use',
    happened: `Process ${attempt.holder.pid} already runs the servers of ${home}`,
    expected: 'one process per home',
    remedy: 'Use those servers, stop that process, or choose another place with --home or LANDFALL_HOME',
  });
}

function attemptOn(home: string): LockAttempt {
  try {
    return tryLock(join(home, 'locks', 'embedded'));
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new Failure({
      kind: 'stop',
      code: 'home_not_usable',
      happened: `Nothing can be kept below ${home} (${messageOf(cause)})`,
      expected: 'a folder that this user may write to, on a disk with room',
      remedy: 'Check it, or choose another place with --home or LANDFALL_HOME',
      cause,
    });
  }
}

interface AllStarted {
  readonly temporal: Started | null;
  readonly database: Started | null;
  readonly objectServer: Started | null;
  readonly processes: readonly Supervised[];
}

/** Side by side; if one does not start, the others are stopped. */
async function startAll(programs: Programs, home: string, options: StartOptions): Promise<AllStarted> {
  const [temporal, database, objectServer] = await Promise.allSettled([
    programs.temporal === null ? null : startTemporal(programs.temporal, home, options),
    programs.database === null ? null : startDatabase(programs.database, home, options),
    programs.versitygw === null ? null : startObjectServer(programs.versitygw, home, options),
  ]);
  const outcomes = [objectServer, database, temporal];
  const processes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value?.processes ?? []) : []));
  for (const outcome of outcomes.toReversed()) {
    if (outcome.status === 'fulfilled') continue;
    await stopAll(processes);
    throw outcome.reason;
  }
  if (temporal.status === 'rejected' || database.status === 'rejected' || objectServer.status === 'rejected') {
    throw new Error('all outcomes were looked at');
  }
  return { temporal: temporal.value, database: database.value, objectServer: objectServer.value, processes };
}

function endpointsOf({ temporal, database, objectServer }: AllStarted, configured: Configured): Endpoints {
  const [temporalPort, uiPort] = temporal?.ports ?? [];
  const [mongodbPort] = database?.ports ?? [];
  const [s3Port] = objectServer?.ports ?? [];
  return {
    temporalAddress: configured.temporalAddress ?? `127.0.0.1:${temporalPort}`,
    temporalUi: uiPort === undefined ? null : `http://127.0.0.1:${uiPort}`,
    mongodbUri: configured.mongodbUri ?? `mongodb://127.0.0.1:${mongodbPort}/landfall`,
    s3Endpoint: configured.s3Endpoint ?? (s3Port === undefined ? null : `http://127.0.0.1:${s3Port}`),
  };
}
