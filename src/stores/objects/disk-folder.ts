import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, realpath, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errnoOf, Failure } from '../../errors.ts';
import { linkInTheWay } from './disk-failures.ts';
import { keyIsFolder } from './failures.ts';
import { checkKey } from './keys.ts';

/** A store's folder: its real path, and how it is called in messages. */
export interface Root {
  readonly path: string;
  readonly place: string;
}

/**
 * Finds, or makes, the folder of a store.
 * @throws {Failure} `store_is_link` (stop): it is a symbolic link, and nobody said that it may be one.
 */
export async function rootAt(folder: string, followLink: boolean): Promise<Root> {
  const place = resolve(folder);
  await makeFolder(place);
  const isLink = (await lstat(place)).isSymbolicLink();
  if (!isLink || followLink) return { path: await realpath(place), place };
  throw new Failure({
    kind: 'stop',
    code: 'store_is_link',
    happened: `${place} is a symbolic link: what is written there lands in the store that is published now`,
    expected: 'a folder',
    remedy: 'Open the folder it leads to, or allow the link explicitly',
  });
}

/**
 * The path of a key, after a look that no link stands in its way.
 * @throws {Failure} `bad_key`, `link_in_the_way`; and Node's ENOENT or ENOTDIR when the folder of the key is not there.
 */
export async function pathOf({ path: root, place }: Root, key: string): Promise<string> {
  checkKey(key);
  const path = join(root, key);
  const folder = dirname(path);
  if ((await realpath(folder)) !== folder) throw linkInTheWay({ place, key });
  return path;
}

/** A name for what is not finished. Nothing that is finished has one. */
export const asideName = (): string => `.landfall-${randomBytes(8).toString('hex')}.part`;
export const isAsideName = (name: string): boolean => /^\.landfall-[0-9a-f]{16}\.part$/.test(name);

/** Makes a folder and those above it, durably. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let above = dirname(folder); above.length >= dirname(first).length; above = dirname(above)) {
    await syncFolder(above);
    if (above === dirname(above)) return;
  }
}

/**
 * Makes the folders of a key that are not there yet, one by one, so that none is made behind a link. What another removes again meanwhile
 * is left for the next attempt.
 * @throws {Failure} `link_in_the_way`, `key_is_folder`
 */
export async function makeFoldersFor({ path: root, place }: Root, key: string): Promise<void> {
  let folder = root;
  for (const part of key.split('/').slice(0, -1)) {
    folder = join(folder, part);
    try {
      await mkdir(folder);
      await syncFolder(dirname(folder));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      if (errnoOf(error) !== 'EEXIST') throw error;
      const found = await lstat(folder).catch(nullIfAbsent);
      if (found?.isSymbolicLink() === true) throw linkInTheWay({ place, key });
      if (found?.isDirectory() === false) throw keyIsFolder({ place, key });
    }
  }
}

/** Makes names created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes a folder and those above it, below the root, for as long as they are empty. */
export async function pruneFolders(root: string, folder: string): Promise<void> {
  for (let empty = folder; empty.length > root.length; empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      if (STILL_USED.has(errnoOf(error))) return;
      throw error;
    }
  }
}

const STILL_USED: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY']);

function nullIfAbsent(error: unknown): null {
  if (isAbsent(error)) return null;
  throw error;
}

export const isAbsent = (error: unknown): boolean => ABSENT.has(errnoOf(error));
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);
