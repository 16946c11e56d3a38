import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { bytesToFill } from '../../formats/memory.ts';
import { sha256InPool } from '../../formats/sha256.ts';
import type { ByteRange, Found } from './contract.ts';
import { isAbsent, pathOf, type Root } from './disk-folder.ts';
import { beyondEnd, cut, tooLarge } from './failures.ts';

/** Neither follows a link nor waits for the other end of a pipe that somebody put there. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Calls back with an open file, which stays the same object whatever is renamed over its name meanwhile; null when there is none. */
async function reading<T>(path: string, use: (file: FileHandle, stats: Stats) => Promise<T>): Promise<T | null> {
  let file: FileHandle;
  try {
    file = await open(path, READ);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  try {
    const stats = await file.stat();
    return stats.isFile() ? await use(file, stats) : null;
  } finally {
    await file.close();
  }
}

async function readingKey<T>(root: Root, key: string, use: (file: FileHandle, stats: Stats) => Promise<T>): Promise<T | null> {
  try {
    return await reading(await pathOf(root, key), use);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

export function getFile(root: Root, key: string, limitBytes: number, signal: AbortSignal | undefined): Promise<Found | null> {
  const on = { place: root.place, key };
  return readingKey(root, key, async (file, { size }) => {
    if (size > limitBytes) throw tooLarge(on, size, limitBytes);
    signal?.throwIfAborted();
    const bytes = await readExactly(file, { offset: 0, length: size });
    if (bytes.byteLength < size) throw cut(on, bytes.byteLength, size);
    const sha256 = await sha256InPool(bytes);
    return { bytes, sizeBytes: size, version: sha256, sha256 };
  });
}

export function getFileRange(root: Root, key: string, range: ByteRange): Promise<Uint8Array | null> {
  const on = { place: root.place, key };
  return readingKey(root, key, async (file, { size }) => {
    if (range.offset + range.length > size) throw beyondEnd(on, range);
    const bytes = await readExactly(file, range);
    if (bytes.byteLength < range.length) throw cut(on, bytes.byteLength, range.length);
    return bytes;
  });
}

async function readExactly(file: FileHandle, { offset, length }: ByteRange): Promise<Uint8Array> {
  // all of it is written, or cut off
  const bytes = bytesToFill(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break; // somebody shortened the file in place
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const PIECE_BYTES = 1 << 20;

/** The content's SHA-256 as hexadecimal digits, or null when nothing is there. */
export function readVersion(path: string): Promise<string | null> {
  return reading(path, async (file) => {
    const hash = createHash('sha256');
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.byteLength);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  });
}
