import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { isFailure, messageOf } from '../errors.ts';
import { formatBytes } from '../observe/format.ts';
import { temporalFailure } from './temporal-failure.ts';

/** What one look found. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** What to do, when it is not ok; without its full stop. */
  readonly remedy: string | null;
}

export const ok = (what: string, text: string): Finding => ({ what, state: 'ok', found: text, remedy: null });
export const bad = (what: string, text: string, remedy: string): Finding => ({ what, state: 'bad', found: text, remedy });
export const warn = (what: string, text: string, remedy: string): Finding => ({ what, state: 'warn', found: text, remedy });

/** What an error says, and its remedy, else another; both without their full stops. */
export function found(error: unknown, remedy: string): readonly [text: string, remedy: string] {
  const failure = isFailure(error) ? error : temporalFailure(error);
  const text = failure?.happened ?? messageOf(error);
  const own = (isFailure(error) ? error.remedy : undefined) ?? remedy;
  return [text.replace(/\.$/, ''), own.replace(/\.$/, '')];
}

/** Less free space than this on a disk we write to is worth a word before the night. */
const LITTLE_SPACE_BYTES = 5e9;

export async function program(name: string): Promise<Finding> {
  const { failed, stdout } = await execa(name, ['--version'], { reject: false });
  return failed ? bad(name, 'not found', 'Install util-linux') : ok(name, firstLine(stdout));
}

/** Options that the mirror needs came with this version (2020). */
const OLDEST_RSYNC: readonly [major: number, minor: number] = [3, 2];

export async function rsync(): Promise<Finding> {
  const remedy = 'Install rsync 3.2 or newer (Debian: apt-get install rsync)';
  const { failed, stdout } = await execa('rsync', ['--version'], { reject: false });
  if (failed) return bad('rsync', 'not found', remedy);
  const [, major = 0, minor = 0] = (/version v?(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  const isOld = major < OLDEST_RSYNC[0] || (major === OLDEST_RSYNC[0] && minor < OLDEST_RSYNC[1]);
  return isOld ? bad('rsync', firstLine(stdout), remedy) : ok('rsync', firstLine(stdout));
}

const firstLine = (text: string): string => text.split('\n')[0]?.replace(/\s+/g, ' ').trim() ?? '';

/** A folder that will be written to: it or the nearest one above it can be written, and its disk has room. Nothing is made. */
export async function folder(what: string, path: string): Promise<Finding> {
  try {
    const nearest = await nearestExisting(path);
    if (!(await stat(nearest)).isDirectory()) {
      return bad(what, `${path} cannot be made: ${nearest} is no folder`, 'Choose another folder');
    }
    await access(nearest, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(nearest);
    const may = nearest === path ? 'may be written' : 'can be made';
    const free = formatBytes(bavail * bsize);
    if (bavail * bsize >= LITTLE_SPACE_BYTES) return ok(what, `${path} ${may}, ${free} free`);
    return warn(what, `${path} ${may}, but only ${free} are free`, 'Make room before the next night');
  } catch (error) {
    return bad(what, `${path} cannot be written: ${messageOf(error)}`, 'Give this user the right to write there, or choose another folder');
  }
}

async function nearestExisting(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}
