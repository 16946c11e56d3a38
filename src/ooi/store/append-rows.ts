import type { Values } from '../../formats/zarr/values.ts';
import { rawBytes, roomFor } from '../../formats/zarr/values.ts';
import { compareRanks } from '../order.ts';
import type { ColumnPlan, OriginRun, SeriesInput, SeriesWindow, SortedSource } from '../series.ts';
import { typeOf, widthOf } from './column-type.ts';
import type { ChangeOptions, Generation } from './contract.ts';
import { firstTimeOf } from './keep-rows.ts';
import { mergeSources } from './rules.ts';
import { firstRowFrom } from './search-time.ts';
import { joined } from './segment.ts';
import { readTimes } from './stored-source.ts';

/** Rows that are merged at most in one append; what touches more is built anew, which needs no more memory for it. */
export const APPEND_ROWS = 10_000_000;

/** The series as it becomes: stored rows up to `from`, merged ones behind. */
export interface MergedRows {
  readonly from: number;
  readonly oldRows: number;
  readonly newRows: number;
  /** Times of rows `from` on, before and after. */
  readonly oldTimes: Float64Array;
  readonly newTimes: Float64Array;
  readonly newOrigins: readonly OriginRun[];
  /** The first row that has another time than before; `oldRows` when rows come only behind. */
  readonly firstShift: number;
  readonly added: number;
  readonly inserted: number;
  /** Rows that exist and have another origin now: where they were, and where they are. Both ascend. */
  readonly contested: { readonly old: readonly number[]; readonly new: readonly number[] };
  /** Whole rows of the series as it becomes. */
  values(column: ColumnPlan, from: number, count: number): Promise<Values>;
}

/** Null: more rows than are appended in place. */
export async function mergedRows(
  generation: Generation,
  stored: (from: number) => SortedSource,
  input: SeriesInput,
  { signal }: ChangeOptions,
): Promise<MergedRows | null> {
  const oldRows = generation.state.length;
  const from = await firstRowFrom(generation, await firstTimeOf([input]));
  const incoming = input.sources.reduce((sum, { rows }) => sum + rows, 0);
  if (oldRows - from + incoming > APPEND_ROWS) return null;
  const tail = stored(from);
  const windows: { readonly begin: number; readonly window: SeriesWindow }[] = [];
  let newRows = from;
  for await (const window of mergeSources([tail, ...input.sources], signal === undefined ? {} : { signal })) {
    signal?.throwIfAborted();
    windows.push({ begin: newRows, window });
    newRows += window.rows;
  }
  const oldTimes = await readTimes(generation.chunks, generation.group, from, oldRows - from);
  const newTimes = new Float64Array(newRows - from);
  for (const { begin, window } of windows) newTimes.set(window.times, begin - from);
  const newOrigins = joined(windows.flatMap(({ window }) => window.origins));
  const oldOrigins = await generation.segments.origins(from, oldRows - from);
  const difference = differenceOf({ from, oldRows, oldTimes, newTimes, oldOrigins, newOrigins });
  const base = stored(0);

  const valuesOf = async (column: ColumnPlan, at: number, count: number): Promise<Values> => {
    const type = typeOf(column);
    const rowBytes = widthOf(column) * type.bytes;
    const parts: { readonly at: number; readonly count: number; readonly read: () => Promise<Values> }[] = [];
    if (at < from) parts.push({ at, count: Math.min(count, from - at), read: () => base.values(column, at, Math.min(count, from - at)) });
    for (const { begin, window } of windows) {
      const [first, end] = [Math.max(at, begin), Math.min(at + count, begin + window.rows)];
      if (first < end) parts.push({ at: first, count: end - first, read: () => window.values(column, first - begin, end - first) });
    }
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only.read();
    const values = roomFor(type, count * widthOf(column));
    const bytes = rawBytes(values);
    for (const part of parts) bytes.set(rawBytes(await part.read()), (part.at - at) * rowBytes);
    return values;
  };
  return { from, oldRows, newRows, oldTimes, newTimes, newOrigins, ...difference, values: valuesOf };
}

/** Two stretches of a series, the second of which has every time of the first. */
export interface Sides {
  readonly from: number;
  readonly oldRows: number;
  readonly oldTimes: Float64Array;
  readonly newTimes: Float64Array;
  readonly oldOrigins: readonly OriginRun[];
  readonly newOrigins: readonly OriginRun[];
}

/** Walks along both sides; every old time is among the new ones. */
export function differenceOf(sides: Sides): Pick<MergedRows, 'firstShift' | 'added' | 'inserted' | 'contested'> {
  const { from, oldRows, oldTimes, newTimes } = sides;
  const [oldOrigin, newOrigin] = [originAt(sides.oldOrigins), originAt(sides.newOrigins)];
  const contested: { readonly old: number[]; readonly new: number[] } = { old: [], new: [] };
  let firstShift = oldRows;
  let inserted = 0;
  let at = 0;
  for (let row = 0; row < newTimes.length; row++) {
    if (at >= oldTimes.length) break;
    if (oldTimes[at] !== newTimes[row]) {
      if (inserted === 0) firstShift = from + row;
      inserted++;
      continue;
    }
    const [before, now] = [oldOrigin(at), newOrigin(row)];
    if (before !== now && (before === undefined || now === undefined || compareRanks(before, now) !== 0)) {
      contested.old.push(from + at);
      contested.new.push(from + row);
    }
    at++;
  }
  return { firstShift, inserted, added: newTimes.length - oldTimes.length - inserted, contested };
}

/** The origin of ascending rows, asked one after the other. */
function originAt(runs: readonly OriginRun[]): (row: number) => OriginRun['origin'] | undefined {
  let run = 0;
  let end = runs[0]?.rows ?? 0;
  return (row) => {
    while (row >= end && run < runs.length) {
      run++;
      end += runs[run]?.rows ?? 0;
    }
    return runs[run]?.origin;
  };
}
