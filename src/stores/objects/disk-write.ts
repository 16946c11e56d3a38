import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import type { Body, Condition, PutOptions, Stored, WriteOptions } from './contract.ts';
import { asideName, isAbsent, makeFoldersFor, pathOf, type Root, syncFolder } from './disk-folder.ts';
import { inTurn, underLock } from './disk-lock.ts';
import { readVersion } from './disk-read.ts';
import { conditionFailed, keyIsFolder, noSuchObject, type On } from './failures.ts';

/** A folder that another's deletion has just emptied is removed under our hands: so often it is made anew. */
const FOLDER_ATTEMPTS = 8;

/** Written aside in the same folder, synced, then given its name. */
export async function putFile(root: Root, key: string, body: Body, options: PutOptions): Promise<Stored> {
  const on = { place: root.place, key };
  const { condition, fence, signal, sha256 } = options;
  const { path, aside, file } = await openAside(root, key);
  let isRenamed = false;
  try {
    const stored = await fill(file, body, sha256, signal);
    const publish = async (checkHeld: () => void = () => undefined): Promise<void> => {
      await fence?.();
      signal?.throwIfAborted();
      checkHeld();
      await rename(aside, path);
      isRenamed = true;
      await syncFolder(dirname(path));
    };
    if (condition === undefined) await publish();
    else if (condition !== 'absent' || !(await linkedAsNew(aside, path, on, options))) {
      const checkCondition = async () => {
        if (!holds(condition, await readVersion(path))) throw conditionFailed(on, condition);
      };
      await inTurn(root, async () => {
        await checkCondition(); // most who come too late need no lock to see it
        await underLock(root, signal, async (checkHeld) => {
          await checkCondition();
          await publish(checkHeld);
        });
      });
    }
    return stored;
  } finally {
    if (!isRenamed) await rm(aside, { force: true });
  }
}

const holds = (condition: Condition, current: string | null): boolean =>
  condition === 'absent' ? current === null : current === condition.version;

/** link(2) never replaces, so it needs no lock. False where the file system knows no hard links. */
async function linkedAsNew(aside: string, path: string, on: On, { fence, signal }: WriteOptions): Promise<boolean> {
  await fence?.();
  signal?.throwIfAborted();
  try {
    await link(aside, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw (await lstat(path)).isDirectory() ? keyIsFolder(on) : conditionFailed(on, 'absent');
    if (NO_LINKS.has(errnoOf(error))) return false;
    throw error;
  }
  await syncFolder(dirname(path));
  return true;
}

/** What link(2) says where it cannot: other file system, no links at all, too many of one file. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** A hard link: objects are replaced, never changed, so two names may share their bytes. */
export async function copyFileWithin(root: Root, from: string, to: string, { fence, signal }: WriteOptions): Promise<void> {
  const source = await sourceOf(root, from);
  const { path, aside } = await openAside(root, to, async (name) => linkOrCopy(source, name));
  try {
    await fence?.();
    signal?.throwIfAborted();
    await rename(aside, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(aside, { force: true }); // rename(2) leaves it when both are names of one file already
  }
}

async function sourceOf(root: Root, key: string): Promise<string> {
  try {
    const path = await pathOf(root, key);
    if ((await lstat(path)).isFile()) return path;
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  throw noSuchObject({ place: root.place, key });
}

async function linkOrCopy(source: string, name: string): Promise<null> {
  try {
    await link(source, name);
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error))) throw error;
    await copyFile(source, name, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const file = await open(name, 'r+');
    await file.sync().finally(() => file.close());
  }
  return null;
}

interface Aside<T> {
  readonly path: string;
  readonly aside: string;
  readonly file: T;
}

const create = (name: string): Promise<FileHandle> => open(name, 'wx');

async function openAside(root: Root, key: string): Promise<Aside<FileHandle>>;
async function openAside<T>(root: Root, key: string, make: (name: string) => Promise<T>): Promise<Aside<T>>;
async function openAside(root: Root, key: string, make: (name: string) => Promise<unknown> = create): Promise<Aside<unknown>> {
  for (let left = FOLDER_ATTEMPTS; ; left -= 1) {
    try {
      const path = await pathOf(root, key);
      const aside = join(dirname(path), asideName());
      return { path, aside, file: await make(aside) };
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || left <= 1) throw error;
      await makeFoldersFor(root, key);
    }
  }
}

async function fill(file: FileHandle, body: Body, sha256: string | undefined, signal: AbortSignal | undefined): Promise<Stored> {
  const known = body instanceof Uint8Array ? sha256 : undefined;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      signal?.throwIfAborted();
      if (known === undefined) hash.update(piece);
      await writeAll(file, piece);
      sizeBytes += piece.byteLength;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sizeBytes, version: known ?? hash.digest('hex') };
}

/** More at once is refused. */
const MOST_BYTES = 2 ** 30;

/** In one go where the system takes it: `writeFile` cuts into pieces of 512 KB. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; )
    done += (await file.write(bytes, done, Math.min(MOST_BYTES, bytes.byteLength - done))).bytesWritten;
}
