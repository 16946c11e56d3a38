import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';

export interface ScratchSettings {
  /** Folders are made in it; it is made when it is not there. */
  readonly parent: string;
  /** What the names of these folders begin with, and nothing else's in there. */
  readonly prefix: string;
  /** Longer than any work takes: what has not changed for so long was left by a process that was killed, and is removed. */
  readonly leftBehindMs: number;
}

export interface Scratch {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * A new folder for files of one attempt. Never one that another attempt has: that one may still be at work, after it was taken for dead.
 */
export async function openScratchFolder({ parent, prefix, leftBehindMs }: ScratchSettings): Promise<Scratch> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix) && Date.now() - (await changedMs(join(parent, name))) > leftBehindMs)
      await removeFolder(join(parent, name));
  }
  const folder = await mkdtemp(join(parent, prefix));
  return { folder, remove: () => removeFolder(folder) };
}

/** The same for as long as the work takes. */
export async function inScratchFolder<T>(settings: ScratchSettings, work: (folder: string) => Promise<T>): Promise<T> {
  const { folder, remove } = await openScratchFolder(settings);
  try {
    return await work(folder);
  } finally {
    await remove();
  }
}

const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Now, when another process has just removed it. */
async function changedMs(folder: string): Promise<number> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Date.now();
    throw error;
  }
}
