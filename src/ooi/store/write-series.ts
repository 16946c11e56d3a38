import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import { trialRows, withBestShuffle } from '../../formats/zarr/trial.ts';
import { encodeRows } from '../../formats/zarr/write.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { ColumnPlan, SeriesInput, SeriesPlan, SeriesWindow } from '../series.ts';
import { atOnce } from './at-once.ts';
import { arrayFor } from './column-array.ts';
import type { AppendCounts, ChangeOptions, Generation } from './contract.ts';
import { changesAgainst } from './count-changes.ts';
import type { Room } from './generation.ts';
import { type Kept, keepRows } from './keep-rows.ts';
import { coordinateValues, mergeSources, planOf, release } from './rules.ts';
import { segmentBytes, segmentKey } from './segment.ts';
import { storedSource } from './stored-source.ts';
import { CHUNKS_AT_ONCE, type ChunkTask, chunkTasks, desks, writeChunks } from './write-chunks.ts';

export interface Work {
  readonly room: Room;
  readonly plan: SeriesPlan;
  readonly kept: Kept;
  readonly root: string;
  readonly record: string;
  readonly put: CountingPut;
  readonly options: ChangeOptions;
}

export interface WrittenSeries extends AppendCounts {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly chunks: number;
  readonly copied: number;
  readonly arrayOf: (name: string) => ZarrArray;
}

type Values = (task: ChunkTask) => ReturnType<SeriesWindow['values']>;

/** While the last chunks of a window are encoded and stored, those of the next are read. */
const WINDOWS_AT_ONCE = 2;

/** Rows taken over first, then window after window of what is merged; each with its segment of the record. */
export async function writeSeries(work: Work, inputs: readonly SeriesInput[], base: Generation | null): Promise<WrittenSeries> {
  const { plan, kept, root, record, put, options, room } = work;
  const size = kept.segmentRows;
  const arrays = new Map(kept.arrays);
  const onTime = plan.columns.filter(({ isOnTime }) => isOnTime);
  const arrayOf = (name: string): ZarrArray => {
    const array = arrays.get(name);
    if (array === undefined) throw new TypeError(`no array is planned for ${name}`);
    return array;
  };
  const settle = async (values: Values, rows: number): Promise<void> => {
    const fresh = onTime.filter(({ name }) => !arrays.has(name));
    await atOnce(CHUNKS_AT_ONCE, fresh, async (column) => {
      const array = arrayFor(column, 0, room.codec, size);
      const first = await values({ column, from: 0, count: Math.min(rows, trialRows(array)) });
      arrays.set(column.name, await withBestShuffle(array, first));
      release(first);
    });
  };
  let settling: Promise<void> | undefined;
  let chunks: readonly ChunkRecord[] = [];
  for (const column of plan.columns.filter(({ isOnTime }) => !isOnTime)) {
    arrays.set(column.name, arrayFor(column, 0, room.codec, size));
    chunks = [...chunks, ...(await writeCoordinate(column, arrayOf(column.name), root, put.put))];
  }
  const counts = { written: chunks.length, copied: 0, rows: 0 };
  const shared = desks();
  const segment = async (from: number, rows: number, origins: SeriesWindow['origins'], values: Values) => {
    const before = chunks;
    chunks = [];
    settling ??= settle(values, rows);
    await settling;
    const tasks = chunkTasks(onTime, arrayOf, from, rows).filter(
      ({ column, from: at }) => !(at < kept.rows && kept.arrays.has(column.name)),
    );
    const written = await writeChunks(tasks, {
      arrayOf: ({ name }) => arrayOf(name),
      values,
      put: (key, bytes, sha256) => put.put(`${root}/${key}`, bytes, sha256),
      desks: shared,
      ...signalOf(options),
    });
    const taken = await keepRows(kept, from, rows, options);
    const all = [...before, ...written, ...taken];
    await put.put(
      segmentKey(record, from / size),
      segmentBytes({ origins, chunks: new Map(all.map((one) => [one.key, one])), absent: new Set() }),
    );
    counts.written += written.length;
    counts.copied += taken.length;
    counts.rows += rows;
    options.onProgress?.({ phase: 'writing', done: counts.rows, total: null });
  };

  const stored = base === null ? null : storedSource({ ...base, plan: planOf(base.state.notes) }, 0);
  for (let from = 0; stored !== null && from < kept.rows; from += size) {
    await segment(from, size, await stored.origins(from, size), (task) => stored.values(task.column, task.from, task.count));
  }
  const tail = base === null ? [] : [storedSource({ ...base, plan: planOf(base.state.notes) }, kept.rows)];
  const changes = changesAgainst(base, onTime, kept.rows);
  let counted = Promise.resolve(); // windows are written side by side, and counted in their order
  let rows = kept.rows;
  let [firstTime, lastTime] = [base !== null && kept.rows > 0 ? (base.state.firstTime ?? Number.NaN) : Number.NaN, Number.NaN];
  const sources = [...tail, ...inputs.flatMap((input) => input.sources)];
  await atOnce(WINDOWS_AT_ONCE, mergeSources(sources, { windowRows: size, ...signalOf(options) }), async (window) => {
    const from = rows;
    if (from % size !== 0) throw new TypeError('only the last window may be shorter than a segment');
    rows += window.rows;
    if (from === 0) firstTime = window.times[0] ?? Number.NaN;
    lastTime = window.times.at(-1) ?? lastTime;
    counted = counted.then(() => changes.see(window, from));
    await Promise.all([
      counted,
      segment(from, window.rows, window.origins, (task) => window.values(task.column, task.from - from, task.count)),
    ]);
    release(window.times);
  });
  return {
    rows,
    firstTime,
    lastTime: rows === kept.rows && base !== null ? (base.state.lastTime ?? lastTime) : lastTime,
    chunks: counts.written,
    copied: counts.copied,
    arrayOf,
    ...changes.counts(),
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
  /** @param sha256 of the bytes, where it is known already */
  put(key: string, bytes: Uint8Array, sha256?: string): Promise<void>;
  bytes(): number;
}

export function counting(objects: ObjectStore, options: ChangeOptions): CountingPut {
  let total = 0;
  return {
    async put(key, bytes, sha256) {
      total += bytes.byteLength;
      await objects.put(key, bytes, sha256 === undefined ? options : { ...options, sha256 });
    },
    bytes: () => total,
  };
}
