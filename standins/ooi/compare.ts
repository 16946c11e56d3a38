import { openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import type { ChunkReader } from '../../src/formats/zarr/store.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import type { ExpectedColumn, ExpectedSeries } from './series/expected.ts';

/** What was expected of a store and what was found. Right when nothing is different. */
export interface SeriesCheck {
  readonly rows: number;
  readonly variables: number;
  /** Single values that were held against those of the generator. */
  readonly values: number;
  readonly bytes: number;
  /** The first sentences. */
  readonly different: readonly string[];
}

const SENTENCES = 20;

/** Holds every value of every array of a store, as readers see it through `.zmetadata`, against what it must be. */
export async function compareSeries(expected: ExpectedSeries, store: ChunkReader): Promise<SeriesCheck> {
  const { arrays } = await openStore(store);
  const different = [...arrays.keys()].filter((name) => !expected.columns.has(name)).map((name) => `${name}: nobody expects it.`);
  let [values, bytes] = [0, 0];
  for (const [name, column] of expected.columns) {
    const array = arrays.get(name);
    const shape = shapeOf(column);
    if (array === undefined) {
      different.push(`${name}: it is not there.`);
      continue;
    }
    if (array.type.name !== column.type || array.shape.join() !== shape.join()) {
      different.push(`${name}: expected ${column.type} of ${shape.join(' × ')}, found ${array.type.name} of ${array.shape.join(' × ')}.`);
      continue;
    }
    const found = Buffer.from(rawBytes(canonical(await readArray(store, array))));
    const wanted = Buffer.from(rawBytes(canonical(column.values)));
    values += wanted.length / array.type.bytes;
    bytes += wanted.length;
    if (!found.equals(wanted))
      different.push(`${name}: ${firstDifference(found, wanted, wanted.length / Math.max(1, shape[0] ?? 1), array.type.bytes)}`);
  }
  return { rows: expected.rows, variables: expected.columns.size, values, bytes, different: different.slice(0, SENTENCES) };
}

function shapeOf({ type, inner, values }: ExpectedColumn): readonly number[] {
  const cells = type.startsWith('|S') ? values.length / Number(type.slice(2)) : values.length;
  return inner === null ? [cells] : [cells / inner.size, inner.size];
}

type Values = Awaited<ReturnType<typeof readArray>>;

/** Every NaN the standard quiet one. */
const canonical = (values: Values): Values =>
  values instanceof Float32Array || values instanceof Float64Array
    ? values.map((value) => (Number.isNaN(value) ? Number.NaN : value))
    : values;

function firstDifference(found: Buffer, wanted: Buffer, rowBytes: number, cellBytes: number): string {
  const rows = new Set<number>();
  let first = 0;
  for (let at = 0; at < wanted.length; at += 1) {
    if (found[at] === wanted[at]) continue;
    if (rows.size === 0) first = at - (at % cellBytes);
    rows.add(Math.floor(at / rowBytes));
  }
  const shown = (bytes: Buffer): string => bytes.subarray(first, first + cellBytes).toString('hex');
  const [row, cell] = [Math.floor(first / rowBytes), (first % rowBytes) / cellBytes];
  return `${rows.size} rows are wrong, first value ${cell} of row ${row}: expected ${shown(wanted)}, found ${shown(found)}.`;
}
