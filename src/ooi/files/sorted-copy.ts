import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SortedSource } from '../series.ts';
import { copyElements, roomForRows, rowElements } from './convert.ts';
import { readColumn, type UsableFile } from './file-source.ts';
import { changedUnderway } from './header.ts';
import { owning, release } from './release.ts';
import { readTimes, type ScannedTimes } from './times.ts';

export interface SortOptions {
  /** An existing folder. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
}

/** Several times what the facility puts into one file; sorting takes 1.2 GB then. */
export const MOST_SORTED_ROWS = 50_000_000;

/** Rows read and written at a time. */
const PIECE_ROWS = 250_000;

/** Most bytes that are read at a time. */
const PIECE_BYTES = 8_000_000;

/** Rows that nobody asked for are read along up to here rather than begin another reading. */
const GAP_ROWS = 4096;

/**
 * A file whose times are in no order at all: its times and the positions of its rows, sorted, go to the scratch folder; values are read by
 * these. While sorting 24 bytes a row are held.
 */
export async function sortedSource(file: UsableFile, scanned: ScannedTimes, { scratch, signal }: SortOptions): Promise<SortedSource> {
  const { times, rows } = await sortedRows(file, scanned, signal);
  const path = join(scratch, `rows-${randomUUID()}`);
  const handle = await open(path, 'wx+');
  await rm(path); // the open file stays until it is closed, whatever happens
  try {
    await handle.write(bytesOf(times), 0, times.byteLength, 0);
    await handle.write(bytesOf(rows), 0, rows.byteLength, times.byteLength);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const count = rows.length;
  const positions = (from: number, some: number) => readInto(handle, new Uint32Array(some), 8 * count + 4 * from);
  return {
    rows: count,
    times: (from, some) => readInto(handle, new Float64Array(some), 8 * from),
    origins: async (_from, some) => (some === 0 ? [] : [{ rows: some, origin: file.rank }]),
    async values(column, from, some) {
      const target = roomForRows(column, some);
      const length = rowElements(column);
      const bytesOfRow = Math.max(1, length * target.BYTES_PER_ELEMENT);
      for (let done = 0; done < some; done += PIECE_ROWS) {
        const wanted = await positions(from + done, Math.min(PIECE_ROWS, some - done));
        for (const { first, rows: span, order } of rangesOf(wanted, Math.max(1, Math.floor(PIECE_BYTES / bytesOfRow)))) {
          const found = await readColumn(file, column, first, span);
          for (const at of order) copyElements(target, (done + at) * length, found, ((wanted[at] ?? 0) - first) * length, length);
          release(found);
        }
      }
      return owning(target);
    },
    close: () => handle.close(),
  };
}

const bytesOf = (values: Float64Array | Uint32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

async function readInto<T extends Float64Array | Uint32Array>(handle: FileHandle, values: T, at: number): Promise<T> {
  const bytes = bytesOf(values);
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.byteLength - done, at + done);
    if (bytesRead === 0) throw new Error('A scratch file ends too early.');
    done += bytesRead;
  }
  return values;
}

interface Range {
  readonly first: number;
  readonly rows: number;
  /** Which of the wanted rows lie in it. */
  readonly order: Uint32Array;
}

/** Few ranges of the file, of at most `most` rows, that hold all wanted rows. */
function* rangesOf(wanted: Uint32Array, most: number): Generator<Range> {
  // Position and place in one number: below 2^32 and below 2^18.
  const keys = new Float64Array(wanted.length);
  for (let at = 0; at < keys.length; at++) keys[at] = (wanted[at] ?? 0) * 262_144 + at; // `from` with a function takes ten times as long
  keys.sort();
  const order = new Uint32Array(keys.length);
  for (let at = 0; at < order.length; at++) order[at] = (keys[at] ?? 0) % 262_144;
  const positionAt = (i: number): number => wanted[order[i] ?? 0] ?? 0;
  for (let start = 0; start < order.length; ) {
    const first = positionAt(start);
    let end = start + 1;
    while (end < order.length && positionAt(end) - positionAt(end - 1) <= GAP_ROWS && positionAt(end) - first < most) end += 1;
    yield { first, rows: positionAt(end - 1) - first + 1, order: order.subarray(start, end) };
    start = end;
  }
}

/** Rows that are sorted at once; what is longer is merged. */
const RUN_ROWS = 4096;
const RUNS_AT_ONCE = 8;

/** Times in ascending order, each once, and the positions of their rows; of equal times the later position. */
async function sortedRows(file: UsableFile, { usable }: ScannedTimes, signal: AbortSignal | undefined) {
  const times = new Float64Array(file.header.rows);
  let rows = new Uint32Array(usable);
  let filled = 0;
  for (let from = 0; from < times.length; from += PIECE_ROWS) {
    signal?.throwIfAborted();
    const count = Math.min(PIECE_ROWS, times.length - from);
    times.set(await file.shelf.use(file.path, (opened) => readTimes(opened, file.header, from, count)), from);
    for (let row = from; row < from + count; row++) if (Number.isFinite(times[row])) rows[filled++] = row;
  }
  if (filled !== usable) throw changedUnderway(file.path, 'it has other times');
  let starts: number[] = [];
  for (let from = 0; from < usable; from += RUN_ROWS) {
    rows.subarray(from, from + RUN_ROWS).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    starts.push(from);
    if (starts.length % RUNS_AT_ONCE === 0) await setImmediate();
  }
  let spare = new Uint32Array(usable);
  while (starts.length > 1) {
    await mergePairs(times, rows, spare, starts, signal);
    [rows, spare] = [spare, rows];
    starts = starts.filter((_, i) => i % 2 === 0);
  }
  return await unique(times, rows, signal);
}

/** Rows merged before others get their turn. */
const STEP_ROWS = 200_000;

async function mergePairs(
  times: Float64Array,
  rows: Uint32Array,
  target: Uint32Array,
  starts: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  let sinceTurn = 0;
  for (let pair = 0; pair < starts.length; pair += 2) {
    const [start = 0, middle = rows.length, end = rows.length] = starts.slice(pair, pair + 3);
    let [left, right] = [start, middle];
    for (let to = start; to < end; to++) {
      const takesLeft = left < middle && (right >= end || (times[rows[left] ?? 0] ?? 0) <= (times[rows[right] ?? 0] ?? 0));
      target[to] = rows[takesLeft ? left++ : right++] ?? 0;
      if (++sinceTurn < STEP_ROWS) continue;
      sinceTurn = 0;
      signal?.throwIfAborted();
      await setImmediate();
    }
  }
}

/** Merging is stable, so of equal times the last is the later position. */
async function unique(times: Float64Array, rows: Uint32Array, signal: AbortSignal | undefined) {
  let count = 0;
  const sorted = new Float64Array(rows.length);
  for (let from = 0; from < rows.length; from += STEP_ROWS) {
    const to = Math.min(from + STEP_ROWS, rows.length);
    for (let at = from; at < to; at++) {
      const row = rows[at] ?? 0;
      const time = times[row] ?? 0;
      if (count > 0 && sorted[count - 1] === time) count -= 1;
      sorted[count] = time;
      rows[count++] = row;
    }
    signal?.throwIfAborted();
    await setImmediate();
  }
  return { times: sorted.subarray(0, count), rows: rows.subarray(0, count) };
}
