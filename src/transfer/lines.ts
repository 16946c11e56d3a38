import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Some lines of a text, without their newlines, in order. `torn` is what follows the last newline of the whole text: a line cut while it was written. */
export interface LineBatch {
  readonly lines: readonly string[];
  readonly torn: string | null;
}

const CHUNK_BYTES = 64 * 1024;
/** A line longer than this is nobody's: it is handed on in pieces instead of growing in memory. Paths end at 4 KiB, escaped four times that. */
const LONGEST_LINE = 64 * 1024;

/** Reads a text file in constant memory. Only the last batch can have a torn line. */
export async function* readLines(path: string): AsyncGenerator<LineBatch, void, undefined> {
  const split = lineSplitter();
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield { lines: split.push(chunk), torn: null };
  const torn = split.rest();
  if (torn !== '') yield { lines: [], torn };
}

/** Follows a file that another process appends to. */
export interface Tail {
  /** Hands over the lines that were completed since the last call, a batch at a time. */
  drain(onLines: (lines: readonly string[]) => void): Promise<void>;
  /** Makes what the other process has written durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export async function openTail(path: string): Promise<Tail> {
  const file: FileHandle = await open(path, 'r+');
  const split = lineSplitter();
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let position = 0;
  return {
    async drain(onLines) {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        const lines = split.push(buffer.subarray(0, bytesRead));
        if (lines.length > 0) onLines(lines);
      }
    },
    sync: () => file.datasync(),
    close: () => file.close(),
  };
}

function lineSplitter(): { push(chunk: Uint8Array): readonly string[]; rest(): string } {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) {
        lines.push(rest);
        rest = '';
      }
      return lines;
    },
    rest: () => rest + decoder.decode(),
  };
}
