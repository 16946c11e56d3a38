import { isDeepStrictEqual } from 'node:util';
import { Failure, isFailure } from '../../errors.ts';
import { giveBack } from '../../formats/memory.ts';
import { arrayMetadata, dimensionsOf, type ZarrArray } from '../../formats/zarr/array.ts';
import { type ChunkIndex, chunkKey, chunkRowsOf, chunksTouching, rowsOf } from '../../formats/zarr/grid.ts';
import { tornDimensions } from '../../formats/zarr/group.ts';
import { openStore } from '../../formats/zarr/open.ts';
import { readChunk } from '../../formats/zarr/read.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { formatCount, formatItems } from '../../observe/counts.ts';
import { chunksIn } from '../../stores/objects/chunks.ts';
import { atOnce, Places } from './at-once.ts';
import type { ChangeOptions, Generation, Problem, Validation } from './contract.ts';
import type { Room } from './generation.ts';
import { ADOPTED } from './places.ts';
import { rowOfChunk } from './reader.ts';
import { endOfStretch } from './rules.ts';
import { chosen } from './sample.ts';
import { timeOf } from './stored-source.ts';

/** Findings that are listed; a store with more is no better known by more of them. */
const LISTED = 100;

/** Of arrays whose digests are compared, and of times. */
const CHUNKS_AT_ONCE = 3;
const TIMES_AT_ONCE = 2;

/** Times are unpacked one chunk after the other: that takes ten times the memory of reading them. */
const UNPACKED_AT_ONCE = 1;

export interface ValidateOptions extends Partial<Pick<ChangeOptions, 'signal' | 'onProgress'>> {
  /** So many chunks by chance, besides the first and the last of each array. Absent: all. */
  readonly sample?: { readonly chunks: number; readonly seed: number };
}

/** Reads a generation back: lengths, digests of chunks, times strictly ascending, `.zmetadata` and each array's own documents alike. */
export async function validateGeneration(
  room: Room,
  generation: Generation,
  { sample, signal, onProgress }: ValidateOptions = {},
): Promise<Validation> {
  const { group, state, stored, id } = generation;
  const problems: Problem[] = [];
  const found = (code: string, what: string): void => void (problems.length < LISTED && problems.push({ code, what }));
  for (const [dimension, lengths] of tornDimensions(group)) found('torn', `Arrays give ${dimension} the lengths ${lengths.join(' and ')}`);
  const time = group.arrays.get('time');
  if (time?.shape[0] !== state.length)
    found('length_differs', `time has ${formatItems(time?.shape[0] ?? 0, 'row')}, the record says ${formatCount(state.length)}`);
  await compareDocuments(room, generation, found);

  const tasks = [...group.arrays.values()].flatMap((array) => tasksOf(array));
  const picked = sample === undefined ? tasks : chosen(tasks, sample);
  let [bytes, done] = [0, 0];
  const times: TimeChunk[] = [];
  const unpacking = new Places(UNPACKED_AT_ONCE);
  const check = async ({ array, key, chunk, index }: ChunkToRead): Promise<void> => {
    signal?.throwIfAborted();
    try {
      const found = await stored.get(key);
      const only: ChunkReader = { get: async () => found };
      bytes += found?.byteLength ?? 0;
      if (array === time) {
        const leave = await unpacking.enter();
        try {
          const values = await timesOf(only, array, chunk);
          times.push(lookAt(values, chunk));
          giveBack(values);
        } finally {
          leave();
        }
      } else if ((await generation.segments.chunk(key, rowOfChunk(group.arrays, key) ?? 0)) === undefined)
        await readChunk(only, array, index);
      if (found !== null) giveBack(found);
    } catch (error) {
      if (!isFailure(error, 'missing_chunk', 'damaged_chunk')) throw error;
      found(error.code, error.happened);
    }
    onProgress?.({ phase: 'checking', done: ++done, total: picked.length });
  };
  const lanes = Object.groupBy(picked, ({ array }) => (array === time ? 'time' : 'others'));
  await Promise.all([atOnce(TIMES_AT_ONCE, lanes.time ?? [], check), atOnce(CHUNKS_AT_ONCE, lanes.others ?? [], check)]);
  checkTimes(times, state, found);
  return { generation: id, rows: state.length, chunks: picked.length, bytes, isSample: sample !== undefined, problems };
}

type Found = (code: string, what: string) => void;

export interface ChunkToRead {
  readonly array: ZarrArray;
  readonly key: string;
  readonly index: ChunkIndex;
  /** Position along time. */
  readonly chunk: number;
  /** The first or the last of its array. */
  readonly isEnd: boolean;
}

