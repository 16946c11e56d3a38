import { Failure } from '../../errors.ts';
import { readArray } from '../../formats/zarr/read.ts';
import { rawBytes } from '../../formats/zarr/values.ts';
import type { SchemaNotes, SeriesPlan } from '../series.ts';
import type { ChangeOptions, Generation } from './contract.ts';
import { ADOPTED } from './places.ts';
import { coordinateValues } from './rules.ts';
import { assertAscending } from './validate.ts';

/** What makes measurements of stored numbers. A store and files that differ in it have different numbers for one value. */
const PACKING = ['scale_factor', 'add_offset', '_Unsigned'] as const;

/**
 * Rows of files go into a store that somebody else wrote only where their numbers mean the same.
 *
 * @throws {Failure} `packing_differs` (stop)
 */
export function assertSamePacking({ id, group }: Pick<Generation, 'id' | 'group'>, { variables }: SchemaNotes): void {
  if (id !== ADOPTED) return;
  for (const [name, { attributes }] of Object.entries(variables)) {
    const array = group.arrays.get(name);
    for (const key of array === undefined ? [] : PACKING) {
      const [stored, given] = [array?.attributes[key], attributes[key]?.value];
      if (stored === given || Number(stored) === Number(given)) continue;
      throw new Failure({
        kind: 'stop',
        code: 'packing_differs',
        happened: `${name} has ${said(key, stored)} in the store and ${said(key, given)} in the files, so their numbers mean different values`,
        expected: 'the same on both sides',
        remedy: REFRESH,
      });
    }
  }
}

const said = (key: string, value: unknown): string => (value === undefined ? `no ${key}` : `${key} ${String(value).slice(0, 40)}`);

/**
 * A new generation has what the files have, and numbers for coordinates; it cannot take over anything else, and nothing is left out unsaid.
 *
 * @throws {Failure} `not_taken_over`, `unsupported_store`, `doubled_store` (stop)
 */
export async function assertTakenOver(base: Generation, plan: SeriesPlan, options: Pick<ChangeOptions, 'signal'>): Promise<void> {
  const { id, group, chunks, state, isRecorded } = base;
  for (const why of group.unread?.values() ?? []) throw why;
  if (id !== ADOPTED) return;
  if (!isRecorded) await assertAscending(base, options);
  const columns = new Map(plan.columns.map((column) => [column.name, column]));
  for (const array of group.arrays.values()) {
    const column = columns.get(array.name);
    if (column === undefined || state.notes.variables[array.name]?.isOnTime !== column.isOnTime)
      throw notTakenOver(`${array.name}, which has no row for each time,`);
    if (column.isOnTime) continue;
    const [found, planned] = [rawBytes(await readArray(chunks, array)), rawBytes(coordinateValues(column))];
    if (Buffer.compare(found, planned) === 0) continue;
    throw notTakenOver(`The coordinate ${array.name}, whose values are not 0, 1, 2, …,`);
  }
}

const REFRESH = 'Refresh the flow: that builds the store anew from the files of the facility';

const notTakenOver = (what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'not_taken_over',
    happened: `${what} would not be in the new generation that these rows need`,
    expected: 'a store of nothing but variables on time and counted coordinates',
    remedy: `${REFRESH}; what they do not have is then left out`,
  });
