import { Failure, isFailure } from '../../errors.ts';
import { giveBack } from '../../formats/memory.ts';
import { product, type ZarrArray } from '../../formats/zarr/array.ts';
import { storedBytes } from '../../formats/zarr/data-type.ts';
import { type ChunkIndex, chunkKey, chunkRowsOf, chunkShapeOf, chunksTouching, rowsOf, shapeOf } from '../../formats/zarr/grid.ts';
import { CONSOLIDATED_KEY } from '../../formats/zarr/group.ts';
import { type ChunkRecord, recordOf } from '../../formats/zarr/ledger.ts';
import { readChunk } from '../../formats/zarr/read.ts';
import { textChunk } from '../../formats/zarr/read-texts.ts';
import { BEFORE } from '../order.ts';
import { atOnce } from './at-once.ts';
import type { ChangeOptions, Generation } from './contract.ts';
import { openGeneration, type Room } from './generation.ts';
import { removeAll } from './remove.ts';
import { segmentBytes, segmentKey } from './segment.ts';
import { segmentsAt } from './segments.ts';
import { readState, stateBytes, stateKey } from './state.ts';

/** Chunks that are read at a time, and their bytes in memory. */
const AT_ONCE = 4;
const AT_ONCE_BYTES = 64 * 2 ** 20;

/**
 * Enters every chunk of a store that somebody else wrote into its record, with length and digest, before anything is added to it: what is
 * missing is fill now, and a loss ever after. Each is decoded, so that nothing is taken for whole that is damaged already. Segment after
 * segment, so memory stays flat; killed at any moment it goes on where it was, as long as `.zmetadata` is the same.
 *
 * @returns the generation, opened anew
 * @throws {Failure} `damaged_chunk`, `unsupported_store` (stop); `store_changed` (replan)
 */
export async function takeOver(room: Room, generation: Generation, options: ChangeOptions): Promise<Generation> {
  const { objects, places, now } = room;
  const { id, group, state } = generation;
  const record = places.record(id);
  await resume(room, generation, options);
  const size = state.segmentRows;
  const known = segmentsAt(objects, record, size, 0);
  const arrays = [...group.arrays.values()];
  const total = arrays.reduce((sum, array) => sum + chunkCount(array), 0);
  const longest = Math.max(state.length, ...arrays.map(rowsOf));
  let done = 0;
  for (let k = 0; k * size < longest; k++) {
    const before = await known.get(k);
    const [chunks, absent] = [new Map(before.chunks), new Set(before.absent)];
    const tasks = arrays.flatMap((array) => tasksIn(array, k * size, size));
    const fresh = tasks.filter(({ key }) => !chunks.has(key) && !absent.has(key));
    done += tasks.length - fresh.length;
    await atOnce(widthFor(arrays), fresh, async ({ array, index, key }) => {
      options.signal?.throwIfAborted();
      const found = await readWhole(room, generation, { array, index, key }, options);
      if (found === null) absent.add(key);
      else chunks.set(key, found);
      options.onProgress?.({ phase: 'taking_over', done: ++done, total });
    });
    const rows = Math.max(0, Math.min(size, state.length - k * size));
    const origins = before.origins.length > 0 ? before.origins : rows === 0 ? [] : [{ rows, origin: BEFORE }];
    if (fresh.length > 0 || before.origins.length === 0)
      await objects.put(segmentKey(record, k), segmentBytes({ origins, chunks, absent }), options);
  }
  await objects.delete(beginningKey(record), options);
  await noteTakenOver(room, { ...state, takenOverAt: now().toISOString() }, options);
  return openGeneration(room, id, options.signal === undefined ? {} : { signal: options.signal });
}

interface ChunkTask {
  readonly array: ZarrArray;
  readonly index: ChunkIndex;
  readonly key: string;
}

/** Chunks that begin in rows `from` to `from + rows - 1`. */
function tasksIn(array: ZarrArray, from: number, rows: number): readonly ChunkTask[] {
  const step = chunkRowsOf(array);
  const range = { from: Math.ceil(from / step) * step, to: Math.min(rowsOf(array), from + rows) };
  return [...chunksTouching(array, range)].map((index) => ({ array, index, key: chunkKey(array, index) }));
}

const chunkCount = (array: ZarrArray): number =>
  product(shapeOf(array).map((size, at) => Math.ceil(size / (chunkShapeOf(array)[at] ?? 1))));

const widthFor = (arrays: readonly ZarrArray[]): number => {
  const largest = Math.max(1, ...arrays.map((array) => product(chunkShapeOf(array)) * storedBytes(array.type)));
  return Math.max(1, Math.min(AT_ONCE, Math.floor(AT_ONCE_BYTES / largest)));
};

async function readWhole({ objects }: Room, { root }: Generation, task: ChunkTask, { signal }: ChangeOptions): Promise<ChunkRecord | null> {
  const { array, index, key } = task;
  const found = await objects.get(`${root}/${key}`, signal === undefined ? {} : { signal });
  if (found === null) return null;
  const { bytes } = found;
  const record = await recordOf({ key, bytes });
  if (array.type.form === undefined) {
    const values = await readChunk({ get: async () => bytes }, array, index);
    if (values.buffer !== bytes.buffer) giveBack(values);
  } else await textChunk(array, array.type.form, key, bytes);
  giveBack(bytes);
  return record;
}

/** Which store the segments are of that are there already. */
const beginningKey = (record: string): string => `${record}/taking-over.json`;

/** Whatever an earlier attempt entered stays where the store is the same, and goes where it is another. */
async function resume({ objects, places }: Room, { id, root }: Generation, options: ChangeOptions): Promise<void> {
  const record = places.record(id);
  const key = beginningKey(record);
  const version = await objects.version(`${root}/${CONSOLIDATED_KEY}`, options);
  const bytes = new TextEncoder().encode(JSON.stringify({ format: 1, metadata: version }));
  const begun = await objects.get(key, options);
  if (begun !== null && Buffer.compare(begun.bytes, bytes) === 0) return;
  if ((await readState(objects, record)) === null) await removeAll(objects, `${record}/rows/`, options);
  await objects.put(key, bytes, options);
}

async function noteTakenOver({ objects, places }: Room, state: Generation['state'], options: ChangeOptions): Promise<void> {
  const key = stateKey(places.record(state.generation));
  const version = await objects.version(key, options);
  try {
    await objects.put(key, stateBytes(state), { ...options, condition: version === null ? 'absent' : { version } });
  } catch (error) {
    if (!isFailure(error, 'condition_failed')) throw error;
    throw new Failure({
      kind: 'replan',
      code: 'store_changed',
      happened: 'Another writer took the store over in the same moment',
      remedy: 'Begin again from what is there now',
      cause: error,
    });
  }
}
