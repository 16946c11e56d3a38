import { QUEUES, queueName } from '../config/queues.ts';
import type { Settings } from '../config/settings.ts';
import { installedPrograms } from '../embedded/embedded.ts';
import { formatDuration } from '../observe/format.ts';
import type { Context } from './context.ts';
import { bad, type Finding, found, ok, warn } from './doctor-machine.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { pollers } from './pollers.ts';

/** Programs of the servers that settings do not name. */
export function embeddedPrograms({ temporal: { address }, mongodb: { uri } }: Settings): readonly Finding[] {
  const { temporal: temporalProgram, mongod, ferretdb, postgres } = installedPrograms();
  const databasePrograms = { ...(mongod === null ? { ferretdb, postgres } : { mongod }) };
  const wanted = { ...(address === undefined ? { temporal: temporalProgram } : {}), ...(uri === undefined ? databasePrograms : {}) };
  const missing = 'The next landfall dev installs it, which takes some minutes; temporal and ferretdb need Go 1.26 or newer for it';
  return Object.entries(wanted).map(([name, path]) =>
    path === null ? warn(`embedded ${name}`, 'not installed yet', missing) : ok(`embedded ${name}`, path),
  );
}

export async function temporal(context: Context): Promise<Finding> {
  try {
    const { temporalAddress } = await context.addresses();
    const { serverVersion } = await (await context.client()).workflowService.getSystemInfo({});
    return ok('temporal', `${temporalAddress}, server ${serverVersion}`);
  } catch (error) {
    return bad('temporal', ...found(error, 'Start it, or correct TEMPORAL_ADDRESS'));
  }
}

export async function database(context: Context): Promise<Finding> {
  try {
    const { version, ferretdb } = await (await context.database()).book.command({ buildInfo: 1 });
    return ok('database', `${ferretdb === undefined ? 'MongoDB' : 'FerretDB, MongoDB protocol'} ${version}`);
  } catch (error) {
    return bad('database', ...found(error, 'Start it, or correct MONGODB_URI'));
  }
}

const CLOCK_TOLERANCE_MS = 5_000;

/** Against the database's clock; nothing to say when it does not answer or does not tell. */
export async function clock(context: Context): Promise<readonly Finding[]> {
  try {
    const { localTime } = await (await context.database()).book.command({ hello: 1 });
    if (!(localTime instanceof Date)) return [];
    const apartMs = Math.abs(Date.now() - localTime.getTime());
    const apart = `${formatDuration(apartMs)} apart from the database's`;
    return [apartMs <= CLOCK_TOLERANCE_MS ? ok('clock', apart) : warn('clock', apart, 'Set both clocks by NTP')];
  } catch (error) {
    return unlessAway(error, 'clock', 'Look at the line of the database');
  }
}

/** Queues that somebody serves; nothing to say when Temporal does not answer. */
export async function workers(context: Context): Promise<readonly Finding[]> {
  const { namespace } = context.settings.temporal;
  try {
    const client = await context.client();
    const counts = await Promise.all(
      QUEUES.map(async (queue) => ({ queue, workers: await pollers(client, namespace, queueName(queue, null)) })),
    );
    const served = counts.filter((count) => count.workers > 0).map(({ queue }) => queue);
    if (served.includes('control')) return [ok('workers', `serve ${served.join(', ')}`)];
    return [
      warn('workers', 'nobody serves the queue control, so no run begins', 'Start one with: landfall worker. landfall dev brings its own'),
    ];
  } catch (error) {
    return unlessAway(error, 'workers', 'Check TEMPORAL_NAMESPACE');
  }
}

/** That a server is away is said by the line of that server. */
const unlessAway = (error: unknown, what: string, remedy: string): readonly Finding[] =>
  exitCodeOf(error) === EXIT.unreachable ? [] : [warn(what, ...found(error, remedy))];
