import { Failure } from '../../errors.ts';
import { dimensionsOf, withTextBytes, type ZarrArray } from '../../formats/zarr/array.ts';
import { whyNotEncoded } from '../../formats/zarr/codecs/pipeline.ts';
import { unsupportedStore } from '../../formats/zarr/failures.ts';
import { tornDimensions, type ZarrGroup } from '../../formats/zarr/group.ts';
import type { ColumnPlan, SchemaNotes, SeriesPlan } from '../series.ts';
import { arrayFor, whyNotSame } from './column-array.ts';
import { typeOf } from './column-type.ts';
import type { Codec, Generation } from './contract.ts';
import { isSameAbsent } from './reshape.ts';

/** What an append does to the form of a store. */
export interface Form {
  readonly notes: SchemaNotes;
  readonly plan: SeriesPlan;
  /** Columns that the store does not have yet. */
  readonly fresh: readonly ColumnPlan[];
  /** As they become, at their old length; `shuffle` of fresh ones is still to be tried. */
  readonly arrays: ReadonlyMap<string, ZarrArray>;
  /** Arrays of a store that somebody else wrote which are not on time, as they are. */
  readonly others: readonly ZarrArray[];
}

/**
 * The form with further notes; or a sentence that says why the store cannot take it as it is.
 *
 * @throws {Failure} `torn_store`, and why an array is not read: what cannot be read cannot be taken over either
 */
export function formWith(
  { group, state }: Generation,
  notes: SchemaNotes,
  plan: SeriesPlan,
  before: SeriesPlan,
  codec: Codec,
): Form | string {
  for (const why of group.unread?.values() ?? []) throw why;
  for (const [dimension, lengths] of tornDimensions(group)) throw torn(dimension, lengths);
  const known = new Map(before.columns.map((column) => [column.name, column]));
  const others = othersIn(group, new Set(plan.columns.map(({ name }) => name)));
  const arrays = new Map<string, ZarrArray>();
  const fresh: ColumnPlan[] = [];
  for (const column of plan.columns) {
    const array = group.arrays.get(column.name);
    if (array === undefined) {
      fresh.push(column);
      arrays.set(column.name, arrayFor(column, state.length, codec, state.segmentRows));
      continue;
    }
    const was = known.get(column.name);
    if (was?.isOnTime !== column.isOnTime) return `${column.name} is not on time in the store and is in the files, or the other way round`;
    const notWritten = whyNotEncoded(array);
    const why = notWritten === null ? whyNotSame(array, column) : `${column.name} cannot be written as it is: ${notWritten}`;
    if (why !== null) return why;
    if (!isSameAbsent(was, column)) return `what stands where ${column.name} is absent changes`;
    const { _ARRAY_DIMENSIONS: dimensions = [] } = array.attributes;
    const planned = { ...array, attributes: { ...column.attributes, _ARRAY_DIMENSIONS: dimensions } };
    arrays.set(column.name, withTextBytes(planned, typeOf(column).bytes));
  }
  return { notes, plan, fresh, arrays, others };
}

/** @throws {Failure} `unsupported_store`: an array would have to grow along another dimension than its first */
function othersIn({ arrays }: ZarrGroup, planned: ReadonlySet<string>): readonly ZarrArray[] {
  const others = [...arrays.values()].filter(({ name }) => !planned.has(name));
  const crosswise = [...arrays.values()].find((array) => (dimensionsOf(array) ?? []).lastIndexOf('time') > 0);
  if (crosswise === undefined) return others;
  throw unsupportedStore(`${crosswise.name}/.zarray`, 'time is not its first dimension', 'time first, and once');
}

const torn = (dimension: string, lengths: readonly number[]): Failure =>
  new Failure({
    kind: 'stop',
    code: 'torn_store',
    happened: `Arrays of the store give ${dimension} the lengths ${lengths.join(' and ')}: an append was cut short by the program that wrote it`,
    remedy: 'Refresh the flow: that builds a whole store beside it',
  });
