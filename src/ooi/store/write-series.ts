import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import { withBestShuffle } from '../../formats/zarr/trial.ts';
import { encodeRows } from '../../formats/zarr/write.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { ColumnPlan, SeriesInput, SeriesPlan, SeriesWindow } from '../series.ts';
import { arrayFor } from './column-array.ts';
import type { ChangeOptions, Generation } from './contract.ts';
import type { Room } from './generation.ts';
import { type Kept, keepRows } from './keep-rows.ts';
import { coordinateValues, mergeSources, planOf } from './rules.ts';
import { segmentBytes, segmentKey } from './segment.ts';
import { storedSource } from './stored-source.ts';
import { type ChunkTask, chunkTasks, writeChunks } from './write-chunks.ts';

export interface Work {
  readonly room: Room;
  readonly plan: SeriesPlan;
  readonly kept: Kept;
  readonly root: string;
  readonly record: string;
  readonly put: CountingPut;
  readonly options: ChangeOptions;
}

export interface WrittenSeries {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly chunks: number;
  readonly copied: number;
  readonly arrayOf: (name: string) => ZarrArray;
}

/** Rows taken over first, then window after window of what is merged; each with its segment of the record. */
export async function writeSeries(work: Work, inputs: readonly SeriesInput[], base: Generation | null): Promise<WrittenSeries> {
  const { plan, kept, root, record, put, options, room } = work;
  const size = room.windowRows;
  const arrays = new Map(kept.arrays);
  const onTime = plan.columns.filter(({ isOnTime }) => isOnTime);
  const arrayOf = (name: string): ZarrArray => {
    const array = arrays.get(name);
    if (array === undefined) throw new TypeError(`no array is planned for ${name}`);
    return array;
  };
  const settle = async (values: (task: ChunkTask) => ReturnType<SeriesWindow['values']>, rows: number): Promise<void> => {
    for (const column of onTime.filter(({ name }) => !arrays.has(name))) {
      const array = arrayFor(column, 0, room.codec, room.windowRows);
      const first = { column, from: 0, count: Math.min(rows, array.chunks[0] ?? rows) };
      arrays.set(column.name, await withBestShuffle(array, await values(first)));
    }
  };
  let chunks: readonly ChunkRecord[] = [];
  for (const column of plan.columns.filter(({ isOnTime }) => !isOnTime)) {
    arrays.set(column.name, arrayFor(column, 0, room.codec, room.windowRows));
    chunks = [...chunks, ...(await writeCoordinate(column, arrayOf(column.name), root, put.put))];
  }
  let count = chunks.length;
  let copied = 0;
  const segment = async (
    from: number,
    rows: number,
    origins: SeriesWindow['origins'],
    values: (task: ChunkTask) => ReturnType<SeriesWindow['values']>,
  ) => {
    await settle(values, rows);
    const tasks = chunkTasks(onTime, arrayOf, from, rows).filter(
      ({ column, from: at }) => !(at < kept.rows && kept.arrays.has(column.name)),
    );
    const written = await writeChunks(tasks, {
      arrayOf: ({ name }) => arrayOf(name),
      values,
      put: (key, bytes) => put.put(`${root}/${key}`, bytes),
      ...signalOf(options),
    });
    count += written.length;
    const taken = await keepRows(kept, from, rows, options);
    copied += taken.length;
    const all = [...chunks, ...written, ...taken];
    chunks = [];
    await put.put(segmentKey(record, from / size), segmentBytes({ origins, chunks: new Map(all.map((one) => [one.key, one])) }));
    options.onProgress?.({ phase: 'writing', done: from + rows, total: null });
  };

  const stored = base === null ? null : storedSource({ ...base, plan: planOf(base.state.notes) }, 0);
  for (let from = 0; stored !== null && from < kept.rows; from += size) {
    await segment(from, size, await stored.origins(from, size), (task) => stored.values(task.column, task.from, task.count));
  }
  const tail = base === null ? [] : [storedSource({ ...base, plan: planOf(base.state.notes) }, kept.rows)];
  let rows = kept.rows;
  let [firstTime, lastTime] = [base !== null && kept.rows > 0 ? (base.state.firstTime ?? Number.NaN) : Number.NaN, Number.NaN];
  for await (const window of mergeSources([...tail, ...inputs.flatMap(({ sources }) => sources)], {
    windowRows: size,
    ...signalOf(options),
  })) {
    const from = rows;
    if (from % size !== 0) throw new TypeError('only the last window may be shorter than a segment');
    await segment(from, window.rows, window.origins, (task) => window.values(task.column, task.from - from, task.count));
    if (from === 0) firstTime = window.times[0] ?? Number.NaN;
    lastTime = window.times.at(-1) ?? lastTime;
    rows += window.rows;
  }
  return {
    rows,
    firstTime,
    lastTime: rows === kept.rows && base !== null ? (base.state.lastTime ?? lastTime) : lastTime,
    chunks: count,
    copied,
    arrayOf,
  };
}

async function writeCoordinate(
  column: ColumnPlan,
  array: ZarrArray,
  root: string,
  put: (key: string, bytes: Uint8Array) => Promise<unknown>,
): Promise<readonly ChunkRecord[]> {
  const records: ChunkRecord[] = [];
  for await (const { key, bytes, record } of encodeRows({ get: async () => null }, withLength(array, 0), {
    from: 0,
    values: coordinateValues(column),
  })) {
    await put(`${root}/${key}`, bytes);
    records.push(record);
  }
  return records;
}

const signalOf = ({ signal }: ChangeOptions) => (signal === undefined ? {} : { signal });

/** Writes, and knows how much. */
export interface CountingPut {
  put(key: string, bytes: Uint8Array): Promise<void>;
  bytes(): number;
}

export function counting(objects: ObjectStore, options: ChangeOptions): CountingPut {
  let total = 0;
  return {
    async put(key, bytes) {
      await objects.put(key, bytes, options);
      total += bytes.byteLength;
    },
    bytes: () => total,
  };
}
