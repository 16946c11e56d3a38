import { isFailure } from '../errors.ts';
import { ferretdbService, MONGODB_PORT } from './ferretdb.ts';
import { mongodService } from './mongod.ts';
import { answers, choosePorts } from './ports.ts';
import { postgresService } from './postgres.ts';
import type { DatabasePrograms } from './servers.ts';
import { type ServiceSpec, type Supervised, type SupervisionOptions, supervise } from './supervise.ts';
import { TEMPORAL_PORT, TEMPORAL_UI_PORT, temporalService } from './temporal.ts';
import { unprivileged } from './unprivileged.ts';
import { lacksAttributes, S3_PORT, usesSidecar, versitygwService } from './versitygw.ts';

/** Where a server answers, and the processes behind it in the order they were started. */
export interface Started {
  readonly ports: readonly number[];
  readonly processes: readonly Supervised[];
}

/** How servers are started and kept up. */
export interface StartOptions extends SupervisionOptions {
  /** Whether the ports that people know are taken where they are free. */
  readonly usualPorts: boolean;
}

/** Another copy that started at the same moment may have been faster with a port: so often others are chosen. */
const PORT_ATTEMPTS = 4;

/** Temporal: its frontend's port, then its Web UI's. */
export async function startTemporal(program: string, home: string, options: StartOptions): Promise<Started> {
  return startOnPorts({ port: TEMPORAL_PORT, uiPort: TEMPORAL_UI_PORT }, options, ({ port, uiPort }) => ({
    ports: [port, uiPort],
    spec: temporalService(program, { home, port, uiPort }),
  }));
}

/** The database: the port where it speaks MongoDB's protocol. */
export async function startDatabase(programs: DatabasePrograms, home: string, options: StartOptions): Promise<Started> {
  if (programs.kind === 'mongod') {
    return startOnPorts({ port: MONGODB_PORT }, options, ({ port }) => ({
      ports: [port],
      spec: mongodService(programs.mongod, { home, port }),
    }));
  }
  const user = await unprivileged();
  const postgres = await startOnPorts({ port: null }, options, ({ port }) => ({
    ports: [port],
    spec: postgresService(programs.postgres, user, { home, port, report: options.report }),
  }));
  const [postgresPort = 0] = postgres.ports;
  try {
    const ferretdb = await startOnPorts({ port: MONGODB_PORT }, options, ({ port }) => ({
      ports: [port],
      spec: ferretdbService(programs.ferretdb, { home, port, postgresPort }),
    }));
    return { ports: ferretdb.ports, processes: [...postgres.processes, ...ferretdb.processes] };
  } catch (error) {
    await stopAll(postgres.processes);
    throw error;
  }
}

/** The S3 server: its port. */
export async function startObjectServer(program: string, home: string, options: StartOptions): Promise<Started> {
  const start = (hasSidecar: boolean) =>
    startOnPorts({ port: S3_PORT }, options, ({ port }) => ({
      ports: [port],
      spec: versitygwService(program, { home, port, hasSidecar }),
    }));
  if (usesSidecar(home)) return start(true);
  try {
    return await start(false);
  } catch (error) {
    if (!isFailure(error, 'server_did_not_start') || !lacksAttributes(error.message)) throw error;
    options.report(
      `${home} is on a file system without extended attributes: a kill of the S3 server can damage an object (docs/objects.md)`,
    );
    return start(true);
  }
}

/** Stops in the reverse order of starting: what uses a server before the server. */
export async function stopAll(processes: readonly Supervised[]): Promise<void> {
  for (const running of processes.toReversed()) await running.stop();
}

interface Attempt {
  readonly ports: readonly number[];
  readonly spec: ServiceSpec;
}

async function startOnPorts<Name extends string>(
  wanted: Readonly<Record<Name, number | null>>,
  options: StartOptions,
  attempt: (ports: Readonly<Record<Name, number>>) => Attempt,
): Promise<Started> {
  for (let left = PORT_ATTEMPTS; ; left -= 1) {
    const { ports, spec } = attempt(await choosePorts(wanted, options));
    try {
      return { ports, processes: [await supervise(spec, options)] };
    } catch (error) {
      if (left <= 1 || !isFailure(error, 'server_did_not_start') || !(await lostItsPort(ports, error.message))) throw error;
    }
  }
}

/** Its own words for it, or somebody else answering there. */
async function lostItsPort(ports: readonly number[], message: string): Promise<boolean> {
  return /address already in use/i.test(message) || (await Promise.all(ports.map(answers))).includes(true);
}
