import { setImmediate } from 'node:timers/promises';
import type { ZarrArray } from '../../formats/zarr/array.ts';
import { type RowRange, rowSize } from '../../formats/zarr/grid.ts';
import { readRows } from '../../formats/zarr/read.ts';
import type { AlignedWindow, SideWindow } from './align.ts';
import type { Pairs } from './differ.ts';
import { piecesOf, readOptionsOf, type SeriesView } from './series-view.ts';
import { type Column, columnOf } from './tally.ts';
import { firstNotBelow } from './time-text.ts';

/** One variable in the old and in the new store; null: not there. */
export interface ArrayPair {
  readonly old: ZarrArray | null;
  readonly fresh: ZarrArray | null;
}

/** Rows of one side of a piece, and their values; rows are counted from the first that was read. */
export interface SidePiece {
  readonly times: Float64Array;
  readonly rows: Int32Array;
  readonly column: Column | null;
}

export interface ColumnPiece {
  readonly old: SidePiece;
  readonly fresh: SidePiece;
  readonly both: Pairs;
}

/**
 * The values of one variable in a window, piece by piece in the order of time. A wide one is cut where its chunks end, so that memory
 * is some megabytes or one row of chunks of each store.
 */
export async function* columnsOfWindow(
  arrays: ArrayPair,
  views: { readonly old: SeriesView; readonly fresh: SeriesView },
  window: AlignedWindow,
): AsyncGenerator<ColumnPiece> {
  for (const until of cutsOf(arrays, window)) {
    const [old, fresh] = [partOf(window.old, until), partOf(window.fresh, until)];
    const [a, b] = await Promise.all([
      readSide(views.old, arrays.old, window.old, old),
      readSide(views.fresh, arrays.fresh, window.fresh, fresh),
    ]);
    const { times, old: oldRows, fresh: freshRows } = window.both;
    const [from, to] = [firstNotBelow(times, until.from), firstNotBelow(times, until.to)];
    const both = {
      times: times.subarray(from, to),
      old: moved(oldRows.subarray(from, to), window.old.from - old.from),
      fresh: moved(freshRows.subarray(from, to), window.fresh.from - fresh.from),
    };
    for (const slice of slicesOf({ old: a, fresh: b, both }, Math.max(sizeOf(arrays.old), sizeOf(arrays.fresh)))) {
      await setImmediate();
      yield slice;
    }
  }
}

const moved = (rows: Int32Array, by: number): Int32Array => (by === 0 ? rows : rows.map((row) => row + by));

const sizeOf = (array: ZarrArray | null): number => (array === null ? 0 : rowSize(array));

/** Values that are looked at in one go: some milliseconds, between which heartbeats get their turn. */
const SLICE_VALUES = 100_000;

/** Parts of a piece in the order of time. @param width values of the wider row */
function* slicesOf({ old, fresh, both }: ColumnPiece, width: number): Generator<ColumnPiece> {
  const step = Math.max(1, Math.floor(SLICE_VALUES / Math.max(1, width)));
  const longer = old.times.length >= fresh.times.length ? old.times : fresh.times;
  let [a, b, c] = [0, 0, 0];
  for (let at = 0; at < longer.length; at += step) {
    const until = longer[at + step] ?? Number.POSITIVE_INFINITY;
    const [aEnd, bEnd, cEnd] = [
      firstNotBelow(old.times, until, a),
      firstNotBelow(fresh.times, until, b),
      firstNotBelow(both.times, until, c),
    ];
    yield {
      old: { ...old, times: old.times.subarray(a, aEnd), rows: old.rows.subarray(a, aEnd) },
      fresh: { ...fresh, times: fresh.times.subarray(b, bEnd), rows: fresh.rows.subarray(b, bEnd) },
      both: { times: both.times.subarray(c, cEnd), old: both.old.subarray(c, cEnd), fresh: both.fresh.subarray(c, cEnd) },
    };
    [a, b, c] = [aEnd, bEnd, cEnd];
  }
}

/** Times, from inclusive, to exclusive. */
interface TimeCut {
  readonly from: number;
  readonly to: number;
}

/** Where to cut a window in time: at the ends of pieces of the wider array. */
function cutsOf({ old, fresh }: ArrayPair, window: AlignedWindow): readonly TimeCut[] {
  const isOldWider = old !== null && (fresh === null || rowSize(old) >= rowSize(fresh));
  const [array, side] = isOldWider ? [old, window.old] : [fresh, window.fresh];
  if (array === null) return [];
  const bounds = [...piecesOf(array, side)]
    .slice(1)
    .map(({ from }) => timeFrom(side, from))
    .filter(Number.isFinite);
  const all = [Number.NEGATIVE_INFINITY, ...new Set(bounds), Number.POSITIVE_INFINITY];
  return all.slice(1).map((to, at) => ({ from: all[at] ?? Number.NEGATIVE_INFINITY, to }));
}

/** The time of the first row in order from a row on. */
function timeFrom({ rows, times, from }: SideWindow, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? 0) < row - from) low = middle + 1;
    else high = middle;
  }
  return times[low] ?? Number.POSITIVE_INFINITY;
}

/** The rows of a side whose times are within a cut. */
interface SidePart extends RowRange {
  readonly begin: number;
  readonly end: number;
}

function partOf({ times, rows, from }: SideWindow, cut: TimeCut): SidePart {
  const [begin, end] = [firstNotBelow(times, cut.from), firstNotBelow(times, cut.to)];
  if (begin >= end) return { begin, end: begin, from, to: from };
  return { begin, end, from: from + (rows[begin] ?? 0), to: from + (rows[end - 1] ?? 0) + 1 };
}

async function readSide(
  view: SeriesView,
  array: ZarrArray | null,
  window: SideWindow,
  { begin, end, from, to }: SidePart,
): Promise<SidePiece> {
  const times = window.times.subarray(begin, end);
  const rows = moved(window.rows.subarray(begin, end), window.from - from);
  if (array === null || to <= from) return { times, rows, column: null };
  const values = await readRows(view.store, array, { from, to }, readOptionsOf(view));
  return { times, rows, column: columnOf(array, values, rowSize(array), to - from) };
}
