import { fillJson } from '../../src/formats/zarr/fill.ts';
import type { Json } from '../../src/formats/zarr/json.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import type { Generation } from '../../src/ooi/store/series-store.ts';

export interface SeriesContent {
  readonly attributes: Json;
  readonly arrays: Readonly<
    Record<
      string,
      { readonly type: string; readonly shape: readonly number[]; readonly fill: Json; readonly attributes: Json; readonly values: string }
    >
  >;
}

/** All that a reader can learn of a generation. */
export async function contentOfSeries({ group, chunks }: Generation): Promise<SeriesContent> {
  const arrays: Record<string, SeriesContent['arrays'][string]> = {};
  for (const [name, array] of [...group.arrays].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const values = Buffer.from(rawBytes(await readArray(chunks, array))).toString('hex');
    arrays[name] = {
      type: array.type.name,
      shape: array.shape,
      fill: fillJson(array.type, array.fill),
      attributes: array.attributes,
      values,
    };
  }
  return { attributes: group.attributes, arrays };
}
