import { existsSync } from 'node:fs';
import { ConfigError, problemLine } from '../config/problems.ts';
import { flowFolders } from '../kinds.ts';
import { formatTable } from '../observe/format.ts';
import type { Context } from './context.ts';
import { bad, type Finding, folder, ok, program, rsync, warn } from './doctor-machine.ts';
import { ooiFindings } from './doctor-ooi.ts';
import { clock, database, embeddedPrograms, temporal, workers } from './doctor-servers.ts';
import { EXIT } from './exit.ts';
import type { Answer } from './output.ts';

/** Programs, servers, workers, flow files, folders, space, clock, facilities, buckets: a line each, with the remedy. It only looks; in a bucket it
 * writes an object and deletes it. */
export async function doctor(context: Context): Promise<Answer> {
  const findings = [
    ok('node', process.versions.node),
    ...(await Promise.all([rsync(), program('setpriv'), program('flock')])),
    ...embeddedPrograms(context.settings),
    await temporal(context),
    await database(context),
    ...(await clock(context)),
    ...(await workers(context)),
    ...(await flows(context)),
    await folder('home', context.settings.home),
  ];
  const isSound = findings.every(({ state }) => state !== 'bad');
  return { value: findings, text: findingsTable(findings), exit: isSound ? EXIT.done : EXIT.failed };
}

/** Pure. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, state, found: text, remedy }) => [state, what, remedy === null ? text : `${text}. ${remedy}.`]);
  return formatTable([{ title: '' }, { title: 'what' }, { title: 'found' }], rows);
}

async function flows(context: Context): Promise<readonly Finding[]> {
  const { flows: path } = context.settings;
  try {
    const loaded = existsSync(path) ? await context.flows() : [];
    if (loaded.length === 0) return [warn('flows', `no flow files in ${path}`, 'Write one with: landfall init argo')];
    const folders = loaded.flatMap(({ flow }) => flowFolders(flow).map((below) => folder(`flow ${flow.name}`, below)));
    const named = ok('flows', loaded.map(({ flow }) => flow.name).join(', '));
    const needed = await ooiFindings(
      context,
      loaded.map(({ flow }) => flow),
    );
    return [named, ...(await Promise.all(folders)), ...needed];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => bad('flows', problemLine(problem).replace(/\.$/, ''), 'Correct it, then look again'));
  }
}
