import { Failure } from '../../../errors.ts';
import { rowSize, rowsOf } from '../../../formats/zarr/grid.ts';
import { readRows } from '../../../formats/zarr/read.ts';
import { formatCount, formatItems } from '../../../observe/counts.ts';
import { rowsTogether } from '../../series.ts';
import type { SideSummary, ValueSummary } from '../comparison.ts';
import { addTimes, gapsOf, newTimeTally, type TimeTally, usualInterval } from '../intervals.ts';
import { arraysOnTime, piecesOf, readOptionsOf, readTimes, type SeriesView, timeArrayOf } from '../series-view.ts';
import { columnOf, newValueTally, tallyValues } from '../tally.ts';
import { timeText } from '../time-text.ts';
import { valuesOf } from '../variable-tally.ts';
import { drawChart, PLOT_WIDTH } from './chart.ts';
import { Envelopes } from './envelope.ts';

export interface SeriesPicture {
  /** SVG, 900 pixels wide. */
  readonly svg: string;
  readonly series: Pick<SideSummary, 'rows' | 'first' | 'last' | 'gaps' | 'usualInterval'>;
  readonly values: ValueSummary;
}

export interface PlotOptions {
  /** Default: the variable's `long_name`. */
  readonly title?: string;
  readonly signal?: AbortSignal;
}

/**
 * One variable over time with its gaps. Of a row with several values the least and the greatest are drawn. Memory: one piece at a time.
 *
 * @throws {Failure} `no_variable`, `no_time`, `bad_time_units`, and as reading does
 */
export async function plotSeries(view: SeriesView, variable: string, { title, signal }: PlotOptions = {}): Promise<SeriesPicture> {
  const array = arraysOnTime(view).find(({ name, type }) => name === variable && type.kind !== 'text') ?? noVariable(view, variable);
  const tally = await timesOf(view, signal);
  const [first, last] = Number.isNaN(tally.first) ? [0, 1] : [tally.first, tally.last];
  const envelopes = new Envelopes([first, last], PLOT_WIDTH);
  const values = newValueTally();
  for (const piece of piecesOf(array, { from: 0, to: rowsOf(array) })) {
    signal?.throwIfAborted();
    const times = await readTimes(view, piece);
    const column = columnOf(array, await readRows(view.store, array, piece, readOptionsOf(view)), rowSize(array), piece.to - piece.from);
    const rows = Int32Array.from(times.keys()).filter((row) => Number.isFinite(times[row]));
    const timed = rows.length === times.length ? times : Float64Array.from(rows, (row) => times[row] ?? 0);
    envelopes.addTimes('new', timed);
    envelopes.addValues(variable, 'new', timed, rows, column);
    tallyValues(values, column, rows, 0, rows.length);
  }
  const gaps = gapsOf(tally);
  const { long_name: longName, units } = array.attributes;
  const width = rowSize(array);
  const named = typeof units === 'string' && units !== '' ? `${variable} [${units}]` : variable;
  const thinned = envelopes.of(variable);
  const svg = drawChart({
    title: title ?? (typeof longName === 'string' ? longName : variable),
    extent: [first, last],
    panels: [
      {
        title: width > 1 ? `${named}, least to greatest of ${width}` : named,
        note: `${formatItems(tally.rows, 'row')}, ${shortTime(first, last - first)} to ${shortTime(last, last - first)}, ${formatItems(gaps.length, 'gap')}${values.missing === 0 ? '' : `, ${formatCount(values.missing)} values missing`}`,
        lines: thinned === null ? [] : [{ name: 'new', envelope: thinned.new, rows: envelopes.rows.new, gaps }],
        marks: null,
      },
    ],
    strips: [],
    gaps,
  });
  const ends = Number.isNaN(tally.first) ? { first: null, last: null } : { first, last };
  return { svg, series: { rows: tally.rows, ...ends, gaps, usualInterval: usualInterval(tally) }, values: valuesOf(values) };
}

const shortTime = (time: number, span: number): string =>
  timeText(time)
    .slice(0, span < 2 * 86_400 ? 16 : 10)
    .replace('T', ' ');

/** All times of a store, in windows. */
export async function timesOf(view: SeriesView, signal?: AbortSignal): Promise<TimeTally> {
  const tally = newTimeTally();
  const time = timeArrayOf(view);
  const step = rowsTogether(time.chunks[0] ?? 1);
  for (let from = 0; from < rowsOf(time); from += step) {
    signal?.throwIfAborted();
    addTimes(tally, await readTimes(view, { from, to: Math.min(rowsOf(time), from + step) }));
  }
  return tally;
}

function noVariable(view: SeriesView, variable: string): never {
  const names = arraysOnTime(view).flatMap(({ name, type }) => (type.kind === 'text' || name === 'time' ? [] : [name]));
  throw new Failure({
    kind: 'stop',
    code: 'no_variable',
    happened: `The store has no numbers on time that are called ${JSON.stringify(variable.slice(0, 100))}`,
    expected: `one of ${names.slice(0, 40).join(', ')}${names.length > 40 ? ', …' : ''}`,
  });
}