function tasksOf(array: ZarrArray): readonly ChunkToRead[] {
  const chunks = [...chunksTouching(array, { from: 0, to: rowsOf(array) })];
  return chunks.map((index, at) => ({
    array,
    index,
    key: chunkKey(array, index),
    chunk: index[0] ?? 0,
    isEnd: at === 0 || at === chunks.length - 1,
  }));
}

async function timesOf(chunks: ChunkReader, array: ZarrArray, chunk: number): Promise<Float64Array> {
  const values = await readChunk(chunks, array, [chunk]);
  if (!(values instanceof Float64Array)) throw new TypeError('time is float64');
  return values.subarray(0, Math.min(values.length, rowsOf(array) - chunk * chunkRowsOf(array)));
}

interface TimeChunk {
  readonly chunk: number;
  readonly first: number;
  readonly last: number;
  /** Row in the chunk whose time is not above the one before; -1: all ascend. */
  readonly reset: number;
}

function lookAt(times: Float64Array, chunk: number): TimeChunk {
  const end = endOfStretch(times, 0);
  return { chunk, first: times[0] ?? Number.NaN, last: times.at(-1) ?? Number.NaN, reset: end < times.length ? end : -1 };
}

function checkTimes(times: readonly TimeChunk[], { firstTime, lastTime }: Generation['state'], found: Found): void {
  const sorted = times.toSorted((a, b) => a.chunk - b.chunk);
  for (const { chunk, reset } of sorted)
    if (reset !== -1) found('doubled', `Times do not ascend in chunk ${chunk} of time, at row ${reset} of it`);
  for (const [at, { first, chunk }] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before?.chunk === chunk - 1 && !(before.last < first)) found('doubled', `Chunk ${chunk} of time begins before the one before ends`);
  }
  const ends = [sorted[0]?.first, sorted.at(-1)?.last];
  if (sorted.length > 0 && ends.some((time) => !Number.isFinite(time))) found('nat_boundary', 'The first or the last time is not a number');
  else if (sorted.length > 0 && (ends[0] !== firstTime || ends[1] !== lastTime))
    found('length_differs', `Times go from ${ends[0]} to ${ends[1]}, the record says ${firstTime} to ${lastTime}`);
}

/** Whoever opens the store without `.zmetadata` must see the same. */
async function compareDocuments({ objects }: Room, { id, root, group }: Generation, found: Found): Promise<void> {
  const documents = chunksIn(objects, root);
  const single = await openStore({
    get: (key) => (key === '.zmetadata' ? Promise.resolve(null) : documents.get(key)),
    list: async function* () {
      for (const name of group.arrays.keys()) yield `${name}/.zarray`;
    },
  }).catch((error: unknown) => {
    if (isFailure(error)) return found('metadata_differs', error.happened);
    throw error;
  });
  if (single === undefined) return;
  // others consolidate now and then, and leave what they changed since
  const isOurs = id !== ADOPTED;
  if (isOurs && !isDeepStrictEqual(single.attributes, group.attributes)) found('metadata_differs', '.zattrs is not what .zmetadata says');
  for (const [name, array] of group.arrays) {
    const other = single.arrays.get(name);
    const isSame =
      other !== undefined &&
      isDeepStrictEqual(arrayMetadata(other), arrayMetadata(array)) &&
      `${dimensionsOf(other)}` === `${dimensionsOf(array)}`;
    if (!isSame) found('metadata_differs', `${name}/.zarray is not what .zmetadata says`);
    else if (isOurs && !isDeepStrictEqual(other.attributes, array.attributes))
      found('metadata_differs', `${name}/.zattrs is not what .zmetadata says`);
  }
}

/**
 * Before anything is added to a store that somebody else wrote: its times must ascend, or nothing can be found in it.
 *
 * @throws {Failure} `doubled_store` (stop)
 */
export async function assertAscending(generation: Generation, { signal }: Pick<ChangeOptions, 'signal'>): Promise<void> {
  const time = timeOf(generation.group);
  const times: TimeChunk[] = [];
  for (const { chunk } of tasksOf(time)) {
    signal?.throwIfAborted();
    times.push(lookAt(await timesOf(generation.chunks, time, chunk), chunk));
  }
  const problems: string[] = [];
  checkTimes(times, generation.state, (_code, what) => void problems.push(what));
  if (problems[0] === undefined) return;
  throw new Failure({
    kind: 'stop',
    code: 'doubled_store',
    happened: `The store that is there cannot be added to: ${problems[0]}`,
    expected: 'times that ascend, none of them twice or missing',
    remedy: 'Refresh the flow: that builds a new store beside it',
  });
}
