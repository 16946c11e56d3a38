import { arrayMetadata, withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import { arrayAttributesDocument, arrayDocument, groupAttributesDocument, type ZarrGroup } from '../../formats/zarr/group.ts';
import { writeJson } from '../../formats/zarr/json.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { StoredObject } from '../../formats/zarr/store.ts';
import type { MergedRows } from './append-rows.ts';
import type { Generation } from './contract.ts';
import { cutRuns, EMPTY_SEGMENT, joined, segmentBytes, segmentKey } from './segment.ts';

/** Documents that are others than before; of a group that others wrote only those whose content is another. */
export function changedDocuments(before: ZarrGroup, after: ZarrGroup): readonly StoredObject[] {
  const documents = [...after.arrays.values()].flatMap((array) => {
    const was = before.arrays.get(array.name);
    return [
      ...(was !== undefined && sameBytes(metadataOf(was), metadataOf(array)) ? [] : [arrayDocument(array)]),
      ...(was !== undefined && sameBytes(writeJson(was.attributes), writeJson(array.attributes)) ? [] : [arrayAttributesDocument(array)]),
    ];
  });
  const isSame = sameBytes(writeJson(before.attributes), writeJson(after.attributes));
  return [...documents, ...(isSame ? [] : [groupAttributesDocument(after)])];
}

const metadataOf = (array: ZarrArray): Uint8Array => writeJson(arrayMetadata(array));
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The group as it was, its arrays on time cut to so many rows. */
export const cutGroup = ({ attributes, arrays }: ZarrGroup, isOnTime: (name: string) => boolean, rows: number): ZarrGroup => ({
  attributes,
  arrays: new Map([...arrays].map(([name, array]) => [name, isOnTime(name) ? withLength(array, rows) : array])),
});

/** Segments of the record that change. */
export async function changedSegments(
  { segments, state }: Generation,
  record: string,
  merged: MergedRows,
  written: readonly { readonly row: number; readonly record: ChunkRecord }[],
): Promise<readonly StoredObject[]> {
  const size = segments.rows;
  const byRow = Map.groupBy(written, ({ row }) => Math.floor(row / size));
  const numbers = new Set(byRow.keys());
  for (let k = Math.floor(merged.from / size); k * size < merged.newRows; k++) numbers.add(k);
  const changed: StoredObject[] = [];
  for (const k of [...numbers].toSorted((a, b) => a - b)) {
    const old = await segments.get(k);
    const begin = k * size;
    const kept = Math.max(0, Math.min(size, merged.from - begin));
    const oldOrigins = kept === 0 ? [] : await segments.origins(begin, Math.min(kept, state.length - begin));
    const fresh = cutRuns(merged.newOrigins, Math.max(0, begin - merged.from), size - kept);
    const chunks = new Map([...old.chunks, ...(byRow.get(k) ?? []).map((one): [string, ChunkRecord] => [one.record.key, one.record])]);
    const absent = new Set([...old.absent].filter((key) => !chunks.has(key)));
    const bytes = segmentBytes({ origins: joined([...oldOrigins, ...fresh]), chunks, absent });
    const isSame = old !== EMPTY_SEGMENT && sameBytes(bytes, segmentBytes(old));
    if (!isSame) changed.push({ key: segmentKey(record, k), bytes });
  }
  return changed;
}
