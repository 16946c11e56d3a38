import type { ZarrArray } from '../../formats/zarr/array.ts';
import { rowSize } from '../../formats/zarr/grid.ts';
import { readRows } from '../../formats/zarr/read.ts';
import type { Values } from '../../formats/zarr/values.ts';
import { formatItems } from '../../observe/counts.ts';
import { compareBytes } from '../order.ts';
import { type ChangedValue, type ChangeTally, compareColumns, newChangeTally, type Pairs } from '../report/differ.ts';
import { arraysOnTime, readOptionsOf, readTimes, type SeriesView } from '../report/series-view.ts';
import { columnOf } from '../report/tally.ts';
import { timeText } from '../report/time-text.ts';
import type { OriginRun, SeriesPlan, SeriesWindow } from '../series.ts';
import { type Finding, Findings } from './findings.ts';
import { rowsWithin } from './row-search.ts';
import type { Slab } from './slabs.ts';
import type { WrittenRecord } from './written.ts';

export interface SlabComparison {
  readonly store: SeriesView;
  /** Null where nothing is known of rows: then all are judged. */
  readonly record: Pick<WrittenRecord, 'origins'> | null;
  /** Of the store. */
  readonly plan: SeriesPlan;
  readonly slab: Pick<Slab, 'from' | 'to'>;
  /** What the facility has for the slab: unique rows in ascending order of time, values as the plan wants them. */
  readonly fetched: AsyncIterable<SeriesWindow>;
  /** When the facility was asked, ISO 8601 UTC. A row of a later request may rightly be another, and is not judged. */
  readonly fetchedAt: string;
  /** Seconds since 1900: rows from here on are still asked for with every append, so what is different there is not yet a finding. */
  readonly settledUntil?: number;
  readonly signal?: AbortSignal;
}

export interface ComparedSlab {
  readonly from: number;
  readonly to: number;
  /** Rows at times that both have; that only the store has; that only the facility has. */
  readonly rows: { readonly both: number; readonly extra: number; readonly missing: number };
  /** Rows that were not judged: of a later request than what was fetched, or not settled. */
  readonly passed: { readonly newer: number; readonly unsettled: number };
  readonly variables: readonly DifferentVariable[];
  readonly findings: readonly Finding[];
}

export interface DifferentVariable {
  readonly name: string;
  readonly values: number;
  readonly rows: number;
  /** `old` is what the store has, `new` what the facility gives. */
  readonly largest: ChangedValue | null;
  readonly first: readonly ChangedValue[];
}

/** Compares rows of a stretch of the store with what the facility gives for it. Memory: one window. */
export async function compareSlab(comparison: SlabComparison): Promise<ComparedSlab> {
  const { store, plan, slab, fetched, signal } = comparison;
  const range = await rowsWithin(store, slab.from, slab.to);
  const arrays = new Map(arraysOnTime(store).map((array) => [array.name, array]));
  const judge = new Judge(comparison);
  let row = range.from;
  for await (const window of fetched) {
    signal?.throwIfAborted();
    const end = window.times.at(-1);
    if (end === undefined) continue;
    const next = Math.min(range.to, Math.max(row, (await rowsWithin(store, slab.from, Math.min(end, slab.to))).to));
    const side = await storeRows(comparison, row, next);
    const pairs = judge.addRows(side, window.times);
    for (const column of plan.columns) {
      const array = arrays.get(column.name);
      if (array === undefined || !column.isOnTime || column.name === 'time') continue;
      const read = (from: number, count: number): Promise<Values> => window.values(column, from, count);
      await comparePieces(store, array, row, read, pairs, judge.of(column.name));
    }
    row = next;
  }
  judge.addRows(await storeRows(comparison, row, range.to), new Float64Array(0));
  return judge.result();
}

interface StoreRows {
  readonly times: Float64Array;
  readonly origins: readonly OriginRun[] | null;
}

const storeRows = async ({ store, record }: SlabComparison, from: number, to: number): Promise<StoreRows> => ({
  times: from < to ? await readTimes(store, { from, to }) : new Float64Array(0),
  origins: from < to && record !== null ? await record.origins(from, to - from) : null,
});

/** Values compared at a time. */
const PIECE_VALUES = 1_000_000;

