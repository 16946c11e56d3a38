import { isFailure } from '../../errors.ts';
import { rowsOf } from '../../formats/zarr/grid.ts';
import { formatCount, formatItems } from '../../observe/counts.ts';
import { addTimes, type Gap, gapsOf, newTimeTally, type TimeTally } from '../report/intervals.ts';
import { readTimes, type SeriesView, timeArrayOf } from '../report/series-view.ts';
import { timeText } from '../report/time-text.ts';
import { rowsTogether } from '../series.ts';
import type { Findings } from './findings.ts';
import type { WrittenFile } from './written.ts';

export interface CheckedTimes {
  readonly rows: number;
  /** Seconds since 1900; NaN for a store without any. */
  readonly first: number;
  readonly last: number;
  readonly gaps: readonly Gap[];
}

/**
 * Reads all times: each must be there and above the one before, at the ends as well; and the first and last time of every file that was
 * stored must be among them: no row is ever taken out of a store. Memory: one window, and two numbers for each file.
 */
export async function checkTimes(
  view: SeriesView,
  files: readonly WrittenFile[],
  findings: Findings,
  signal?: AbortSignal,
): Promise<CheckedTimes> {
  const tally = newTimeTally();
  const time = timeArrayOf(view);
  const rows = rowsOf(time);
  const wanted = new WantedTimes(files);
  const step = rowsTogether(time.chunks[0] ?? 1);
  for (let from = 0; from < rows; from += step) {
    signal?.throwIfAborted();
    const times = await timesFrom(view, from, Math.min(rows, from + step), findings);
    if (times === null) continue;
    for (const [where, row] of [['first', 0] as const, ['last', rows - 1] as const]) {
      if (row >= from && row < from + times.length && Number.isNaN(times[row - from]))
        findings.add('no_time_at_end', `the ${where} row, ${row}`);
    }
    for (const at of addTimes(tally, times)) wanted.meet(times[at] ?? 0);
  }
  reportTimes(tally, findings);
  for (const { file, time: missed } of wanted.missed()) findings.add('gap_against_record', `${timeText(missed)} of ${file}`);
  return { rows, first: tally.first, last: tally.last, gaps: gapsOf(tally) };
}

/** Null where a chunk of times cannot be read, which the check of chunks says too. */
async function timesFrom(view: SeriesView, from: number, to: number, findings: Findings): Promise<Float64Array | null> {
  try {
    return await readTimes(view, { from, to });
  } catch (error) {
    if (!isFailure(error, 'damaged_chunk', 'missing_chunk')) throw error;
    findings.add('chunk_damaged', `rows ${from} to ${to - 1} of time: ${error.happened}`);
    return null;
  }
}

function reportTimes({ notTimes, repeated, backwards, misplaced }: TimeTally, findings: Findings): void {
  if (notTimes > 0) findings.add('no_time', formatItems(notTimes, 'row'), notTimes);
  if (repeated + backwards === 0) return;
  const parts = `${formatItems(repeated, 'time')} repeated, ${formatCount(backwards)} going backwards, from row ${misplaced[0] ?? 0} on`;
  findings.add('doubled', parts, repeated + backwards);
}

/** Times that must come by as times are read in ascending order. */
class WantedTimes {
  readonly #wanted: readonly { readonly time: number; readonly file: string }[];
  readonly #missed: { readonly time: number; readonly file: string }[] = [];
  #next = 0;

  constructor(files: readonly WrittenFile[]) {
    const times = files.flatMap(({ name, firstTime, lastTime }) => [firstTime, lastTime].map((time) => ({ time, file: name })));
    this.#wanted = times.sort((a, b) => a.time - b.time);
  }

  meet(time: number): void {
    for (let next = this.#wanted[this.#next]; next !== undefined && next.time <= time; next = this.#wanted[++this.#next]) {
      if (next.time < time) this.#missed.push(next);
    }
  }

  missed(): readonly { readonly time: number; readonly file: string }[] {
    return [...this.#missed, ...this.#wanted.slice(this.#next)];
  }
}
