import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { execa } from 'execa';
import { messageOf } from '../errors.ts';
import { flowFolders } from '../kinds.ts';
import { formatBytes, formatDuration, formatTable } from '../observe/format.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit.ts';
import type { Answer } from './output.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** What to do, when it is not ok. */
  readonly remedy: string | null;
}

const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found, remedy: null });
const bad = (what: string, found: string, remedy: string): Finding => ({ what, state: 'bad', found, remedy });
const warn = (what: string, found: string, remedy: string): Finding => ({ what, state: 'warn', found, remedy });

/** Less free space than this on a disk we write to is worth a word before the night. */
const LITTLE_SPACE_BYTES = 5e9;
const CLOCK_TOLERANCE_MS = 5_000;

/** Servers, programs, folders, space, clock: a line each, with the remedy. */
export async function doctor(context: Context): Promise<Answer> {
  const findings = [
    ok('node', process.versions.node),
    ...(await Promise.all([program('rsync', ['--version']), program('setpriv', ['--version']), program('flock', ['--version'])])),
    await temporal(context),
    await database(context),
    ...(await flows(context)),
    ...(await folder('home', context.settings.home)),
  ];
  const failing = findings.filter(({ state }) => state === 'bad').length;
  const rows = findings.map(({ what, state, found, remedy }) => [state, what, remedy === null ? found : `${found}. ${remedy}.`]);
  const text = formatTable([{ title: '' }, { title: 'what' }, { title: 'found' }], rows);
  return { value: findings, text, exit: failing === 0 ? EXIT.done : EXIT.failed };
}

async function program(name: string, args: readonly string[]): Promise<Finding> {
  const { failed, stdout } = await execa(name, [...args], { reject: false });
  const remedy = name === 'rsync' ? 'Install rsync 3.2 or newer (Debian: apt-get install rsync)' : 'Install util-linux';
  return failed ? bad(name, 'not found', remedy) : ok(name, String(stdout).split('\n')[0]?.trim() ?? '');
}

async function temporal(context: Context): Promise<Finding> {
  try {
    const { temporalAddress } = await context.addresses();
    const { serverVersion } = await (await context.client()).workflowService.getSystemInfo({});
    return ok('temporal', `${temporalAddress}, server ${serverVersion}`);
  } catch (error) {
    return bad('temporal', messageOf(error).replace(/\.$/, ''), 'Start it, or correct TEMPORAL_ADDRESS');
  }
}

async function database(context: Context): Promise<Finding> {
  try {
    const { book } = await context.database();
    const { version, ferretdb } = await book.command({ buildInfo: 1 });
    const { localTime } = await book.command({ hello: 1 });
    const skewMs = localTime instanceof Date ? Math.abs(Date.now() - localTime.getTime()) : 0;
    const server = `${ferretdb === undefined ? 'MongoDB' : 'FerretDB, MongoDB protocol'} ${version}`;
    if (skewMs <= CLOCK_TOLERANCE_MS) return ok('database', `${server}, clocks agree`);
    return warn('clock', `${server} is ${formatDuration(skewMs)} apart from this machine`, 'Set both clocks by NTP');
  } catch (error) {
    return bad('database', messageOf(error).replace(/\.$/, ''), 'Start it, or correct MONGODB_URI');
  }
}

async function flows(context: Context): Promise<readonly Finding[]> {
  try {
    const loaded = await context.flows();
    if (loaded.length === 0) return [warn('flows', `no flow files in ${context.settings.flows}`, 'Write one with: landfall init argo')];
    const folders = await Promise.all(loaded.flatMap(({ flow }) => flowFolders(flow).map((path) => folder(`flow ${flow.name}`, path))));
    return [ok('flows', loaded.map(({ flow }) => flow.name).join(', ')), ...folders.flat()];
  } catch (error) {
    return [bad('flows', messageOf(error).replace(/\.$/, ''), 'Correct the flow files')];
  }
}

/** A folder that will be written to: it may be made, its disk has room. */
async function folder(what: string, path: string): Promise<readonly Finding[]> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    if (free >= LITTLE_SPACE_BYTES) return [ok(what, `${path} may be written, ${formatBytes(free)} free`)];
    return [warn(what, `${path} has ${formatBytes(free)} free`, 'Make room before the next night')];
  } catch (error) {
    return [
      bad(what, `${path} cannot be written: ${messageOf(error)}`, 'Give this user the right to write there, or choose another folder'),
    ];
  }
}
