import { giveBack } from '../../formats/memory.ts';
import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import type { Values } from '../../formats/zarr/values.ts';
import { type EncodedChunk, encodeRows } from '../../formats/zarr/write.ts';
import type { ColumnPlan } from '../series.ts';
import { atOnce, Places } from './at-once.ts';
import { release } from './rules.ts';

/** One chunk of a column: rows `from` on of the store. */
export interface ChunkTask {
  readonly column: ColumnPlan;
  readonly from: number;
  readonly count: number;
}

/** Chunks whose values are read and encoded at a time. */
export const CHUNKS_AT_ONCE = 4;

/** Chunks on their way into the store at a time. */
const PUTS_AT_ONCE = 4;

/** Where chunks are encoded, and where they go into the store: one room for all that are written side by side. */
export interface Desks {
  readonly encoding: Places;
  readonly storing: Places;
}

export const desks = (): Desks => ({ encoding: new Places(CHUNKS_AT_ONCE), storing: new Places(PUTS_AT_ONCE) });

/** Whole new chunks never need what was stored. */
const NOTHING: ChunkReader = { get: async () => null };

/** The tasks that rows `from` to `from + rows - 1` of columns make. `from` is the beginning of a chunk of each. */
export function* chunkTasks(
  columns: readonly ColumnPlan[],
  arrayOf: (name: string) => ZarrArray,
  from: number,
  rows: number,
): Generator<ChunkTask> {
  for (const column of columns) {
    const step = chunkRowsOf(arrayOf(column.name));
    for (let at = 0; at < rows; at += step) yield { column, from: from + at, count: Math.min(step, rows - at) };
  }
}

export interface ChunkWriter {
  readonly arrayOf: (column: ColumnPlan) => ZarrArray;
  readonly values: (task: ChunkTask) => Promise<Values>;
  /** @param sha256 of the bytes, hexadecimal */
  readonly put: (key: string, bytes: Uint8Array, sha256: string) => Promise<unknown>;
  readonly desks: Desks;
  readonly signal?: AbortSignal;
}

/** Encodes and writes chunks, some at once: those that wait for the store do not keep others from being encoded. The records of what was written. */
export async function writeChunks(tasks: Iterable<ChunkTask>, writer: ChunkWriter): Promise<readonly ChunkRecord[]> {
  const records: ChunkRecord[] = [];
  await atOnce(CHUNKS_AT_ONCE + PUTS_AT_ONCE, tasks, async (task) => {
    const stored: Promise<void>[] = [];
    const leave = await writer.desks.encoding.enter();
    try {
      for await (const chunk of encodedTask(task, writer)) {
        const storing = storeChunk(chunk, writer, await writer.desks.storing.enter());
        storing.catch(() => {}); // awaited below
        stored.push(storing);
        records.push(chunk.record);
      }
    } finally {
      leave();
      await Promise.allSettled(stored);
    }
    await Promise.all(stored);
  });
  return records;
}

async function* encodedTask(task: ChunkTask, { arrayOf, values, signal }: ChunkWriter): AsyncGenerator<EncodedChunk> {
  signal?.throwIfAborted();
  const array = withLength(arrayOf(task.column), task.from);
  const given = await values(task);
  yield* encodeRows(NOTHING, array, { from: task.from, values: given });
  release(given);
}

async function storeChunk({ key, bytes, record }: EncodedChunk, { put }: ChunkWriter, leave: () => void): Promise<void> {
  try {
    await put(key, bytes, record.sha256);
    giveBack(bytes);
  } finally {
    leave();
  }
}
