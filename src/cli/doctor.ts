import { existsSync } from 'node:fs';
import type { Flow } from '../config/flow.ts';
import { ConfigError, problemLine } from '../config/problems.ts';
import { isFailure } from '../errors.ts';
import { flowFolders, refuseConflicts } from '../kinds.ts';
import { formatTable } from '../observe/format.ts';
import type { Context } from './context.ts';
import { bad, type Finding, folder, found, ok, program, rsync, warn } from './doctor-machine.ts';
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
  const rows = findings.map(({ what, state, found: text, remedy }) => [
    state,
    what,
    remedy === null ? text : `${closed(text)} ${closed(remedy)}`,
  ]);
  return formatTable([{ title: '' }, { title: 'what' }, { title: 'found' }], rows);
}

/** A question has its mark already. */
const closed = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** Flows that can be read, and may still be in each other's way. */
export function flowsFinding(flows: readonly Flow[]): Finding {
  try {
    refuseConflicts(flows);
    return ok('flows', flows.map(({ name }) => name).join(', '));
  } catch (error) {
    if (!isFailure(error, 'bad_configuration')) throw error;
    return bad('flows', ...found(error, 'Correct one of the flow files, then look again'));
  }
}

async function flows(context: Context): Promise<readonly Finding[]> {
  const { flows: path } = context.settings;
  try {
    const loaded = existsSync(path) ? await context.flows() : [];
    if (loaded.length === 0) return [warn('flows', `no flow files in ${path}`, 'Write one with: landfall init argo')];
    const all = loaded.map(({ flow }) => flow);
    const folders = all.flatMap((flow) => flowFolders(flow).map((below) => folder(`flow ${flow.name}`, below)));
    return [flowsFinding(all), ...(await Promise.all(folders)), ...(await ooiFindings(context, all))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => bad('flows', problemLine(problem).replace(/\.$/, ''), 'Correct it, then look again'));
  }
}
