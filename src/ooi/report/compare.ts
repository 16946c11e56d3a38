import type { ZarrArray } from '../../formats/zarr/array.ts';
import { rowSize, rowsOf } from '../../formats/zarr/grid.ts';
import { type AlignedWindow, alignSeries } from './align.ts';
import { columnsOfWindow } from './column-pieces.ts';
import type { Comparison, PeriodRows, RowCounts, SideSummary, VariableComparison } from './comparison.ts';
import { attributeChanges } from './form.ts';
import { gapsOf, type TimeTally, usualInterval } from './intervals.ts';
import { Envelopes } from './picture/envelope.ts';
import { arraysOnTime, readTimes, type SeriesView, sharedWidth, timeArrayOf } from './series-view.ts';
import { firstNotBelow, monthRuns } from './time-text.ts';
import { VariableTally } from './variable-tally.ts';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  /** Told after each window how many rows of the old and the new store have been read. */
  readonly onProgress?: (rows: { readonly old: number; readonly new: number }) => void;
  /** Columns of the pictures; default 900. */
  readonly pixels?: number;
  readonly windowRows?: number;
}

export interface Compared {
  readonly comparison: Comparison;
  /** What the pictures are drawn from. */
  readonly envelopes: Envelopes;
}

/**
 * Compares two stores of one series, by time: every value of every array. Memory: one window of one array of each at a time, and per
 * array some counts for each month.
 *
 * @throws {Failure} `no_time`, `bad_time_units`, and as reading does (`damaged_chunk`, `missing_chunk`)
 */
export async function compareStores(old: SeriesView, fresh: SeriesView, options: CompareOptions = {}): Promise<Compared> {
  const envelopes = new Envelopes(await extentOf(old, fresh), options.pixels ?? 900);
  const variables = variablesOf(old, fresh);
  const aligned = alignSeries(old, fresh, options.windowRows);
  const late = new LateRows();
  const periods = new Map<string, { both: number; old: number; new: number }>();
  for await (const window of aligned.windows()) {
    options.signal?.throwIfAborted();
    countRows(periods, window);
    late.add(window);
    envelopes.addTimes('old', window.old.times);
    envelopes.addTimes('new', window.fresh.times);
    for (const variable of variables) {
      options.signal?.throwIfAborted();
      for await (const piece of columnsOfWindow(variable.arrays, { old, fresh }, window)) variable.tally.add(piece, envelopes);
    }
    options.onProgress?.({ old: window.old.to, new: window.fresh.to });
  }
  const rows = [...periods].sort(([a], [b]) => (a < b ? -1 : 1)).map(periodRows);
  const comparison = {
    old: summaryOf(aligned.old),
    new: summaryOf(aligned.fresh),
    rows: { ...rows.reduce(addRows, { both: 0, onlyOld: 0, onlyNew: 0 }), late: late.count },
    periods: rows,
    attributes: attributeChanges(old.group.attributes, fresh.group.attributes),
    variables: [...variables.map(({ tally }) => tally.result()), ...unread(old, fresh)].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  return { comparison, envelopes };
}

function variablesOf(old: SeriesView, fresh: SeriesView) {
  const sides = { old: byName(old), fresh: byName(fresh) };
  const names = [...new Set([...sides.old.keys(), ...sides.fresh.keys()])].filter((name) => name !== 'time' && !isUnread(name, old, fresh));
  return names.sort().map((name) => {
    const arrays = { old: sides.old.get(name) ?? null, fresh: sides.fresh.get(name) ?? null };
    const width = arrays.old === null || arrays.fresh === null ? 0 : sharedWidth(arrays.old, arrays.fresh);
    return { arrays, tally: new VariableTally(name, arrays, width) };
  });
}

const byName = (view: SeriesView): ReadonlyMap<string, ZarrArray> =>
  new Map(
    arraysOnTime(view)
      .filter((array) => rowSize(array) > 0)
      .map((array) => [array.name, array]),
  );

const isUnread = (name: string, ...views: readonly SeriesView[]): boolean => views.some(({ group }) => group.unread?.has(name) === true);

function unread(...views: readonly SeriesView[]): readonly VariableComparison[] {
  const names = new Set(views.flatMap(({ group }) => [...(group.unread?.keys() ?? [])]));
  return [...names].map((name) => ({ ...new VariableTally(name, { old: null, fresh: null }, 0).result(), state: 'unread' }));
}

/** From the earliest to the latest of the ends of both; a store whose times go backwards may reach a little beyond. */
async function extentOf(...views: readonly SeriesView[]): Promise<readonly [from: number, to: number]> {
  const ends = await Promise.all(
    views.map(async (view) => {
      const rows = rowsOf(timeArrayOf(view));
      if (rows === 0) return [];
      const [first, last] = [await readTimes(view, { from: 0, to: 1 }), await readTimes(view, { from: rows - 1, to: rows })];
      return [...first, ...last].filter(Number.isFinite);
    }),
  );
  const times = ends.flat();
  return times.length === 0 ? [0, 1] : [Math.min(...times), Math.max(...times)];
}

function countRows(periods: Map<string, { both: number; old: number; new: number }>, { old, fresh, both }: AlignedWindow): void {
  const add = (what: 'both' | 'old' | 'new', times: Float64Array): void => {
    for (const { month, from, to } of monthRuns(times)) {
      const counts = periods.get(month) ?? { both: 0, old: 0, new: 0 };
      counts[what] += to - from;
      periods.set(month, counts);
    }
  };
  add('both', both.times);
  add('old', old.times);
  add('new', fresh.times);
}

const periodRows = ([period, counts]: readonly [string, { both: number; old: number; new: number }]): PeriodRows => ({
  period,
  both: counts.both,
  onlyOld: counts.old - counts.both,
  onlyNew: counts.new - counts.both,
});

const addRows = (a: RowCounts, b: RowCounts): RowCounts => ({
  both: a.both + b.both,
  onlyOld: a.onlyOld + b.onlyOld,
  onlyNew: a.onlyNew + b.onlyNew,
});

export const summaryOf = (tally: TimeTally): SideSummary => ({
  rows: tally.rows,
  first: Number.isNaN(tally.first) ? null : tally.first,
  last: Number.isNaN(tally.last) ? null : tally.last,
  misplaced: { notTimes: tally.notTimes, repeated: tally.repeated, backwards: tally.backwards },
  usualInterval: usualInterval(tally),
  gaps: gapsOf(tally),
});

/** Rows that only the new store has, before the last row of the old one. */
class LateRows {
  count = 0;
  #onlyNew = 0;

  add({ old, fresh, both }: AlignedWindow): void {
    const last = old.times.at(-1);
    if (last !== undefined) this.count = this.#onlyNew + firstNotBelow(fresh.times, last) - firstNotBelow(both.times, last);
    this.#onlyNew += fresh.times.length - both.times.length;
  }
}
