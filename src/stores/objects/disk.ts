import { lstat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LARGEST_GET, type ListedObject, type ObjectStat, type ObjectStore, type WriteOptions } from './contract.ts';
import { diskFailure, linkInTheWay } from './disk-failures.ts';
import { isAbsent, pathOf, pruneFolders, type Root, rootAt, syncFolder } from './disk-folder.ts';
import { listFiles, sweepFolder } from './disk-list.ts';
import { getFile, getFileRange, readVersion } from './disk-read.ts';
import { copyFileWithin, putFile } from './disk-write.ts';
import { checkRange, type On } from './failures.ts';
import { checkKey, checkPrefix } from './keys.ts';

export interface DiskOptions {
  /** Made when it is not there. Relative to the working folder. */
  readonly folder: string;
  /**
   * Whether `folder` itself may be a symbolic link: it is followed once, now, so that what is published later leaves this store where it
   * is. Below the folder links are never followed.
   */
  readonly followLink?: boolean;
}

/**
 * Objects as plain files below a folder, each written aside, synced and renamed. A version is the SHA-256 of the content.
 *
 * Works for several processes on one machine. Whoever changes a file in place instead of replacing it also changes its copies: they are
 * hard links.
 * @throws {Failure} `store_is_link`, `store_refused` (stop)
 */
export async function openDisk({ folder, followLink = false }: DiskOptions): Promise<ObjectStore> {
  const root = await told('opening', { place: folder, key: 'the folder' }, () => rootAt(folder, followLink));
  const { place } = root;
  return {
    place,
    put: (key, body, options = {}) => told('writing', { place, key }, () => putFile(root, key, body, options)),
    get: (key, { limitBytes = LARGEST_GET, signal } = {}) => told('reading', { place, key }, () => getFile(root, key, limitBytes, signal)),
    getRange: (key, range) =>
      told('reading', { place, key }, async () => {
        checkRange({ place, key }, range);
        return getFileRange(root, key, range);
      }),
    stat: (key) => told('looking for', { place, key }, () => statFile(root, key)),
    version: (key) => told('reading', { place, key }, () => unlessAbsent(async () => readVersion(await pathOf(root, key)))),
    list: (prefix, { signal } = {}) => listTold(root, prefix, signal),
    copy: (from, to, options = {}) =>
      told('copying to', { place, key: to }, async () => {
        checkKey(from);
        checkKey(to);
        await copyFileWithin(root, from, to, options);
      }),
    delete: (key, options = {}) => told('deleting', { place, key }, () => deleteFile(root, key, options)),
    sweep: (olderThanMs, { prefix = '', signal } = {}) =>
      told('sweeping', { place, key: 'the folder' }, () => sweepFolder(root, prefix, Date.now() - olderThanMs, signal)),
  };
}

async function statFile(root: Root, key: string): Promise<ObjectStat | null> {
  return unlessAbsent(async () => {
    const stats = await lstat(await pathOf(root, key));
    if (stats.isSymbolicLink()) throw linkInTheWay({ place: root.place, key });
    return stats.isFile() ? { sizeBytes: stats.size, modifiedAt: stats.mtime } : null;
  });
}

async function deleteFile(root: Root, key: string, { fence, signal }: WriteOptions): Promise<void> {
  await unlessAbsent(async () => {
    const path = await pathOf(root, key);
    const found = await lstat(path);
    if (found.isSymbolicLink()) throw linkInTheWay({ place: root.place, key });
    if (found.isDirectory()) return;
    await fence?.();
    signal?.throwIfAborted();
    await unlink(path);
    await syncFolder(dirname(path));
    await pruneFolders(root.path, dirname(path));
  });
}

async function* listTold(root: Root, prefix: string, signal: AbortSignal | undefined): AsyncGenerator<ListedObject> {
  checkPrefix(prefix);
  try {
    yield* listFiles(root, prefix, signal);
  } catch (error) {
    throw diskFailure(error, 'listing', { place: root.place, key: prefix === '' ? 'everything' : prefix });
  }
}

async function unlessAbsent<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function told<T>(doing: string, on: On, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw diskFailure(error, doing, on);
  }
}
