import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from './unreadable.ts';

/** Where a file's bytes come from. */
export interface ByteSource {
  readonly path: string;
  readonly size: number;
  /**
   * `length` bytes from `from` on; the caller has checked that they lie within `size`. May be a view of bytes that are already in memory.
   * @throws {Failure} `unreadable_file`: the file is shorter than when it was opened.
   */
  read(from: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function memorySource(path: string, bytes: Uint8Array): ByteSource {
  // A plain view: parts of a Buffer would be Buffers, and so would the values.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { path, size: plain.byteLength, read: async (from, length) => plain.subarray(from, from + length), close: async () => {} };
}

/** Holds the small file that most are, and the header of the others, after one read. */
const HEAD_BYTES = 64 * 1024;

/** Opens a file for reading in place. Node's own errors (ENOENT, EACCES, …) pass through. */
export async function fileSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = await readFully(handle, path, 0, Math.min(size, HEAD_BYTES));
    return {
      path,
      size,
      read: async (from, length) =>
        from + length <= head.byteLength ? head.subarray(from, from + length) : readFully(handle, path, from, length),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readFully(handle: FileHandle, path: string, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw unreadable({ path, what: 'the file ends', offset: from + done, expected: `bytes up to ${from + length}` });
    done += bytesRead;
  }
  return bytes;
}
