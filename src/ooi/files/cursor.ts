import { BEFORE, type Rank } from '../order.ts';
import type { OriginRun, SortedSource } from '../series.ts';
import { release } from './release.ts';

/** 512 kB of times. */
const BLOCK_ROWS = 65_536;

/** A place in a source that only goes forward, with a block of its times and origins at hand. */
export class Cursor {
  readonly source: SortedSource;
  /** Position in the list of sources. */
  readonly index: number;
  #times: Float64Array;
  /** Row of the source that the block begins at. */
  #blockFrom = 0;
  /** Position in the block. */
  #at = 0;
  #origins: readonly OriginRun[] = [];
  /** Which origin the place has, and how many rows of it come from here on. */
  #origin = 0;
  #originLeft = 0;
  #head: number;

  private constructor(source: SortedSource, index: number, first: Float64Array) {
    this.source = source;
    this.index = index;
    this.#times = first;
    this.#head = first[0] ?? Number.NaN;
  }

  /** Knows the first time only; `load` fetches a block. */
  static async at(source: SortedSource, index: number): Promise<Cursor> {
    return new Cursor(source, index, await source.times(0, Math.min(1, source.rows)));
  }

  /** Time of the row at the place; NaN behind the block. */
  get head(): number {
    return this.#head;
  }

  /** Row of the source at the place. */
  get row(): number {
    return this.#blockFrom + this.#at;
  }

  get rank(): Rank {
    return this.#origins[this.#origin]?.origin ?? BEFORE;
  }

  get isAtEnd(): boolean {
    return this.row >= this.source.rows;
  }

  /** Behind its block, or its end. */
  get isSpent(): boolean {
    return this.#at >= this.#times.length;
  }

  /** Fetches the block that begins at the place. */
  async load(): Promise<void> {
    const from = this.row;
    const count = Math.min(BLOCK_ROWS, this.source.rows - from);
    const [times, origins] = await Promise.all([this.source.times(from, count), this.source.origins(from, count)]);
    release(this.#times);
    this.#times = times;
    this.#head = times[0] ?? Number.NaN;
    this.#blockFrom = from;
    this.#at = 0;
    this.#origins = origins;
    this.#origin = 0;
    this.#originLeft = origins[0]?.rows ?? 0;
  }

  /** At its end: its block is nobody's any more. */
  close(): void {
    release(this.#times);
  }

  /** How many rows of the block, at most `most`, have a time below `limit`. */
  rowsBelow(limit: number, most: number): number {
    let [low, high] = [this.#at, Math.min(this.#times.length, this.#at + most)];
    if ((this.#times[high - 1] ?? Number.NaN) < limit) return high - this.#at;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Number.NaN) < limit) low = middle + 1;
      else high = middle;
    }
    return low - this.#at;
  }

  /** Goes on by `rows` rows of the block; copies their times where a target is given, and tells their origins. */
  take(rows: number, times: Float64Array, to: number, tell: (rows: number, origin: Rank) => void): void {
    if (rows === 1) times[to] = this.#head;
    else times.set(this.#times.subarray(this.#at, this.#at + rows), to);
    this.#move(rows, tell);
  }

  /** Leaves the row out. */
  skip(): void {
    this.#move(1, () => {});
  }

  #move(rows: number, tell: (rows: number, origin: Rank) => void): void {
    this.#at += rows;
    this.#head = this.#times[this.#at] ?? Number.NaN;
    for (let left = rows; left > 0; ) {
      const part = Math.min(left, this.#originLeft);
      if (part <= 0) throw new Error('A source tells fewer origins than it has rows.');
      tell(part, this.rank);
      left -= part;
      this.#originLeft -= part;
      if (this.#originLeft === 0) this.#originLeft = this.#origins[++this.#origin]?.rows ?? 0;
    }
  }
}
