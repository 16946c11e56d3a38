import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ListedObject } from './contract.ts';
import { linkInTheWay } from './disk-failures.ts';
import { isAbsent, isAsideName, type Root } from './disk-folder.ts';
import { badKey } from './keys.ts';

/** Folder by folder in the order of the keys' bytes; one folder's names are in memory at a time, and those of the folders above it. */
export async function* listFiles(root: Root, prefix: string, signal: AbortSignal | undefined): AsyncGenerator<ListedObject> {
  const cutAt = prefix.lastIndexOf('/') + 1;
  const start = prefix.slice(0, cutAt);
  yield* below(root, start, prefix.slice(cutAt), signal);
}

/** `folder` is empty or ends in a slash. */
async function* below(root: Root, folder: string, beginning: string, signal: AbortSignal | undefined): AsyncGenerator<ListedObject> {
  for (const entry of inByteOrder(await entriesOf(root, folder))) {
    signal?.throwIfAborted();
    const key = `${folder}${entry.name}`;
    if (!entry.name.startsWith(beginning) || badKey(key) !== null) continue;
    if (entry.isDirectory()) yield* below(root, `${key}/`, '', signal);
    else if (entry.isFile()) yield* listed(root, key);
  }
}

async function* listed(root: Root, key: string): AsyncGenerator<ListedObject> {
  try {
    const { size, mtime } = await lstat(join(root.path, key));
    yield { key, sizeBytes: size, modifiedAt: mtime };
  } catch (error) {
    if (!isAbsent(error)) throw error; // deleted meanwhile
  }
}

async function entriesOf(root: Root, folder: string): Promise<readonly Dirent[]> {
  const path = resolve(root.path, folder);
  try {
    if ((await realpath(path)) !== path) throw linkInTheWay({ place: root.place, key: folder });
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** A folder stands where its keys do: `a-b` before `a/b` before `a0`. */
const inByteOrder = (entries: readonly Dirent[]): readonly Dirent[] =>
  entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);

/**
 * Removes files that a killed writer left unfinished, of keys that begin so and in the folders above them. A change of their name or links
 * counts as begun anew.
 */
export async function sweepFolder(
  root: Root,
  prefix: string,
  begunBefore: number,
  signal: AbortSignal | undefined,
  folder = '',
): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(root, folder)) {
    signal?.throwIfAborted();
    const key = `${folder}${entry.name}`;
    if (entry.isDirectory()) {
      const inside = `${key}/`;
      if (inside.startsWith(prefix) || prefix.startsWith(inside)) removed += await sweepFolder(root, prefix, begunBefore, signal, inside);
    } else if (isAsideName(entry.name) && (await lstat(join(root.path, key))).ctimeMs < begunBefore) {
      await rm(join(root.path, key), { force: true });
      removed += 1;
    }
  }
  return removed;
}
