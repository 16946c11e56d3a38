import type { JsonObject } from '../../formats/zarr/json.ts';
import { compareBytes, compareRanks } from '../order.ts';
import type { InnerDimension, Said, SchemaNotes, VariableNotes } from '../series.ts';
import { isTextType } from './column-types.ts';

type TypeNotes = VariableNotes['types'][string];
type Attribute = JsonObject[string];

/** What two sets of files say together: commutative, associative and idempotent, so that the order of requests does not matter. */
export const joinNotes = (a: SchemaNotes, b: SchemaNotes): SchemaNotes => ({
  variables: joined(a.variables, b.variables, joinVariables),
  attributes: joined(a.attributes, b.attributes, later),
  extent: joined(a.extent, b.extent, (left, right, name) => (name.endsWith('_min') ? Math.min(left, right) : Math.max(left, right))),
});

function joined<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (a: T, b: T, name: string) => T,
): Readonly<Record<string, T>> {
  const all = new Map(Object.entries(a));
  for (const [name, right] of Object.entries(b)) {
    const left = all.get(name);
    all.set(name, left === undefined ? right : join(left, right, name));
  }
  return Object.fromEntries(all);
}

function joinVariables(a: VariableNotes, b: VariableNotes): VariableNotes {
  // A variable on time counts; what has its name without being on time has no rows.
  if (a.isOnTime !== b.isOnTime) return a.isOnTime ? a : b;
  return {
    types: joined(a.types, b.types, joinTypes),
    inner: joinInner(a.inner, b.inner),
    isOnTime: a.isOnTime,
    attributes: joined(a.attributes, b.attributes, later),
    tests: either(a.tests, b.tests, longest),
    textBytes: Math.max(a.textBytes, b.textBytes),
  };
}

const joinTypes = (a: TypeNotes, b: TypeNotes): TypeNotes => ({
  first: compareRanks(a.first, b.first) <= 0 ? a.first : b.first,
  fill: either(a.fill, b.fill, earlier),
});

/** Where names differ the first in byte order stands for both. */
function joinInner(a: readonly InnerDimension[], b: readonly InnerDimension[]): readonly InnerDimension[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
    const [left, right] = [a[i] ?? b[i], b[i] ?? a[i]];
    if (left === undefined || right === undefined) throw new Error('Dimensions are counted wrongly.');
    return { name: compareBytes(left.name, right.name) <= 0 ? left.name : right.name, size: Math.max(left.size, right.size) };
  });
}

const either = <T>(a: T | null, b: T | null, join: (a: T, b: T) => T): T | null => (a === null ? b : b === null ? a : join(a, b));

/** The same place says one thing; were it to say two, the order must not matter either. */
const compareSaid = <T extends Attribute>(a: Said<T>, b: Said<T>): number =>
  compareRanks(a.by, b.by) || compareBytes(JSON.stringify(a.value), JSON.stringify(b.value));

const later = <T extends Attribute>(a: Said<T>, b: Said<T>): Said<T> => (compareSaid(a, b) >= 0 ? a : b);
const earlier = <T extends Attribute>(a: Said<T>, b: Said<T>): Said<T> => (compareSaid(a, b) <= 0 ? a : b);

const longest = (a: Said<string>, b: Said<string>): Said<string> => {
  const more = testsIn(a.value) - testsIn(b.value);
  return more === 0 ? earlier(a, b) : more > 0 ? a : b;
};

/** How many tests a list such as `gross_range_test, climatology_test` names. */
export const testsIn = (list: string): number => list.split(',').filter((name) => name.trim() !== '').length;

const kindsOf = ({ types, isOnTime }: VariableNotes): ReadonlySet<boolean> => new Set(isOnTime ? Object.keys(types).map(isTextType) : []);

/** A variable that is text in one and numbers in the other; null where there is none. */
export function conflictOf(a: SchemaNotes, b: SchemaNotes): string | null {
  const known = new Map(Object.entries(a.variables));
  const found = Object.entries(b.variables).find(([name, variable]) => {
    const [before, now] = [kindsOf(known.get(name) ?? variable), kindsOf(variable)];
    return before.size > 0 && [...now].some((isText) => !before.has(isText));
  });
  return found?.[0] ?? null;
}
