import { withLength, type ZarrArray } from '../../src/formats/zarr/array.ts';
import {
  arrayAttributesDocument,
  arrayDocument,
  consolidatedDocument,
  groupAttributesDocument,
  groupDocument,
} from '../../src/formats/zarr/group.ts';
import type { JsonObject } from '../../src/formats/zarr/json.ts';
import type { ChunkStore } from '../../src/formats/zarr/store.ts';
import type { Values } from '../../src/formats/zarr/values.ts';
import { writeRows } from '../../src/formats/zarr/write.ts';

export interface WrittenArray {
  readonly array: ZarrArray;
  /** All its values. */
  readonly values: Values;
}

/** Writes a whole store: chunks, the documents of every array, `.zmetadata` at last. */
export async function writeStore(store: ChunkStore, arrays: readonly WrittenArray[], attributes: JsonObject = {}): Promise<void> {
  for (const { array, values } of arrays) await writeRows(store, withLength(array, 0), { from: 0, values });
  const group = { attributes, arrays: new Map(arrays.map(({ array }) => [array.name, array])) };
  const documents = [
    groupDocument(),
    groupAttributesDocument(group),
    ...arrays.flatMap(({ array }) => [arrayDocument(array), arrayAttributesDocument(array)]),
    consolidatedDocument(group),
  ];
  for (const { key, bytes } of documents) await store.set(key, bytes);
}
