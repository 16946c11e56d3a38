import { Failure } from '../../errors.ts';
import type { ZarrArray } from './array.ts';
import { product } from './array.ts';
import { copyBox } from './box.ts';
import { decode } from './codecs/pipeline.ts';
import { filled } from './fill.ts';
import { type ChunkIndex, chunkKey, chunkShapeOf, chunksTouching, overlapOf, type RowRange, rowSize, rowsOf, shapeOf } from './grid.ts';
import { type ChunkLedger, checkChunk } from './ledger.ts';
import { DEFAULT_LIMITS, type ZarrLimits } from './limits.ts';
import { assertRoom, type TextChunk, textChunk } from './read-texts.ts';
import type { ChunkReader } from './store.ts';
import type { TextForm } from './texts.ts';
import { rawBytes, roomFor, swapBytes, type Values, valuesOver } from './values.ts';

export interface ReadOptions {
  /** Chunks must be what it says; without one a missing chunk is fill, as in Zarr. */
  readonly ledger?: ChunkLedger;
  readonly limits?: ZarrLimits;
}

/** Chunks fetched and decoded at a time by one read: four, fewer where they are large. */
const SIDE_BY_SIDE = 4;
const SIDE_BY_SIDE_BYTES = 64 * 2 ** 20;

const widthOf = (array: ZarrArray): number =>
  Math.max(1, Math.min(SIDE_BY_SIDE, Math.floor(SIDE_BY_SIDE_BYTES / (product(chunkShapeOf(array)) * array.type.bytes))));

/**
 * Rows of an array: `(to - from) × shape[1] × …` values in C order. Rows past the array's end are refused.
 *
 * @throws {Failure} `rows_out_of_range`, `damaged_chunk`, `missing_chunk`
 */
export async function readRows(store: ChunkReader, array: ZarrArray, range: RowRange, options: ReadOptions = {}): Promise<Values> {
  const count = checkedCount(array, range, options.limits ?? DEFAULT_LIMITS);
  if (array.type.form !== undefined) return readTextRows(store, array, array.type.form, range, options);
  const rows = [range.to - range.from, ...shapeOf(array).slice(1)];
  const chunkShape = chunkShapeOf(array);
  const isOneChunk = rows.every((size, at) => size === chunkShape[at]) && range.from % (chunkShape[0] ?? 1) === 0;
  if (isOneChunk) return readChunk(store, array, [range.from / (chunkShape[0] ?? 1), ...rows.slice(1).map(() => 0)], options);

  const values = roomFor(array.type, count);
  const target = rawBytes(values);
  const chunks = chunksTouching(array, range);
  const work = async (): Promise<void> => {
    // a throw closes the generator, so the others stop as well
    for (const index of chunks) {
      const chunk = await readChunk(store, array, index, options);
      const { inChunk, inRows, size } = overlapOf(array, index, range);
      copyBox({
        source: { bytes: rawBytes(chunk), shape: chunkShape, start: inChunk },
        target: { bytes: target, shape: rows, start: inRows },
        size,
        itemBytes: array.type.bytes,
      });
    }
  };
  await Promise.all(Array.from({ length: widthOf(array) }, work));
  return values;
}

/** Texts of a form of their own: in as many bytes as the array's type says, or else the longest has. */
async function readTextRows(store: ChunkReader, array: ZarrArray, form: TextForm, range: RowRange, options: ReadOptions): Promise<Values> {
  const rows = [range.to - range.from, ...shapeOf(array).slice(1)];
  const chunkShape = chunkShapeOf(array);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const chunks: { readonly index: ChunkIndex; readonly texts: TextChunk }[] = [];
  for (const index of chunksTouching(array, range)) {
    const key = chunkKey(array, index);
    chunks.push({ index, texts: await textChunk(array, form, key, await storedChunk(store, key, options), limits) });
  }
  const width = array.type.bytes || chunks.reduce((most, { texts }) => Math.max(most, texts.longest), 1);
  assertRoom(array.name, product(rows) * width, limits);
  const target = new Uint8Array(product(rows) * width);
  for (const { index, texts } of chunks) {
    const { inChunk, inRows, size } = overlapOf(array, index, range);
    const inner = product(chunkShape.slice(1));
    const [first = 0, ...others] = inChunk;
    const bytes = await texts.some(width, first * inner, (first + (size[0] ?? 0)) * inner);
    const source = { bytes, shape: [size[0] ?? 0, ...chunkShape.slice(1)], start: [0, ...others] };
    copyBox({ source, target: { bytes: target, shape: rows, start: inRows }, size, itemBytes: width });
  }
  return target;
}

/** The whole array. */
export const readArray = (store: ChunkReader, array: ZarrArray, options: ReadOptions = {}): Promise<Values> =>
  readRows(store, array, { from: 0, to: rowsOf(array) }, options);

/** One whole chunk, padding included. */
export async function readChunk(store: ChunkReader, array: ZarrArray, index: ChunkIndex, options: ReadOptions = {}): Promise<Values> {
  const key = chunkKey(array, index);
  const { type, fill } = array;
  const bytes = await storedChunk(store, key, options);
  if (type.form !== undefined) {
    const texts = await textChunk(array, type.form, key, bytes, options.limits);
    return texts.all(type.bytes || texts.longest);
  }
  const count = product(chunkShapeOf(array));
  if (bytes === null) return filled(type, fill, count);
  const decoded = await decode(array, key, bytes, count * type.bytes);
  if (!type.isBigEndian) return valuesOver(type, decoded);
  const own = decoded === bytes ? new Uint8Array(decoded) : decoded; // the store may still hold what it gave
  swapBytes(own, type.bytes);
  return valuesOver(type, own);
}

async function storedChunk(store: ChunkReader, key: string, { ledger }: ReadOptions): Promise<Uint8Array | null> {
  const bytes = await store.get(key);
  if (ledger !== undefined) await checkChunk(ledger, key, bytes);
  return bytes;
}

function checkedCount(array: ZarrArray, { from, to }: RowRange, limits: ZarrLimits): number {
  const count = (to - from) * rowSize(array);
  const isInside = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= rowsOf(array);
  if (isInside && count * array.type.bytes <= limits.readBytes) return count;
  throw new Failure({
    kind: 'stop',
    code: 'rows_out_of_range',
    happened: `Rows ${from} to ${to} of ${array.name} are asked for`,
    expected: `a part of its ${rowsOf(array)} rows, of at most ${limits.readBytes} bytes`,
  });
}
