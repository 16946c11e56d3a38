import type { ZarrArray } from '../../formats/zarr/array.ts';
import { chunkKey, chunksTouching, rowsOf } from '../../formats/zarr/grid.ts';
import type { ZarrGroup } from '../../formats/zarr/group.ts';
import { textChunk } from '../../formats/zarr/read-texts.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';

/**
 * Bytes of the longest text of every array whose metadata do not tell: those are read whole, a chunk at a time.
 *
 * @throws {Failure} `damaged_chunk`, `unsupported_store`
 */
export async function longestTexts({ arrays }: ZarrGroup, chunks: ChunkReader): Promise<ReadonlyMap<string, number>> {
  const longest = new Map<string, number>();
  for (const array of arrays.values()) if (array.type.form !== undefined) longest.set(array.name, await longestIn(array, chunks));
  return longest;
}

async function longestIn(array: ZarrArray, chunks: ChunkReader): Promise<number> {
  const { form } = array.type;
  let longest = array.fill instanceof Uint8Array ? array.fill.byteLength : 0;
  if (form === undefined) return longest;
  for (const index of chunksTouching(array, { from: 0, to: rowsOf(array) })) {
    const key = chunkKey(array, index);
    longest = Math.max(longest, (await textChunk(array, form, key, await chunks.get(key))).longest);
  }
  return longest;
}
