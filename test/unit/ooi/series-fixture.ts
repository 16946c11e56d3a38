import { withTextBytes } from '../../../src/formats/zarr/array.ts';
import type { JsonObject } from '../../../src/formats/zarr/json.ts';
import { type ArrayPlan, newArray } from '../../../src/formats/zarr/new-array.ts';
import { openStore } from '../../../src/formats/zarr/open.ts';
import type { Values } from '../../../src/formats/zarr/values.ts';
import type { SeriesView } from '../../../src/ooi/report/series-view.ts';
import { secondsOf } from '../../../src/ooi/report/time-text.ts';
import { type MemoryStore, memoryStore } from '../../helpers/zarr-stores.ts';
import { writeStore } from '../../helpers/zarr-written.ts';

export interface TestColumn {
  readonly type: string;
  readonly values: Values;
  readonly fill?: ArrayPlan['fill'];
  /** Sizes besides time. */
  readonly inner?: readonly number[];
  readonly attributes?: JsonObject;
}

export interface TestSeries extends SeriesView {
  readonly store: MemoryStore;
}

export interface SeriesOptions {
  readonly attributes?: JsonObject;
  readonly chunkRows?: number;
  readonly time?: { readonly type: string; readonly values: Values; readonly units: string };
}

/** Seconds since 1900. */
export const at = (text: string): number => secondsOf(Date.parse(text));

/** `count` times from one on. */
export const timesFrom = (text: string, count: number, stepSeconds = 60): number[] =>
  Array.from({ length: count }, (_, i) => at(text) + i * stepSeconds);

/** A small store of a series in memory, opened. */
export async function seriesOf(
  times: readonly number[],
  columns: Readonly<Record<string, TestColumn>> = {},
  { attributes = {}, chunkRows = 100, time }: SeriesOptions = {},
): Promise<TestSeries> {
  const store = memoryStore();
  const { type, values, units } = time ?? { type: '<f8', values: Float64Array.from(times), units: 'seconds since 1900-01-01 0:0:0' };
  const all: Readonly<Record<string, TestColumn>> = { time: { type, values, attributes: { units } }, ...columns };
  const arrays = Object.entries(all).map(([name, column]) => {
    const inner = column.inner ?? [];
    const plan = {
      name,
      type: column.type,
      shape: [times.length, ...inner],
      chunks: [chunkRows, ...inner.map((size) => Math.max(1, size))],
      dimensions: ['time', ...inner.map((_, dimension) => `${name}_dim_${dimension}`)],
      fill: column.fill ?? null,
      compressor: { id: 'zlib', level: 1 },
      filters: column.type === '|O' ? [{ id: 'vlen-utf8' }] : [],
      attributes: column.attributes ?? {},
    };
    return { array: withTextBytes(newArray(plan), column.values.byteLength / Math.max(1, times.length)), values: column.values };
  });
  await writeStore(store, arrays, attributes);
  return { store, group: await openStore(store) };
}

export const floats = (values: readonly number[], fill: number | null = null): TestColumn => ({
  type: '<f8',
  values: Float64Array.from(values),
  fill,
});

/** Texts of any length, as objects: padded to one length in memory. */
export const objects = (values: readonly string[], length: number): TestColumn => ({
  type: '|O',
  values: new Uint8Array(Buffer.concat(values.map((text) => Buffer.concat([Buffer.from(text), Buffer.alloc(length)]).subarray(0, length)))),
});

/** Texts padded to one length. */
export const texts = (values: readonly string[], length: number): TestColumn => ({
  type: `|S${length}`,
  values: new Uint8Array(Buffer.from(values.map((text) => text.padEnd(length, '\0')).join(''), 'latin1')),
});
