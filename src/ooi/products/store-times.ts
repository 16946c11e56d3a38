import { Failure } from '../../errors.ts';
import type { ZarrArray } from '../../formats/zarr/array.ts';
import { chunkRowsOf, rowsOf } from '../../formats/zarr/grid.ts';
import { openStore } from '../../formats/zarr/open.ts';
import { readRows } from '../../formats/zarr/read.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { parseTimeUnits, secondsSince1900, type TimeUnits } from '../../formats/zarr/time.ts';
import { rowsTogether } from '../series.ts';
import { textAt } from './attributes.ts';
import type { LiveStore } from './live-stores.ts';

/** Seconds from 1900-01-01 to 1970-01-01. */
export const UNIX_1970 = 2_208_988_800;

interface TimeArray {
  readonly array: ZarrArray;
  readonly units: TimeUnits;
  readonly rows: number;
}

/** First and last time of a store, seconds since 1900; null when it has no rows. @throws {Failure} of kind stop when `time` cannot be read */
export async function timeRange(store: LiveStore): Promise<{ readonly first: number; readonly last: number } | null> {
  const { array, units, rows } = await timeArray(store);
  if (rows === 0) return null;
  const [first] = await valuesOf(store, array, 0, 1);
  const [last] = await valuesOf(store, array, rows - 1, rows);
  return { first: secondsSince1900(first ?? Number.NaN, units), last: secondsSince1900(last ?? Number.NaN, units) };
}

/** All times of a store in order, seconds since 1900, about a window at once. @throws {Failure} as above */
export async function* timeWindows(store: LiveStore): AsyncGenerator<Float64Array> {
  const { array, units, rows } = await timeArray(store);
  const step = rowsTogether(chunkRowsOf(array));
  for (let from = 0; from < rows; from += step) {
    const values = await valuesOf(store, array, from, Math.min(rows, from + step));
    yield values.map((value) => secondsSince1900(value, units));
  }
}

async function timeArray({ reader }: LiveStore): Promise<TimeArray> {
  const { arrays } = await openStore(reader);
  const array = arrays.get('time');
  if (array === undefined) throw unreadable('there is none that can be read');
  const written = textAt(array.attributes, 'units') ?? '';
  const units = parseTimeUnits(written);
  if (units === null) throw unreadable(`its units are ${JSON.stringify(written.slice(0, 60))}`);
  return { array, units, rows: rowsOf(array) };
}

async function valuesOf({ reader }: LiveStore, array: ZarrArray, from: number, to: number): Promise<Float64Array> {
  const values = await readRows(whole(reader), array, { from, to });
  if (values instanceof Float64Array) return values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return Float64Array.from(values, Number);
  return Float64Array.from(values);
}

/** Times have no fill: a chunk of them that is missing is a loss, and not so many rows in 1900. */
const whole = (reader: ChunkReader): ChunkReader => ({
  async get(key) {
    const bytes = await reader.get(key);
    if (bytes === null) throw unreadable(`the chunk ${key} is missing`);
    return bytes;
  },
});

const unreadable = (what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'unreadable_store',
    happened: `The variable time cannot be used: ${what}`,
    expected: 'numbers that count from a date, such as seconds since 1900-01-01 0:0:0',
    remedy: 'Refresh the stream: that builds the store anew',
  });

/** `2023-08-14T00:00:07.413564000`: as numpy writes nanoseconds; what a float64 has below a microsecond is noise, and zero here. */
export function nanosecondText(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const whole = Math.floor(micros / 1e6);
  const date = new Date((whole - UNIX_1970) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(micros - whole * 1e6).padStart(6, '0')}000`;
}