/** @param row the store's row that `pairs.old` counts from */
async function comparePieces(
  store: SeriesView,
  array: ZarrArray,
  row: number,
  read: (from: number, count: number) => Promise<Values>,
  pairs: Pairs,
  tally: ChangeTally,
): Promise<void> {
  const width = rowSize(array);
  const step = Math.max(1, Math.floor(PIECE_VALUES / Math.max(1, width)));
  for (let from = 0; from < pairs.times.length; from += step) {
    const to = Math.min(pairs.times.length, from + step);
    const [a, b] = [pairs.old.subarray(from, to), pairs.fresh.subarray(from, to)];
    const [aFirst, aLast, bFirst, bLast] = [a[0] ?? 0, a.at(-1) ?? 0, b[0] ?? 0, b.at(-1) ?? 0];
    const stored = await readRows(store.store, array, { from: row + aFirst, to: row + aLast + 1 }, readOptionsOf(store));
    const given = await read(bFirst, bLast - bFirst + 1);
    const piece = { times: pairs.times.subarray(from, to), old: a.map((one) => one - aFirst), fresh: b.map((one) => one - bFirst) };
    compareColumns(tally, columnOf(array, stored, width, aLast - aFirst + 1), columnOf(array, given, width, bLast - bFirst + 1), piece, {
      from: 0,
      to: to - from,
      width,
    });
  }
}

/** Decides which rows count, and keeps the counts. */
class Judge {
  readonly #comparison: SlabComparison;
  readonly #findings = new Findings();
  readonly #tallies = new Map<string, ChangeTally>();
  readonly #rows = { both: 0, extra: 0, missing: 0 };
  readonly #passed = { newer: 0, unsettled: 0 };

  constructor(comparison: SlabComparison) {
    this.#comparison = comparison;
  }

  of(name: string): ChangeTally {
    const tally = this.#tallies.get(name) ?? newChangeTally();
    this.#tallies.set(name, tally);
    return tally;
  }

  /** Rows of both sides for one stretch of time; the pairs whose values are to be compared, counted from the first row of each. */
  addRows({ times, origins }: StoreRows, given: Float64Array): Pairs {
    const { slab, settledUntil = Number.POSITIVE_INFINITY } = this.#comparison;
    const isNewer = newerRows(origins, times.length, this.#comparison.fetchedAt);
    const pairs: { readonly times: number[]; readonly old: number[]; readonly fresh: number[] } = { times: [], old: [], fresh: [] };
    for (let a = 0, b = 0; a < times.length || b < given.length; ) {
      const [one, other] = [times[a] ?? Number.POSITIVE_INFINITY, given[b] ?? Number.POSITIVE_INFINITY];
      const time = Math.min(one, other);
      const isUnsettled = time >= settledUntil;
      if (time >= slab.from && time <= slab.to) {
        if (one <= other && isNewer[a] === 1) this.#passed.newer++;
        else if (isUnsettled) this.#passed.unsettled++;
        else if (one === other) {
          this.#rows.both++;
          pairs.times.push(time);
          pairs.old.push(a);
          pairs.fresh.push(b);
        } else this.#alone(one < other ? 'extra' : 'missing', time);
      }
      if (one <= other) a++;
      if (other <= one) b++;
    }
    return { times: Float64Array.from(pairs.times), old: Int32Array.from(pairs.old), fresh: Int32Array.from(pairs.fresh) };
  }

  #alone(side: 'extra' | 'missing', time: number): void {
    this.#rows[side]++;
    this.#findings.add(side === 'extra' ? 'row_extra' : 'row_missing', timeText(time));
  }

  result(): ComparedSlab {
    const variables: DifferentVariable[] = [];
    for (const [name, { changed, appeared, vanished, rows, largest, first }] of this.#tallies) {
      const values = changed + appeared + vanished;
      if (values === 0) continue;
      variables.push({ name, values, rows, largest, first });
      const [example] = first;
      const at =
        example === undefined
          ? ''
          : `, first at ${timeText(example.time)}: stored ${example.old ?? 'missing'}, facility ${example.new ?? 'missing'}`;
      this.#findings.add('value_differs', `${formatItems(values, 'value')} of ${name}${at}`, values);
    }
    const { from, to } = this.#comparison.slab;
    return { from, to, rows: { ...this.#rows }, passed: { ...this.#passed }, variables, findings: this.#findings.result() };
  }
}

/** 1 for rows of a request that was made after the facility was asked. */
function newerRows(origins: readonly OriginRun[] | null, rows: number, fetchedAt: string): Uint8Array {
  const newer = new Uint8Array(rows);
  let at = 0;
  for (const { rows: count, origin } of origins ?? []) {
    if (compareBytes(origin.requestedAt, fetchedAt) > 0) newer.fill(1, at, at + count);
    at += count;
  }
  return newer;
}
