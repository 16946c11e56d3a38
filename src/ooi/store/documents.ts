import { withLength, type ZarrArray } from '../../formats/zarr/array.ts';
import {
  arrayAttributesDocument,
  arrayDocument,
  groupAttributesDocument,
  groupDocument,
  type ZarrGroup,
} from '../../formats/zarr/group.ts';
import type { StoredObject } from '../../formats/zarr/store.ts';
import type { SeriesPlan } from '../series.ts';
import { covering } from './coverage.ts';

export interface Extent {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

/** The group as it is published: every array on time at one length. `others`: arrays that no request is about, as they are. */
export function publishedGroup(
  plan: SeriesPlan,
  arrayOf: (name: string) => ZarrArray,
  { rows, firstTime, lastTime }: Extent,
  others: readonly ZarrArray[] = [],
): ZarrGroup {
  const arrays = plan.columns.map(({ name, isOnTime }): [string, ZarrArray] => {
    const array = arrayOf(name);
    return [name, isOnTime ? withLength(array, rows) : array];
  });
  const kept = others.map((array): [string, ZarrArray] => [array.name, array]);
  return { attributes: covering(plan.attributes, firstTime, lastTime), arrays: new Map([...arrays, ...kept]) };
}

/** Everything but `.zmetadata`, which publishes and so comes last. */
export const documentsOf = (group: ZarrGroup): readonly StoredObject[] => [
  ...[...group.arrays.values()].flatMap((array) => [arrayDocument(array), arrayAttributesDocument(array)]),
  groupDocument(),
  groupAttributesDocument(group),
];
