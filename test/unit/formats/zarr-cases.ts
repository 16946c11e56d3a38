import fc from 'fast-check';
import type { ZarrArray } from '../../../src/formats/zarr/array.ts';
import { product } from '../../../src/formats/zarr/array.ts';
import { type DataType, parseDataType } from '../../../src/formats/zarr/data-type.ts';
import type { Fill } from '../../../src/formats/zarr/fill.ts';
import type { JsonObject } from '../../../src/formats/zarr/json.ts';
import { type ArrayPlan, newArray } from '../../../src/formats/zarr/new-array.ts';
import { rawBytes, type Values, valuesOver } from '../../../src/formats/zarr/values.ts';

export const dataType = (name: string): DataType => parseDataType('a/.zarray', name);

export const TYPES = [
  '<f8',
  '<f4',
  '>f8',
  '>f4',
  '|i1',
  '<i2',
  '<i4',
  '<i8',
  '>i8',
  '|u1',
  '<u2',
  '>u2',
  '<u4',
  '<u8',
  '|S1',
  '|S5',
] as const;

export const COMPRESSORS: readonly (JsonObject | null)[] = [
  null,
  { id: 'zlib', level: 1 },
  { id: 'zlib', level: 9 },
  { id: 'gzip', level: 1 },
  { id: 'zstd', level: 1 },
  { id: 'zstd', level: 3, checksum: true },
  { id: 'lz4', acceleration: 1 },
  ...['lz4', 'lz4hc', 'zlib', 'zstd'].flatMap((cname) =>
    [0, 1, 2].map((shuffle) => ({ id: 'blosc', cname, clevel: 3, shuffle, blocksize: 0 })),
  ),
  { id: 'blosc', cname: 'zstd', clevel: 0, shuffle: -1 },
];

/** Numbers that look like a slow signal with noise, or steps, as bytes: random bits alone would never be compressed. */
export function signal(type: string, count: number): Values {
  const { bytes, kind } = dataType(type);
  const values = valuesOver(dataType(type), new Uint8Array(count * bytes));
  for (let i = 0; i < count; i++) {
    const value = Math.round(1000 * Math.sin(i / 50)) / 1000;
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[i] = BigInt(i * 7) << 30n;
    else if (kind === 'text')
      Buffer.from(rawBytes(values).buffer).write(
        String(i % 97)
          .padEnd(bytes, '\0')
          .slice(0, bytes),
        i * bytes,
        'latin1',
      );
    else values[i] = kind === 'float' ? value : i % 120;
  }
  return values;
}

export interface ArrayCase {
  readonly array: ZarrArray;
  /** Bytes of all its values; float NaN of every kind among them. */
  readonly bytes: Uint8Array;
}

export const plan = (over: Partial<ArrayPlan> = {}): ArrayPlan => ({
  name: 'value',
  type: '<f8',
  shape: [10],
  dimensions: (over.shape ?? [10]).map((_, at) => (at === 0 ? 'time' : `d${at}`)),
  chunks: (over.shape ?? [10]).map(() => 4),
  fill: null,
  compressor: null,
  ...over,
});

const fillOf = (type: string): fc.Arbitrary<Fill> => {
  const { kind, bytes } = dataType(type);
  if (kind === 'text') return fc.constantFrom<Fill>(null, new Uint8Array(0), new Uint8Array(Buffer.from('e')));
  if (kind === 'float') return fc.constantFrom<Fill>(null, Number.NaN, Number.POSITIVE_INFINITY, -9999999, 0);
  if (bytes === 8) return fc.constantFrom<Fill>(null, 0n, kind === 'uint' ? 2n ** 64n - 1n : -(2n ** 63n));
  return fc.constantFrom<Fill>(null, 0, kind === 'uint' ? 2 ** (bytes * 8) - 1 : -(2 ** (bytes * 8 - 1)));
};

/** Arrays of one to three dimensions with all their values, small enough for hundreds of runs. */
export const arrayCases: fc.Arbitrary<ArrayCase> = fc
  .record({
    type: fc.constantFrom(...TYPES),
    shape: fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 40 })),
      fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 })),
      fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    ),
    compressor: fc.constantFrom(...COMPRESSORS),
    isShuffled: fc.boolean(),
  })
  .chain(({ type, shape, compressor, isShuffled }) => {
    const { bytes } = dataType(type);
    const length = product(shape) * bytes;
    return fc
      .record({
        chunks: fc.tuple(...shape.map((size) => fc.integer({ min: 1, max: Math.max(1, size + 2) }))),
        fill: fillOf(type),
        bytes: fc.uint8Array({ minLength: length, maxLength: length }),
      })
      .map(({ chunks, fill, bytes: content }) => ({
        array: newArray(
          plan({ type, shape, chunks, fill, compressor, filters: isShuffled ? [{ id: 'shuffle', elementsize: bytes }] : [] }),
        ),
        bytes: content,
      }));
  });
