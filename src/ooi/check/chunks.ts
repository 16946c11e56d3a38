import { isFailure } from '../../errors.ts';
import type { ZarrArray } from '../../formats/zarr/array.ts';
import { type ChunkIndex, chunkKey, chunkRowsOf, chunkShapeOf, shapeOf } from '../../formats/zarr/grid.ts';
import { recordOf } from '../../formats/zarr/ledger.ts';
import { readChunk } from '../../formats/zarr/read.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { randomFrom } from '../../stores/random.ts';
import type { Findings } from './findings.ts';
import { drawNumbers } from './random.ts';
import type { WrittenRecord } from './written.ts';

export interface ChunkCheck {
  readonly arrays: readonly ZarrArray[];
  readonly record: WrittenRecord | null;
  readonly seed: number;
  /** Chunks to read; absent: all. */
  readonly sample?: number;
  readonly signal?: AbortSignal;
  readonly onChunk?: (bytes: number) => void;
}

export interface CheckedChunks {
  readonly total: number;
  readonly read: number;
  readonly bytes: number;
}

const SIDE_BY_SIDE = 4;

/**
 * Holds chunks against the record of what was stored: there, of that length and digest. Without a record a chunk that is there must
 * decode; one that is not there is fill, as in every Zarr store.
 */
export async function checkChunks(store: ChunkReader, check: ChunkCheck, findings: Findings): Promise<CheckedChunks> {
  const counts = check.arrays.map(chunksOf);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const drawn = drawNumbers(total, check.sample ?? total, randomFrom(check.seed));
  const done = { bytes: 0 };
  const numbers = drawn.values();
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      check.signal?.throwIfAborted();
      const [array, index] = chunkAt(check.arrays, counts, number);
      const bytes = await checkOne(store, array, index, check.record, findings);
      done.bytes += bytes;
      check.onChunk?.(bytes);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return { total, read: drawn.length, bytes: done.bytes };
}

const perDimension = (array: ZarrArray): readonly number[] =>
  shapeOf(array).map((size, at) => Math.ceil(size / (chunkShapeOf(array)[at] ?? 1)));

const chunksOf = (array: ZarrArray): number => perDimension(array).reduce((all, count) => all * count, 1);

function chunkAt(arrays: readonly ZarrArray[], counts: readonly number[], number: number): readonly [ZarrArray, ChunkIndex] {
  let left = number;
  for (const [at, array] of arrays.entries()) {
    const count = counts[at] ?? 0;
    if (left < count) return [array, indexOf(array, left)];
    left -= count;
  }
  throw new RangeError(`there is no chunk ${number}`);
}

function indexOf(array: ZarrArray, number: number): ChunkIndex {
  const index: number[] = [];
  let left = number;
  for (const count of perDimension(array).toReversed()) {
    index.unshift(left % count);
    left = Math.floor(left / count);
  }
  return index;
}

async function checkOne(
  store: ChunkReader,
  array: ZarrArray,
  index: ChunkIndex,
  record: WrittenRecord | null,
  findings: Findings,
): Promise<number> {
  const key = chunkKey(array, index);
  const bytes = await store.get(key);
  const known = await record?.chunk(key, (index[0] ?? 0) * chunkRowsOf(array));
  if (known === undefined) {
    if (record !== null) findings.add('chunk_unrecorded', key);
    if (bytes !== null) await checkDecodes(bytes, array, index, findings);
  } else if (known === 'absent') {
    if (bytes !== null) findings.add('chunk_appeared', key);
  } else if (bytes === null) findings.add('chunk_missing', key);
  else {
    const found = await recordOf({ key, bytes });
    if (found.length !== known.length) findings.add('chunk_damaged', `${key} has ${found.length} bytes, ${known.length} were stored`);
    else if (found.sha256 !== known.sha256) findings.add('chunk_damaged', `${key} has other bytes than were stored`);
  }
  return bytes?.byteLength ?? 0;
}

async function checkDecodes(bytes: Uint8Array, array: ZarrArray, index: ChunkIndex, findings: Findings): Promise<void> {
  try {
    await readChunk({ get: async () => bytes }, array, index);
  } catch (error) {
    if (!isFailure(error, 'damaged_chunk')) throw error;
    findings.add('chunk_damaged', error.happened);
  }
}
