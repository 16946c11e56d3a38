import { type Cells, isText, newCells, numbers, type Source, texts, timeOf } from './cells.ts';
import type { Column, NumberColumn, NumberType, TextColumn } from './columns.ts';
import { type FilePlan, filesOf, type RequestSeed } from './files.ts';
import type { SeriesOptions } from './options.ts';
import { type PlannedColumn, planOf } from './plan.ts';
import type { Stream } from './stream.ts';

export interface ExpectedColumn {
  /** As numpy writes it: `<f8`, `|S2`. */
  readonly type: NumberType | `|S${number}`;
  readonly fill: number | null;
  readonly isOnTime: boolean;
  readonly inner: { readonly name: string; readonly size: number } | null;
  /** In C order; texts as fixed-length bytes padded with NUL. */
  readonly values: Cells | Buffer;
}

/** What a store must hold. */
export interface ExpectedSeries {
  readonly rows: number;
  /** Strictly ascending seconds since 1900. */
  readonly time: Float64Array;
  /** All arrays, `time` among them. */
  readonly columns: ReadonlyMap<string, ExpectedColumn>;
  /** Rows with a usable time in all files that can be read. */
  readonly rowsRead: number;
  /** Rows without one. */
  readonly dropped: number;
}

/** A file that is read, and which of its rows stand where in the store. */
interface Part {
  readonly plan: FilePlan;
  readonly source: Source;
  /** Of rows that stay: position in the store, position in the file. */
  readonly to: number[];
  readonly from: number[];
}

/**
 * The rows that a store holds after these requests, whatever order they were processed in (specification 7.5): files that cannot be read are
 * left out, the last row of a time wins, rows ascend.
 * @param requests older first.
 */
export function expectedRows(options: SeriesOptions, stream: Stream, requests: readonly RequestSeed[]): ExpectedSeries {
  const parts: Part[] = requests
    .flatMap((request) => readableFiles(options, stream, request))
    .map((plan) => ({ plan, source: { streamKey: stream.key, deployment: plan.deployment }, to: [], from: [] }));
  const { times, rowsRead, dropped } = winners(parts);
  const time: ExpectedColumn = { type: '<f8', fill: null, isOnTime: true, inner: null, values: times };
  const columns = new Map<string, ExpectedColumn>(parts.length === 0 ? [] : [['time', time]]);
  for (const name of new Set(parts.flatMap(({ plan }) => plan.columns.map((column) => column.name)))) {
    const column = columns.get(name) ?? columnOf(name, parts, times.length);
    if (column !== null) columns.set(name, column);
    const { inner } = column ?? {};
    if (inner !== undefined && inner !== null) columns.set(inner.name, coordinate(inner.size));
  }
  return { rows: times.length, time: times, columns, rowsRead, dropped };
}

/** The data files of a request that a reader can make something of, in their order. */
export function readableFiles(options: SeriesOptions, stream: Stream, request: RequestSeed): readonly FilePlan[] {
  if (['aggregation_failed', 'no_data', 'empty_catalog'].includes(request.outcome)) return [];
  const all = filesOf(options, stream, request);
  const there = request.outcome === 'some_failed' && all.length > 1 ? all.slice(0, -1) : all;
  return there.filter(({ defect }) => defect === null || defect === 'other_epoch');
}

/** Fills in which rows stay. */
function winners(parts: readonly Part[]) {
  const last = new Map<number, { readonly part: Part; readonly position: number }>();
  let [rowsRead, dropped] = [0, 0];
  for (const part of parts) {
    part.plan.rows.forEach((row, position) => {
      if (row.bad !== null) dropped += 1;
      else {
        rowsRead += 1;
        last.set(timeOf(row), { part, position });
      }
    });
  }
  const times = Float64Array.from(last.keys()).sort();
  times.forEach((time, index) => {
    const winner = last.get(time);
    winner?.part.to.push(index);
    winner?.part.from.push(winner.position);
  });
  return { times, rowsRead, dropped };
}

function columnOf(name: string, parts: readonly Part[], rows: number): ExpectedColumn | null {
  const having = parts.flatMap((part) => part.plan.columns.filter((column) => column.name === name).map((column) => ({ ...part, column })));
  const plan = planOf(
    name,
    having.map(({ column, source, plan: { rows: all } }) => ({
      column,
      longestText: isText(column) ? longest(texts(column, source, all)) : 0,
    })),
  );
  if (plan === null) return null;
  return plan.kind === 'text' ? textValues(plan, having, rows) : numberValues(plan, having, rows);
}

const longest = (all: readonly string[]): number => all.reduce((most, text) => Math.max(most, Buffer.byteLength(text)), 0);

type Having = Part & { readonly column: Column };

function numberValues(plan: Extract<PlannedColumn, { kind: 'number' }>, having: readonly Having[], rows: number): ExpectedColumn {
  const width = plan.inner?.size ?? 1;
  const values = newCells(plan.type, rows * width).fill(plan.absent);
  for (const { column, source, plan: file, to, from } of having) {
    if (isText(column)) continue;
    const cells = numbers(column, source, file.rows);
    const size = column.inner?.size ?? 1;
    to.forEach((row, index) => {
      for (let at = 0; at < size; at += 1) values[row * width + at] = stored(cells[(from[index] ?? 0) * size + at] ?? 0, column, plan);
    });
  }
  return { type: plan.type, fill: plan.fill, isOnTime: true, inner: plan.inner, values };
}

/** A value equal to its own file's fill becomes the store's. */
const stored = (value: number, { fill }: NumberColumn, plan: { readonly fill: number | null }): number =>
  fill !== null && plan.fill !== null && Object.is(value, fill) ? plan.fill : value;

function textValues(plan: Extract<PlannedColumn, { kind: 'text' }>, having: readonly Having[], rows: number): ExpectedColumn {
  const { width, tests } = plan;
  const values = Buffer.alloc(rows * width);
  const nothing = ''.padEnd(tests, '9');
  for (let row = 0; row < rows; row += 1) values.write(nothing, row * width, width, 'latin1');
  for (const { column, source, plan: file, to, from } of having) {
    if (!isText(column)) continue;
    const all = texts(column, source, file.rows);
    to.forEach((row, index) => void values.write(storedText(all[from[index] ?? 0] ?? '', column, tests), row * width, width, 'latin1'));
  }
  return { type: `|S${width}`, fill: null, isOnTime: true, inner: null, values };
}

const storedText = (text: string, { fill }: TextColumn, tests: number): string =>
  (fill !== null && text === fill ? '' : text).padEnd(tests, '9');

const coordinate = (size: number): ExpectedColumn => ({
  type: '<i4',
  fill: null,
  isOnTime: false,
  inner: null,
  values: Int32Array.from({ length: size }, (_, index) => index),
});
