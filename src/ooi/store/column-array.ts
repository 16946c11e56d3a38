import type { ZarrArray } from '../../formats/zarr/array.ts';
import { product } from '../../formats/zarr/array.ts';
import { type DataType, parseDataType } from '../../formats/zarr/data-type.ts';
import { type Fill, fillJson } from '../../formats/zarr/fill.ts';
import type { JsonObject } from '../../formats/zarr/json.ts';
import { CHUNK_BYTES, newArray } from '../../formats/zarr/new-array.ts';
import type { ColumnPlan } from '../series.ts';
import type { Codec } from './contract.ts';

/** The fastest level of each: the data come from sensors, and higher ones gain little. */
const COMPRESSORS: Readonly<Record<Codec, JsonObject>> = {
  zstd: { id: 'zstd', level: 1 },
  lz4: { id: 'lz4', acceleration: 1 },
  zlib: { id: 'zlib', level: 1 },
};

/** A new array for a column. Its chunks are whole rows, so many that a window is a whole number of chunks. */
export function arrayFor(column: ColumnPlan, rows: number, codec: Codec, windowRows: number): ZarrArray {
  const { name, type, inner, isOnTime, fill, attributes } = column;
  const sizes = inner.map(({ size }) => size);
  const itemBytes = parseDataType(name, type).bytes;
  return newArray({
    name,
    type,
    shape: isOnTime ? [rows, ...sizes] : sizes,
    dimensions: isOnTime ? ['time', ...inner.map((dimension) => dimension.name)] : inner.map((dimension) => dimension.name),
    ...(isOnTime ? { chunks: [chunkRows(product(sizes) * itemBytes, windowRows), ...sizes.map((size) => Math.max(1, size))] } : {}),
    fill,
    compressor: COMPRESSORS[codec],
    attributes,
  });
}

/** The largest divisor of a window that keeps a chunk of several values a row below 8 MB. */
function chunkRows(rowBytes: number, windowRows: number): number {
  let parts = Math.max(1, Math.ceil((windowRows * rowBytes) / CHUNK_BYTES));
  while (parts < windowRows && windowRows % parts !== 0) parts++;
  return windowRows / Math.min(parts, windowRows);
}

/** Why an array cannot hold a column as it is planned; null: it can, whatever its attributes. */
export function whyNotSame(array: ZarrArray, column: ColumnPlan): string | null {
  const { name, type, inner, fill, isOnTime } = column;
  const wanted = parseDataType(name, type);
  const { kind } = array.type;
  if (kind !== wanted.kind || !isSameSize(array.type, wanted)) return `${name} is ${array.type.name} and becomes ${type}`;
  const sizes = isOnTime ? array.shape.slice(1) : array.shape;
  const wantedSizes = inner.map(({ size }) => size);
  if (sizes.length !== wantedSizes.length || sizes.some((size, at) => size !== wantedSizes[at]))
    return `${name} has rows of ${sizes.join(' × ') || 'one'} and becomes ${wantedSizes.join(' × ') || 'one'}`;
  // xarray declares NaN for every float, which no time is
  if (name !== 'time' && !isSameFill(array, fill)) return `the fill value of ${name} changes`;
  return null;
}

/** Texts with a form of their own take what is not longer than they can be; each letter has a byte at least. */
function isSameSize({ bytes, form }: DataType, wanted: DataType): boolean {
  if (form === undefined) return bytes === wanted.bytes;
  return form.kind === 'vlen-utf8' || wanted.bytes <= form.letters;
}

function isSameFill({ type, fill }: ZarrArray, wanted: Fill): boolean {
  const [a, b] = [fillJson(type, fill), fillJson(type, wanted)];
  return a === b || (isEmptyText(fill) && isEmptyText(wanted));
}

/** No fill and an empty text are the same padding. */
const isEmptyText = (fill: Fill): boolean => fill === null || (fill instanceof Uint8Array && fill.every((byte) => byte === 0));
