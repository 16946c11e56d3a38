import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import type { Values } from '../../formats/zarr/values.ts';
import { encodeRows } from '../../formats/zarr/write.ts';
import type { ColumnPlan } from '../series.ts';
import { atOnce } from './at-once.ts';

/** One chunk of a column: rows `from` on of the store. */
export interface ChunkTask {
  readonly column: ColumnPlan;
  readonly from: number;
  readonly count: number;
}

/** Chunks read, encoded and written at a time: enough for two processors and a wait for the store. */
export const CHUNKS_AT_ONCE = 4;

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
  readonly put: (key: string, bytes: Uint8Array) => Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** Encodes and writes chunks, some at once; the records of what was written. */
export async function writeChunks(
  tasks: Iterable<ChunkTask>,
  { arrayOf, values, put, signal }: ChunkWriter,
): Promise<readonly ChunkRecord[]> {
  const records: ChunkRecord[] = [];
  await atOnce(CHUNKS_AT_ONCE, tasks, async (task) => {
    signal?.throwIfAborted();
    const array = withLength(arrayOf(task.column), task.from);
    for await (const { key, bytes, record } of encodeRows(NOTHING, array, { from: task.from, values: await values(task) })) {
      await put(key, bytes);
      records.push(record);
    }
  });
  return records;
}
