import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { errnoOf, Failure, messageOf } from '../errors.ts';
import { waitForLock } from './lock.ts';
import type { Report } from './progress.ts';

/** Something installed once per user and machine, for every checkout. */
export interface CacheEntry {
  readonly name: string;
  /** Everything its content depends on: another version is another folder. */
  readonly version: string;
}

/** A folder to build in. `result` becomes the entry; `scratch` is thrown away. Both lie in the cache's own file system. */
export interface Workplace {
  readonly result: string;
  readonly scratch: string;
  /** Where `result` will lie in the end, for programs that must know their own place. */
  readonly final: string;
}

/** `$XDG_CACHE_HOME/landfall`, or `~/.cache/landfall`; a relative XDG_CACHE_HOME counts as unset, as the XDG specification says. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'landfall');
}

const keyOf = ({ name, version }: CacheEntry): string => `${name}-${version}`;

/** Where an entry lies when it is there, else null. What has its final name is complete. */
export function cached(entry: CacheEntry, root: string = cacheFolder()): string | null {
  const folder = join(root, keyOf(entry));
  return existsSync(folder) ? folder : null;
}

/**
 * The entry's folder, built first if it is not there.
 *
 * Builders exclude each other by a lock, build aside and rename at the end, so a half-finished entry never counts; whatever a killed
 * builder left is removed by the next one.
 *
 * @throws {Failure} `cache_not_usable`: the cache may not be written, or its disk is full.
 */
export async function cachedOrBuilt(
  entry: CacheEntry,
  report: Report,
  build: (place: Workplace) => Promise<void>,
  root: string = cacheFolder(),
): Promise<string> {
  const final = join(root, keyOf(entry));
  if (existsSync(final)) return final;

  try {
    return await built(entry, report, build, root);
  } catch (error) {
    throw UNUSABLE.has(errnoOf(error)) ? unusable(root, entry, error) : error;
  }
}

async function built(entry: CacheEntry, report: Report, build: (place: Workplace) => Promise<void>, root: string): Promise<string> {
  const final = join(root, keyOf(entry));
  const lock = await waitForLock(join(root, 'locks', keyOf(entry)), (holder) =>
    report(`Waiting for process ${holder.pid}, which is installing ${entry.name} ${entry.version}`),
  );
  const aside = join(root, 'building', keyOf(entry));
  try {
    if (existsSync(final)) return final;
    await remove(aside);
    const place: Workplace = { result: join(aside, 'result'), scratch: join(aside, 'scratch'), final };
    await mkdir(place.result, { recursive: true });
    await mkdir(place.scratch, { recursive: true });
    await build(place);
    await execa('sync', ['-f', place.result], { reject: false }); // a power cut after the rename must not leave empty files
    await rename(place.result, final);
    return final;
  } finally {
    await remove(aside);
    lock.release();
  }
}

/** What the folder or its disk is at fault for. */
const UNUSABLE: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EDQUOT']);

const unusable = (root: string, { name, version }: CacheEntry, cause: unknown): Failure =>
  new Failure({
    kind: 'stop',
    code: 'cache_not_usable',
    happened: `${name} ${version} cannot be installed below ${root} (${messageOf(cause)})`,
    expected: 'a folder that this user may write to, on a disk with room',
    remedy: 'Set XDG_CACHE_HOME to the absolute path of one',
    cause,
  });

/** Compilers of a killed builder may still write for a moment: try a few times. */
const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
