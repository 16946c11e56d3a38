import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ReadAt } from './hdf5-bytes.ts';
import type { Hdf5Source } from './hdf5-messages.ts';

type VirtualFiles = Awaited<typeof import('h5wasm')['ready']>['FS'];

/** The bytes of one file as the library's virtual file system sees them. */
interface Content {
  readonly size: number;
  /** Copies up to `target.length` bytes from `position` on and returns how many. */
  readInto(target: Uint8Array, position: number): number;
  close(): void;
}

export interface MountedContent {
  /** The only path by which the library can open it; no file can name it. */
  readonly name: string;
  /** Its bytes past the library. */
  readonly readAt: ReadAt;
  unmount(): void;
}

/** Makes a file of the disk (read in place, nothing is loaded ahead) or of memory a file of the library's file system. */
export function mountContent(files: VirtualFiles, source: Hdf5Source): MountedContent {
  const content = source.bytes === undefined ? diskContent(source.path) : memoryContent(source.bytes);
  const name = randomUUID();
  files.createDataFile('/', name, new Uint8Array(0), true, false, true);
  // Emscripten's in-memory file, with its size and its reading replaced.
  Object.assign(files.lookupPath(`/${name}`, {}).node, {
    usedBytes: content.size,
    stream_ops: {
      read(_stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
        const target = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
        return position >= content.size ? 0 : content.readInto(target, position);
      },
      llseek(stream: { readonly position: number }, offset: number, whence: number): number {
        return offset + (whence === 1 ? stream.position : whence === 2 ? content.size : 0);
      },
    },
  });
  return {
    name: `/${name}`,
    readAt: bytesOf(content),
    unmount() {
      files.unlink(`/${name}`);
      content.close();
    },
  };
}

/** What was read last, of any file; grows with what is asked for. */
let room = new Uint8Array(65_536);

function bytesOf(content: Content): ReadAt {
  return (position, length) => {
    if (!(position >= 0 && length >= 0 && position + length <= content.size)) return null;
    if (room.byteLength < length) room = new Uint8Array(length);
    const target = room.subarray(0, length);
    return content.readInto(target, position) === length ? target : null;
  };
}

function diskContent(path: string): Content {
  const descriptor = openSync(path, 'r');
  return {
    size: fstatSync(descriptor).size,
    readInto: (target, position) => readSync(descriptor, target, 0, target.length, position),
    close: () => closeSync(descriptor),
  };
}

const memoryContent = (bytes: Uint8Array): Content => ({
  size: bytes.byteLength,
  readInto(target, position) {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.byteLength;
  },
  close() {},
});
