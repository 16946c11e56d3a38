import { Failure } from '../../errors.ts';
import { dimensionsOf, product, type ZarrArray } from '../../formats/zarr/array.ts';
import { type RowRange, rowSize, rowsOf } from '../../formats/zarr/grid.ts';
import type { ZarrGroup } from '../../formats/zarr/group.ts';
import type { ChunkLedger } from '../../formats/zarr/ledger.ts';
import { readRows } from '../../formats/zarr/read.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { parseTimeUnits, secondsSince1900, type TimeUnits } from '../../formats/zarr/time.ts';
import type { Values } from '../../formats/zarr/values.ts';

/** One store of a series, opened. What is read is held against the ledger where there is one. */
export interface SeriesView {
  readonly store: ChunkReader;
  readonly group: ZarrGroup;
  readonly ledger?: ChunkLedger;
}

/** @throws {Failure} `no_time` for a store without a one-dimensional `time` */
export function timeArrayOf({ group }: SeriesView): ZarrArray {
  const time = group.arrays.get('time');
  if (time !== undefined && time.shape.length === 1 && time.type.kind !== 'text') return time;
  throw new Failure({
    kind: 'stop',
    code: 'no_time',
    happened: 'The store has no array time, or it does not hold one number for each row',
    expected: 'time on the dimension time, as every store of a series has',
    remedy: 'Refresh the flow: that builds a new store',
  });
}

/** Arrays that have a row for each time, `time` itself among them, in byte order of their names. */
export function arraysOnTime(view: SeriesView): readonly ZarrArray[] {
  const rows = rowsOf(timeArrayOf(view));
  const onTime = [...view.group.arrays.values()].filter((array) => {
    const dimensions = dimensionsOf(array);
    return dimensions === null ? array.shape[0] === rows : dimensions[0] === 'time';
  });
  return onTime.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** @throws {Failure} `bad_time_units` */
export function timeUnitsOf(time: ZarrArray): TimeUnits {
  const { units } = time.attributes;
  const found = typeof units === 'string' ? parseTimeUnits(units) : null;
  if (found !== null) return found;
  throw new Failure({
    kind: 'stop',
    code: 'bad_time_units',
    happened: `The times of the store count ${typeof units === 'string' ? JSON.stringify(units.slice(0, 80)) : 'nothing that is stated'}`,
    expected: 'units such as seconds since 1900-01-01 0:0:0',
    remedy: 'Refresh the flow: that builds a new store',
  });
}

/** Times of rows in seconds since 1900-01-01, NaN where there is none. */
export async function readTimes(view: SeriesView, range: RowRange): Promise<Float64Array> {
  const time = timeArrayOf(view);
  const units = timeUnitsOf(time);
  const values = await readRows(view.store, time, range, readOptionsOf(view));
  const fill = time.fill === null || time.fill instanceof Uint8Array ? null : Number(time.fill);
  const isPlain = units.secondsPerUnit === 1 && units.startSeconds === 0 && fill === null;
  if (isPlain && values instanceof Float64Array) return values;
  return numbersOf(values).map((value) => (value === fill || !Number.isFinite(value) ? Number.NaN : secondsSince1900(value, units)));
}

export const readOptionsOf = ({ ledger }: SeriesView) => (ledger === undefined ? {} : { ledger });

/** Values as doubles, which hold every type but 64-bit integers beyond 2^53 exactly. */
export function numbersOf(values: Values): Float64Array {
  if (values instanceof Float64Array) return values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return Float64Array.from(values, Number);
  return new Float64Array(values);
}

/** The values of one piece of rows are at most so many, or those of one row of chunks. */
const PIECE_VALUES = 1_000_000;

/** Stretches of rows that are read at a time: they end where chunks end, so that hardly a chunk is decoded twice. */
export function* piecesOf(array: ZarrArray, { from, to }: RowRange): Generator<RowRange> {
  const chunkRows = array.chunks[0] ?? 1;
  const chunks = Math.max(1, Math.floor(PIECE_VALUES / Math.max(1, chunkRows * rowSize(array))));
  const step = chunks * chunkRows;
  for (let at = from; at < to; ) {
    const end = Math.min(to, (Math.floor(at / step) + 1) * step);
    yield { from: at, to: end };
    at = end;
  }
}

/** Values of a row that two arrays can be compared in: where a second dimension grew, those that both have; 0: their forms do not allow it. */
export function sharedWidth(old: ZarrArray, fresh: ZarrArray): number {
  const [a, b] = [old.shape.slice(1), fresh.shape.slice(1)];
  if (a.length === b.length && a.every((size, at) => size === b[at])) return product(a);
  return a.length === 1 && b.length === 1 ? Math.min(product(a), product(b)) : 0;
}
