import { Failure, messageOf } from '../../errors.ts';
import { product, type ZarrArray } from './array.ts';
import { copyBox } from './box.ts';
import { encode, whyNotEncoded } from './codecs/pipeline.ts';
import { cannotEncode } from './failures.ts';
import { filled } from './fill.ts';
import {
  type ChunkIndex,
  chunkKey,
  chunkRowsOf,
  chunkShapeOf,
  chunksTouching,
  overlapOf,
  type RowRange,
  rowSize,
  rowsOf,
  shapeOf,
} from './grid.ts';
import type { ZarrGroup } from './group.ts';
import { type ChunkRecord, recordOf } from './ledger.ts';
import { type ReadOptions, readChunk } from './read.ts';
import type { ChunkReader, ChunkStore, StoredObject } from './store.ts';
import { asStored } from './texts.ts';
import { areOf, rawBytes, swapBytes, type Values } from './values.ts';

export interface EncodedChunk extends StoredObject {
  readonly record: ChunkRecord;
}

export interface RowsToWrite {
  /** The first row they are for: at most the array's length, so that no gap can come about. */
  readonly from: number;
  /** Whole rows in C order. */
  readonly values: Values;
}

/** @throws {Failure} `cannot_encode` before anything is written of a change that could not be finished */
export function assertEncodable(array: ZarrArray): void {
  const why = whyNotEncoded(array);
  if (why !== null) throw cannotEncode(array.name, why);
}

/**
 * Whether every array of a group can be written, asked before anything is.
 *
 * @throws {Failure} `unsupported_store`, `cannot_encode`
 */
export function assertWritable({ arrays, unread }: ZarrGroup): void {
  for (const why of unread?.values() ?? []) throw why;
  for (const array of arrays.values()) assertEncodable(array);
}

/**
 * The chunks that rows make, ready to be stored, in the order of rows.
 *
 * `array` is as published: its other rows are read and kept, and what is behind the end, old or new, becomes fill, whatever an
 * interrupted change left there. So the same call gives the same bytes again after a kill at any moment. The array's length is
 * not touched: publish `withLength(array, …)` when all its chunks are stored.
 *
 * @throws {Failure} `cannot_encode`, `values_do_not_fit`, `damaged_chunk`, `missing_chunk`
 */
export async function* encodeRows(
  store: ChunkReader,
  array: ZarrArray,
  { from, values }: RowsToWrite,
  options: ReadOptions = {},
): AsyncGenerator<EncodedChunk> {
  assertEncodable(array);
  const range = { from, to: from + checkedRows(array, from, values) };
  const source = { bytes: rawBytes(values), shape: [range.to - from, ...shapeOf(array).slice(1)] };
  for (const index of chunksTouching(array, range)) {
    const { inChunk, inRows, size } = overlapOf(array, index, range);
    const start = (index[0] ?? 0) * chunkRowsOf(array);
    const whole = wholeChunk(array, source, { start: inRows, size });
    const chunk = whole ?? (await baseOf(store, array, index, range, options));
    if (whole === null) {
      const target = { bytes: chunk, shape: chunkShapeOf(array), start: inChunk };
      copyBox({ source: { ...source, start: inRows }, target, size, itemBytes: array.type.bytes });
    }
    const end = Math.max(rowsOf(array), range.to) - start;
    if (end < chunkRowsOf(array)) blank(array, chunk, end);
    yield await encodeChunk(array, index, chunk);
  }
}

/** Encodes and stores rows; the records of the chunks that were stored. */
export async function writeRows(
  store: ChunkStore,
  array: ZarrArray,
  rows: RowsToWrite,
  options: ReadOptions = {},
): Promise<readonly ChunkRecord[]> {
  const records: ChunkRecord[] = [];
  for await (const { key, bytes, record } of encodeRows(store, array, rows, options)) {
    await store.set(key, bytes);
    records.push(record);
  }
  return records;
}

/** A view of the source where the chunk is a contiguous part of it, else null. */
function wholeChunk(
  array: ZarrArray,
  source: { readonly bytes: Uint8Array; readonly shape: readonly number[] },
  { start, size }: { readonly start: readonly number[]; readonly size: readonly number[] },
): Uint8Array | null {
  const chunkShape = chunkShapeOf(array);
  const isWhole = size.every((length, at) => length === chunkShape[at] && (at === 0 || length === source.shape[at]));
  if (!isWhole) return null;
  const rowBytes = rowSize(array) * array.type.bytes;
  return source.bytes.subarray((start[0] ?? 0) * rowBytes, ((start[0] ?? 0) + (size[0] ?? 0)) * rowBytes);
}

/** What the chunk holds besides the new rows: stored values where rows of it stay, else fill. The caller may change it. */
async function baseOf(store: ChunkReader, array: ZarrArray, index: ChunkIndex, range: RowRange, options: ReadOptions): Promise<Uint8Array> {
  const start = (index[0] ?? 0) * chunkRowsOf(array);
  const stored = Math.min(start + chunkRowsOf(array), rowsOf(array));
  const keepsRows = start < Math.min(range.from, stored) || range.to < stored;
  if (!keepsRows) return rawBytes(filled(array.type, array.fill, product(chunkShapeOf(array))));
  const bytes = rawBytes(await readChunk(store, array, index, options));
  const isStoresOwn = array.compressor === null && array.filters.length === 0;
  return isStoresOwn ? new Uint8Array(bytes) : bytes;
}

/** Sets the chunk's rows from `end` on to fill. */
function blank(array: ZarrArray, chunk: Uint8Array, end: number): void {
  const perRow = product(chunkShapeOf(array).slice(1));
  const rest = chunk.subarray(end * perRow * array.type.bytes);
  const tail = filled(array.type, array.fill, rest.byteLength / array.type.bytes);
  rest.set(rawBytes(tail));
}

async function encodeChunk(array: ZarrArray, index: ChunkIndex, chunk: Uint8Array): Promise<EncodedChunk> {
  const bytes = await encode(array, await storedValues(array, index, chunk));
  const object = { key: chunkKey(array, index), bytes: bytes === chunk ? new Uint8Array(chunk) : bytes };
  return { ...object, record: await recordOf(object) };
}

/** Values as they are stored before filters and compressor. */
async function storedValues(array: ZarrArray, index: ChunkIndex, chunk: Uint8Array): Promise<Uint8Array> {
  const { form, isBigEndian, bytes } = array.type;
  if (form === undefined) return isBigEndian ? swapped(chunk, bytes) : chunk;
  try {
    return await asStored(form, chunk, bytes);
  } catch (error) {
    throw cannotEncode(chunkKey(array, index), messageOf(error));
  }
}

function swapped(chunk: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(chunk);
  swapBytes(copy, size);
  return copy;
}

function checkedRows(array: ZarrArray, from: number, values: Values): number {
  const rowBytes = rowSize(array) * array.type.bytes;
  const rows = rowBytes === 0 ? 0 : values.byteLength / rowBytes;
  const fits =
    areOf(array.type, values) &&
    (rowBytes > 0 || values.length === 0) &&
    Number.isInteger(rows) &&
    Number.isSafeInteger(from) &&
    from >= 0 &&
    from <= rowsOf(array);
  if (fits) return rows;
  throw new Failure({
    kind: 'stop',
    code: 'values_do_not_fit',
    happened: `${values.constructor.name} of ${values.length} values is to be written to ${array.name} from row ${from} on`,
    expected: `whole rows of ${rowSize(array)} values of ${array.type.name}, from row ${rowsOf(array)} at most`,
  });
}
