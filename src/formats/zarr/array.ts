import type { Pipeline } from './codecs/pipeline.ts';
import { parseCompressor, parseFilters } from './codecs/registry.ts';
import { type DataType, parseDataType, storedBytes } from './data-type.ts';
import { unreadableStore, unsupportedStore } from './failures.ts';
import { type Fill, fillJson, parseFill } from './fill.ts';
import { type Json, type JsonObject, shownJson } from './json.ts';
import { DEFAULT_LIMITS, DIMENSIONS, type ZarrLimits } from './limits.ts';
import { VLEN_UTF8 } from './texts.ts';

/** An array as its `.zarray` and `.zattrs` describe it. `shape[0]` is its length in rows; C order. */
export interface ZarrArray extends Pipeline {
  /** Its name in the group. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly type: DataType;
  readonly fill: Fill;
  /** What `.zarray` has for it, where one fill may be said in several ways. */
  readonly writtenFill?: Json;
  /** Between the numbers in a chunk's key. */
  readonly separator: '.' | '/';
  readonly attributes: JsonObject;
}

export interface ArrayDocuments {
  readonly name: string;
  /** The content of `.zarray`. */
  readonly metadata: JsonObject;
  readonly attributes: JsonObject;
}

/** @throws {Failure} `unreadable_store`, `unsupported_store` */
export function parseArray({ name, metadata, attributes }: ArrayDocuments, limits: ZarrLimits = DEFAULT_LIMITS): ZarrArray {
  const key = `${name}/.zarray`;
  if (metadata.zarr_format !== 2) throw unsupportedStore(key, `zarr_format ${shownJson(metadata.zarr_format)}`, '2');
  const shape = sizes(key, 'shape', metadata.shape, 0);
  const chunks = sizes(key, 'chunks', metadata.chunks, 1);
  if (chunks.length !== shape.length) throw unreadableStore(key, `chunks has ${chunks.length} numbers`, `${shape.length}, as shape`);
  const type = parseDataType(key, metadata.dtype);
  const chunkBytes = product(chunks) * storedBytes(type);
  if (chunkBytes > limits.chunkBytes) {
    throw unsupportedStore(key, `a chunk of ${chunkBytes} bytes`, `at most ${limits.chunkBytes}`);
  }
  if (!Number.isSafeInteger(product(shape) * storedBytes(type))) throw unreadableStore(key, 'shape is larger than any store');
  const { order = 'C', dimension_separator: separator = '.' } = metadata;
  if (order !== 'C' && (order !== 'F' || shape.length > 1)) throw unsupportedStore(key, `order ${shownJson(order)}`, 'C');
  if (separator !== '.' && separator !== '/') throw unreadableStore(key, `dimension_separator ${shownJson(separator)}`, '. or /');
  return {
    name,
    shape,
    chunks,
    type,
    fill: parseFill(key, type, metadata.fill_value),
    ...(type.form === undefined ? {} : { writtenFill: metadata.fill_value ?? null }),
    filters: parseFilters(key, metadata.filters, type),
    compressor: parseCompressor(key, metadata.compressor, type.form?.kind === VLEN_UTF8 ? 1 : storedBytes(type)),
    separator,
    attributes,
  };
}

/** The content of `.zarray`. */
export const arrayMetadata = ({ shape, chunks, type, fill, writtenFill, filters, compressor, separator }: ZarrArray): JsonObject => ({
  zarr_format: 2,
  shape,
  chunks,
  dtype: type.name,
  fill_value: writtenFill ?? fillJson(type, fill),
  order: 'C',
  filters: filtersJson(type, filters),
  compressor: compressor?.config ?? null,
  dimension_separator: separator,
});

function filtersJson({ form }: DataType, filters: Pipeline['filters']): Json {
  if (form?.kind === VLEN_UTF8) return [{ id: VLEN_UTF8 }];
  return filters.length === 0 ? null : filters.map(({ config }) => config);
}

/** The same array, of which every text takes so many bytes in memory; others than texts of a form of their own stay as they are. */
export const withTextBytes = (array: ZarrArray, bytes: number): ZarrArray =>
  array.type.form === undefined ? array : { ...array, type: { ...array.type, bytes: Math.max(1, bytes) } };

/** The same array with another length. */
export const withLength = (array: ZarrArray, rows: number): ZarrArray => ({ ...array, shape: [rows, ...array.shape.slice(1)] });

/** The names of its dimensions (`_ARRAY_DIMENSIONS`), or null when they are not stated for each. */
export function dimensionsOf({ shape, attributes }: ZarrArray): readonly string[] | null {
  const names = attributes._ARRAY_DIMENSIONS;
  if (!Array.isArray(names) || names.length !== shape.length) return null;
  const texts = names.filter((name: Json): name is string => typeof name === 'string');
  return texts.length === names.length ? texts : null;
}

export const product = (numbers: readonly number[]): number => numbers.reduce((all, number) => all * number, 1);

function sizes(key: string, what: string, value: Json | undefined, least: number): readonly number[] {
  if (!Array.isArray(value) || value.length > DIMENSIONS)
    throw unreadableStore(key, `${what} is not a list of at most ${DIMENSIONS} numbers`);
  return value.map((size: Json) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= least) return size;
    throw unreadableStore(key, `${what} holds ${shownJson(size)}`, `whole numbers from ${least} on`);
  });
}
