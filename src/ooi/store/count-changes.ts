import { type ColumnPlan, type SeriesWindow, WINDOW_ROWS } from '../series.ts';
import { differenceOf } from './append-rows.ts';
import { changedRows } from './changed-rows.ts';
import type { AppendCounts, Generation } from './contract.ts';
import { planOf } from './rules.ts';
import { readTimes, storedSource } from './stored-source.ts';

/** Counts what rows that are written anew are against those of an older generation, window after window. */
export interface ChangeCount {
  /** The next window; `from`: its first row. */
  see(window: SeriesWindow, from: number): Promise<void>;
  counts(): AppendCounts;
}

/** @param columns on time, as they become @param from rows of the older generation that are taken over uncounted */
export function changesAgainst(base: Generation | null, columns: readonly ColumnPlan[], from: number): ChangeCount {
  let [at, added, corrected, inserted] = [from, 0, 0, 0];
  const stored = base === null ? null : storedSource({ ...base, plan: planOf(base.state.notes) }, 0);
  return {
    async see(window, begin) {
      if (base === null || stored === null) {
        added += window.rows;
        return;
      }
      const { length, lastTime } = base.state;
      const last = window.times.at(-1) ?? Number.NEGATIVE_INFINITY;
      const oldTimes = (await readTimes(base.chunks, base.group, at, Math.min(window.rows, length - at))).filter((time) => time <= last);
      const oldOrigins = await base.segments.origins(at, oldTimes.length);
      const sides = { from: 0, oldRows: oldTimes.length, oldTimes, newTimes: window.times, oldOrigins, newOrigins: window.origins };
      const { contested } = differenceOf(sides);
      const moved = { old: contested.old.map((row) => row + at), new: contested.new.map((row) => row + begin) };
      const values = (column: ColumnPlan, row: number, count: number) => window.values(column, row - begin, count);
      corrected += (await changedRows(columns, stored, { contested: moved, values }, () => WINDOW_ROWS)).corrected;
      const behind = window.times.reduce((count, time) => count + (lastTime === null || time > lastTime ? 1 : 0), 0);
      added += behind;
      inserted += window.rows - oldTimes.length - behind;
      at += oldTimes.length;
    },
    counts: () => ({ added, corrected, inserted }),
  };
}
