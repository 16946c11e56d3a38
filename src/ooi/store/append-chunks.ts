import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import { trialRows, withBestShuffle } from '../../formats/zarr/trial.ts';
import { encodeRows } from '../../formats/zarr/write.ts';
import type { WriteOptions } from '../../stores/objects/contract.ts';
import type { ColumnPlan } from '../series.ts';
import type { Form } from './append-form.ts';
import type { MergedRows } from './append-rows.ts';
import { atOnce } from './at-once.ts';
import type { ChangedRows } from './changed-rows.ts';
import type { Room } from './generation.ts';
import type { StagedChunk } from './intent.ts';
import { coordinateValues } from './rules.ts';
import { CHUNKS_AT_ONCE, type ChunkTask } from './write-chunks.ts';

/** Chunks of one array that rows may move through in place; where more would, a new generation is cheaper to read meanwhile. */
export const SHIFT_CHUNKS = 8;

/** The most chunks of any array that hold stored rows which move. */
export const shiftedChunks = ({ arrays, plan }: Form, { firstShift, oldRows }: MergedRows): number =>
  Math.max(0, ...plan.columns.filter(({ isOnTime }) => isOnTime).map(({ name }) => spanned(arrays.get(name), firstShift, oldRows)));

const spanned = (array: ZarrArray | undefined, from: number, to: number): number =>
  array === undefined || from >= to ? 0 : Math.ceil(to / chunkRowsOf(array)) - Math.floor(from / chunkRowsOf(array));

/** Rows that keep their place while others move: up to the first chunk of any array that holds one that moves. */
export const rowsThatStay = ({ arrays, plan, fresh }: Form, { firstShift }: MergedRows): number => {
  const steps = plan.columns
    .filter((column) => column.isOnTime && !fresh.includes(column))
    .map(({ name }) => {
      const array = arrays.get(name);
      return array === undefined ? firstShift : Math.floor(firstShift / chunkRowsOf(array)) * chunkRowsOf(array);
    });
  return Math.min(firstShift, ...steps);
};

/** Chunks of which any value, or the place of any row, is another than before. */
export function* touchedChunks({ arrays, plan, fresh }: Form, merged: MergedRows, changed: ChangedRows): Generator<ChunkTask> {
  for (const column of plan.columns) {
    const array = arrays.get(column.name);
    if (array === undefined) continue;
    const isFresh = fresh.includes(column);
    if (!column.isOnTime) {
      if (isFresh) yield { column, from: 0, count: array.shape[0] ?? 0 };
      continue;
    }
    const step = chunkRowsOf(array);
    const touched = new Set(changed.byColumn.get(column.name));
    const begin = isFresh ? 0 : merged.firstShift;
    for (let chunk = Math.floor(begin / step); begin < merged.newRows && chunk * step < merged.newRows; chunk++) touched.add(chunk);
    for (const chunk of [...touched].toSorted((a, b) => a - b)) {
      yield { column, from: chunk * step, count: Math.min(step, merged.newRows - chunk * step) };
    }
  }
}

/** Sets `shuffle` of fresh arrays by their first rows. */
export async function withTrials(form: Form, merged: MergedRows): Promise<Form> {
  const arrays = new Map(form.arrays);
  for (const column of form.fresh.filter(({ isOnTime }) => isOnTime)) {
    const array = form.arrays.get(column.name);
    const count = Math.min(merged.newRows - merged.from, array === undefined ? 0 : trialRows(array));
    if (array !== undefined)
      arrays.set(column.name, await withBestShuffle(array, await merged.values(column, merged.newRows - count, count)));
  }
  return { ...form, arrays };
}

export interface Staging {
  readonly room: Room;
  /** Prefix of the group's keys. */
  readonly root: string;
  /** Where chunks lie ready. */
  readonly folder: string;
  readonly options: WriteOptions;
}

export interface Staged {
  readonly chunks: readonly StagedChunk[];
  /** With the first row of each chunk. */
  readonly records: readonly { readonly row: number; readonly record: ChunkRecord }[];
}

/** Encodes chunks and lays them ready; nothing that readers see changes. */
export async function stageChunks(
  tasks: Iterable<ChunkTask>,
  { arrays }: Form,
  merged: MergedRows,
  { room, root, folder, options }: Staging,
): Promise<Staged> {
  const chunks: StagedChunk[] = [];
  const records: { readonly row: number; readonly record: ChunkRecord }[] = [];
  let number = 0;
  await atOnce(CHUNKS_AT_ONCE, tasks, async (task) => {
    options.signal?.throwIfAborted();
    for await (const { key, bytes, record } of encodedTask(arrays, merged, task)) {
      const staged = `${folder}/${number++}`;
      await room.objects.put(staged, bytes, options);
      const replaces = await room.objects.version(`${root}/${key}`, options);
      chunks.push({ staged, key, replaces, length: record.length, sha256: record.sha256 });
      records.push({ row: task.column.isOnTime ? task.from : 0, record });
    }
  });
  return { chunks: chunks.toSorted((a, b) => (a.key < b.key ? -1 : 1)), records };
}

async function* encodedTask(arrays: Form['arrays'], merged: MergedRows, { column, from, count }: ChunkTask) {
  const array = arrays.get(column.name);
  if (array === undefined) throw new TypeError(`no array is planned for ${column.name}`);
  const values = await valuesOf(column, merged, from, count);
  yield* encodeRows({ get: async () => null }, withLength(array, from), { from, values });
}

const valuesOf = (column: ColumnPlan, merged: MergedRows, from: number, count: number) =>
  column.isOnTime ? merged.values(column, from, count) : Promise.resolve(coordinateValues(column));
