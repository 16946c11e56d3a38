import { setImmediate } from 'node:timers/promises';
import { compareRanks, type Rank } from '../order.ts';
import { type OriginRun, type SeriesWindow, type SortedSource, WINDOW_ROWS } from '../series.ts';
import { Cursor } from './cursor.ts';
import { doublesToFill, owning } from './release.ts';
import { Runs, windowOf } from './window.ts';

export interface MergeOptions {
  /** Rows of all windows but the last. */
  readonly windowRows?: number;
  readonly signal?: AbortSignal;
}

/** Rows of sources that overlap may alternate one by one; others get their turn after so many steps. */
const STEPS_AT_ONCE = 8192;

const NOBODY: readonly Cursor[] = [];

/**
 * Merges sources by time alone. Of rows with one time the one of the highest rank stays as a whole, of one rank the one of the later source.
 * Only the first time of a source is read before its rows are due, so that memory follows how many overlap, not how many there are.
 */
export async function* mergeSources(
  sources: readonly SortedSource[],
  { windowRows = WINDOW_ROWS, signal }: MergeOptions = {},
): AsyncGenerator<SeriesWindow, void, undefined> {
  const merge = new Merge(await waitingCursors(sources));
  while (!merge.isAtEnd) {
    const window = await merge.next(windowRows, signal);
    if (window.rows > 0) yield windowOf({ ...window, sources });
  }
}

async function waitingCursors(sources: readonly SortedSource[]): Promise<Cursor[]> {
  const cursors: Cursor[] = [];
  for (const [index, source] of sources.entries()) if (source.rows > 0) cursors.push(await Cursor.at(source, index));
  // The next one is taken from the end.
  return cursors.sort((a, b) => b.head - a.head);
}

class Merge {
  readonly #waiting: Cursor[];
  #active: Cursor[] = [];
  /** Some cursor has no block, or a waiting one is due. */
  #isStale = true;

  constructor(waiting: Cursor[]) {
    this.#waiting = waiting;
  }

  get isAtEnd(): boolean {
    return this.#waiting.length === 0 && this.#active.length === 0;
  }

  async next(
    most: number,
    signal: AbortSignal | undefined,
  ): Promise<{ rows: number; times: Float64Array; runs: Runs; origins: readonly OriginRun[] }> {
    const times = doublesToFill(most);
    const runs = new Runs();
    const origins: { rows: number; readonly origin: Rank }[] = [];
    const tell = (rows: number, origin: Rank): void => {
      const last = origins.at(-1);
      if (last !== undefined && (last.origin === origin || compareRanks(last.origin, origin) === 0)) last.rows += rows;
      else origins.push({ rows, origin });
    };
    for (let step = 0; runs.rows < most; step++) {
      if (step % STEPS_AT_ONCE === 0) {
        await setImmediate();
        signal?.throwIfAborted();
      }
      if (this.#isStale && !(await this.#prepare())) break;
      const { cursor, limit, losers } = this.#leader();
      const rows = losers.length > 0 ? 1 : cursor.rowsBelow(limit, most - runs.rows);
      const from = cursor.row;
      cursor.take(rows, times, runs.rows, tell);
      runs.add(cursor.index, from, rows);
      for (const loser of losers) loser.skip();
      const next = this.#waiting.at(-1)?.head ?? Number.POSITIVE_INFINITY;
      this.#isStale = cursor.isSpent || !(cursor.head < next) || losers.some(({ isSpent }) => isSpent);
    }
    return { rows: runs.rows, times: runs.rows === most ? times : owning(times.subarray(0, runs.rows)), runs, origins };
  }

  /** Every active cursor has a block, and whatever begins before the next row is active. False: nothing is left. */
  async #prepare(): Promise<boolean> {
    for (const cursor of this.#active) if (cursor.isAtEnd) cursor.close();
    this.#active = this.#active.filter(({ isAtEnd }) => !isAtEnd);
    for (const cursor of this.#active) if (cursor.isSpent) await cursor.load();
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      const earliest = Math.min(...this.#active.map(({ head }) => head));
      if (next.head > earliest) break;
      this.#waiting.pop();
      await next.load();
      this.#active.push(next);
    }
    return this.#active.length > 0;
  }

  /** Who has the next row, how far it goes before another has one, and who else has a row of that very time. */
  #leader(): { cursor: Cursor; limit: number; losers: readonly Cursor[] } {
    let [cursor] = this.#active;
    if (cursor === undefined) throw new Error('Nothing is left to merge.');
    let limit = this.#waiting.at(-1)?.head ?? Number.POSITIVE_INFINITY;
    let losers = NOBODY;
    for (const other of this.#active) {
      if (other === cursor) continue;
      if (other.head < cursor.head) {
        limit = Math.min(limit, cursor.head);
        losers = NOBODY;
        cursor = other;
      } else if (other.head > cursor.head) limit = Math.min(limit, other.head);
      else if (outranks(other, cursor)) {
        losers = [...losers, cursor];
        cursor = other;
      } else losers = [...losers, other];
    }
    return { cursor, limit, losers };
  }
}

const outranks = (a: Cursor, b: Cursor): boolean => (compareRanks(a.rank, b.rank) || a.index - b.index) > 0;
