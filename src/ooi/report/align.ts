import { type RowRange, rowsOf } from '../../formats/zarr/grid.ts';
import { rowsTogether } from '../series.ts';
import { addTimes, newTimeTally, type TimeTally } from './intervals.ts';
import { readTimes, type SeriesView, timeArrayOf } from './series-view.ts';
import { firstNotBelow } from './time-text.ts';

/** A stretch of one store: rows `from` to `to - 1`, of which those in order are named. */
export interface SideWindow extends RowRange {
  /** Ascending, seconds since 1900. */
  readonly times: Float64Array;
  /** Rows of `times`, counted from `from`. A row that is not in order (a time repeated, backwards or missing) is not among them. */
  readonly rows: Int32Array;
}

/** The rows that two stores have for one stretch of time, each window behind the one before. */
export interface AlignedWindow {
  readonly old: SideWindow;
  readonly fresh: SideWindow;
  /** Rows with one time, counted from `from` of each side. */
  readonly both: { readonly times: Float64Array; readonly old: Int32Array; readonly fresh: Int32Array };
}

/** Rows of a window where chunks of times are larger than ours: as many as 100 MB of doubles, the widest chunk in use. */
const MOST_ROWS = 12_500_000;

export interface Alignment {
  /** Complete when the windows have been read to their end. */
  readonly old: TimeTally;
  readonly fresh: TimeTally;
  windows(): AsyncGenerator<AlignedWindow>;
}

/** Reads two stores side by side in the order of time. Memory: the times of one window each. */
export function alignSeries(old: SeriesView, fresh: SeriesView, windowRows?: number): Alignment {
  const sides = { old: newTimeTally(), fresh: newTimeTally() };
  const side = (view: SeriesView, tally: TimeTally) => new Side(view, windowRows ?? defaultRows(view), tally);
  return { ...sides, windows: () => windowsOf(side(old, sides.old), side(fresh, sides.fresh)) };
}

const defaultRows = (view: SeriesView): number => Math.min(MOST_ROWS, rowsTogether(timeArrayOf(view).chunks[0] ?? 1));

async function* windowsOf(old: Side, fresh: Side): AsyncGenerator<AlignedWindow> {
  for (;;) {
    await Promise.all([old.fill(), fresh.fill()]);
    const until = Math.min(old.reach(), fresh.reach());
    const [a, b] = [old.take(until), fresh.take(until)];
    if (a.to > a.from || b.to > b.from) yield { old: a, fresh: b, both: pairsOf(a, b) };
    if (old.isDone() && fresh.isDone()) return;
  }
}

function pairsOf(old: SideWindow, fresh: SideWindow): AlignedWindow['both'] {
  const most = Math.min(old.times.length, fresh.times.length);
  const found = { times: new Float64Array(most), old: new Int32Array(most), fresh: new Int32Array(most) };
  let count = 0;
  for (let a = 0, b = 0; a < old.times.length && b < fresh.times.length; ) {
    const [one, other] = [old.times[a] ?? 0, fresh.times[b] ?? 0];
    if (one === other) {
      found.times[count] = one;
      found.old[count] = old.rows[a] ?? 0;
      found.fresh[count++] = fresh.rows[b] ?? 0;
    }
    if (one <= other) a++;
    if (other <= one) b++;
  }
  return { times: found.times.subarray(0, count), old: found.old.subarray(0, count), fresh: found.fresh.subarray(0, count) };
}

/** The rows of one store that were read and not yet given out. */
class Side {
  readonly #view: SeriesView;
  readonly #rows: number;
  readonly #windowRows: number;
  readonly #tally: TimeTally;
  #next = 0;
  /** The row that `#times` and `#at` count from, and the one behind them. */
  #from = 0;
  #times: Float64Array = new Float64Array(0);
  #at: Int32Array = new Int32Array(0);

  constructor(view: SeriesView, windowRows: number, tally: TimeTally) {
    this.#view = view;
    this.#rows = rowsOf(timeArrayOf(view));
    this.#windowRows = windowRows;
    this.#tally = tally;
  }

  /** Until there is something to give, or no more. */
  async fill(): Promise<void> {
    while (this.#times.length === 0 && this.#next < this.#rows) {
      const to = Math.min(this.#rows, this.#next + this.#windowRows);
      const times = await readTimes(this.#view, { from: this.#next, to });
      const at = addTimes(this.#tally, times);
      this.#from = this.#next;
      this.#next = to;
      this.#at = at;
      this.#times = at.length === times.length ? times : Float64Array.from(at, (row) => times[row] ?? 0);
    }
  }

  /** The time up to which all rows are here. */
  reach(): number {
    return this.#next >= this.#rows ? Number.POSITIVE_INFINITY : (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY);
  }

  isDone(): boolean {
    return this.#times.length === 0 && this.#next >= this.#rows;
  }

  /** Rows up to a time, that time included. */
  take(until: number): SideWindow {
    const isAll = this.#times.length === 0 || (this.#times.at(-1) ?? 0) <= until;
    const count = isAll ? this.#times.length : firstAbove(this.#times, until);
    const times = this.#times.subarray(0, count);
    const end = isAll ? this.#next : this.#from + (this.#at[count] ?? 0);
    const begin = this.#from + (this.#at[0] ?? 0);
    const offset = this.#at[0] ?? 0;
    const rows = movedBack(this.#at.subarray(0, count), offset);
    const left = end - this.#from;
    this.#times = this.#times.subarray(count);
    this.#at = movedBack(this.#at.subarray(count), left);
    this.#from = end;
    return count === 0 ? { from: end, to: end, times, rows } : { from: begin, to: end, times, rows };
  }
}

const movedBack = (rows: Int32Array, by: number): Int32Array => (by === 0 ? rows : rows.map((row) => row - by));

function firstAbove(times: Float64Array, bound: number): number {
  const at = firstNotBelow(times, bound);
  return times[at] === bound ? at + 1 : at;
}
