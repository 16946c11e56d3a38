import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, messageOf } from '../errors.ts';
import type { FileReceipt } from '../stores/receipts.ts';
import { rejection } from './rejections.ts';

/** One source file with its whole content, and the proof of it. */
export interface SourceFile extends FileReceipt {
  readonly bytes: Uint8Array;
}

export type FileFacts = Pick<FileReceipt, 'path' | 'sizeBytes' | 'mtimeMs'>;

/** Size and time of the files, or null when one has gone: the profile has to be chosen again. */
export async function factsOf(root: string, paths: readonly string[]): Promise<readonly FileFacts[] | null> {
  try {
    return await Promise.all(
      paths.map(async (path) => {
        const { size, mtimeMs } = await stat(join(root, path));
        return { path, sizeBytes: size, mtimeMs: Math.floor(mtimeMs) };
      }),
    );
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Several times the largest profile file there is; with what is read ahead this bounds a worker's memory. */
export const LARGEST_BYTES = 32 * 1024 * 1024;

/**
 * Reads files whole. Size, time and digest come from the one opened file, whatever is renamed over its path meanwhile.
 * Null when one has gone: the profile has to be chosen again.
 * @throws {Failure} `unreadable_file`: one is larger than any profile, or may not or cannot be read.
 */
export async function readSources(root: string, paths: readonly string[]): Promise<readonly SourceFile[] | null> {
  try {
    return await Promise.all(paths.map((path) => readSource(root, path)));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** What lies in the file itself or its permissions, not in the machine: one such file must not stop the others. */
const FILES_OWN: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EIO', 'EISDIR', 'ELOOP']);

async function readSource(root: string, path: string): Promise<SourceFile> {
  try {
    return await readOpened(root, path);
  } catch (error) {
    if (FILES_OWN.has(errnoOf(error))) throw rejection('unreadable_file', path, `cannot be read (${messageOf(error)})`);
    throw error;
  }
}

async function readOpened(root: string, path: string): Promise<SourceFile> {
  // Never a link, and never a wait for whoever writes into a pipe, should one have taken the file's place since the folder was read.
  const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    const { size, mtimeMs } = stats;
    if (!stats.isFile()) throw rejection('unreadable_file', path, 'is no regular file');
    if (size > LARGEST_BYTES)
      throw rejection(
        'unreadable_file',
        path,
        `is ${(size / 1e9).toFixed(2)} GB large`,
        `a profile, at most ${LARGEST_BYTES / 1024 ** 2} MiB`,
      );
    const bytes = await readWhole(file, size);
    return { path, bytes, sizeBytes: bytes.length, mtimeMs: Math.floor(mtimeMs), sha256: hash('sha256', bytes, 'hex') };
  } finally {
    await file.close();
  }
}

/** Fewer turns than `readFile` takes; a file that is cut while it is read gives what is there. */
async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const isGone = (error: unknown): boolean => errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
