import { parseArray, product, type ZarrArray } from './array.ts';
import { parseDataType } from './data-type.ts';
import { type Fill, fillJson } from './fill.ts';
import type { JsonObject } from './json.ts';

/** Rows of a chunk of a one-dimensional array: 2 MB of float64, so that a day's append rewrites little and a reader asks seldom. */
export const CHUNK_ROWS = 250_000;

/** The largest chunk of any other array. */
export const CHUNK_BYTES = 8_000_000;

export interface ArrayPlan {
  readonly name: string;
  /** As numpy writes it: `<f8`, `|u1`, `|S4`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** One name for each number of the shape. */
  readonly dimensions: readonly string[];
  /** Default: as `defaultChunks`. */
  readonly chunks?: readonly number[];
  readonly fill: Fill;
  /** As numcodecs describes it, such as `{ id: 'zstd', level: 1 }`; null: as it is. */
  readonly compressor: JsonObject | null;
  readonly filters?: readonly JsonObject[];
  readonly attributes?: JsonObject;
}

/**
 * An array that is to be written.
 *
 * @throws {Failure} `unreadable_store` or `unsupported_store` for a plan that could not be read back
 */
export function newArray({ name, type, shape, dimensions, chunks, fill, compressor, filters = [], attributes = {} }: ArrayPlan): ZarrArray {
  const dtype = parseDataType(name, type);
  return parseArray({
    name,
    metadata: {
      zarr_format: 2,
      shape,
      chunks: chunks ?? defaultChunks(shape, dtype.bytes),
      dtype: type,
      fill_value: fillJson(dtype, fill),
      filters: filters.length === 0 ? null : filters,
      compressor,
    },
    attributes: { ...attributes, _ARRAY_DIMENSIONS: dimensions },
  });
}

/** Whole rows: 250,000 of them, fewer where they are wide. `itemBytes` is the size of one value. */
export function defaultChunks(shape: readonly number[], itemBytes: number): readonly number[] {
  const rest = shape.slice(1).map((size) => Math.max(1, size));
  if (shape.length === 0) return [];
  return [Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_BYTES / (product(rest) * itemBytes)))), ...rest];
}
