import { flowFolders } from '../kinds.ts';
import { formatTable } from '../observe/format.ts';
import type { Context } from './context.ts';
import { bad, type Finding, folder, found, ok, program, rsync, warn } from './doctor-machine.ts';
import { clock, database, embeddedPrograms, temporal, workers } from './doctor-servers.ts';
import { EXIT } from './exit.ts';
import type { Answer } from './output.ts';

/** Programs, servers, workers, flow files, folders, space, clock: a line each, with the remedy. It only looks. */
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
  try {
    const loaded = await context.flows();
    if (loaded.length === 0) return [warn('flows', `no flow files in ${context.settings.flows}`, 'Write one with: landfall init argo')];
    const folders = loaded.flatMap(({ flow }) => flowFolders(flow).map((path) => folder(`flow ${flow.name}`, path)));
    return [ok('flows', loaded.map(({ flow }) => flow.name).join(', ')), ...(await Promise.all(folders))];
  } catch (error) {
    return [bad('flows', ...found(error, 'Correct the flow files'))];
  }
}
