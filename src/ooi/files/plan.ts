import { parseDataType } from '../../formats/zarr/data-type.ts';
import type { Fill } from '../../formats/zarr/fill.ts';
import type { JsonObject } from '../../formats/zarr/json.ts';
import { roomFor, type Values } from '../../formats/zarr/values.ts';
import { compareBytes, compareRanks } from '../order.ts';
import type { Absent, ColumnPlan, InnerDimension, Said, SchemaNotes, SeriesPlan, VariableNotes } from '../series.ts';
import { commonType, facilityDefault, fillAs, isTextType } from './column-types.ts';
import { ROW_BYTES } from './header.ts';
import { testsIn } from './join.ts';

export interface PlanOptions {
  /** Least sizes of inner dimensions, by name. */
  readonly maximum?: Readonly<Record<string, number>>;
}

/** The store that follows from what all its files say. Specification 7.5, rules 5 to 10 and 13. */
export function planOf(notes: SchemaNotes, { maximum = {} }: PlanOptions = {}): SeriesPlan {
  const sizes = innerSizes(notes, new Map(Object.entries(maximum)));
  const variables = Object.entries(notes.variables).filter(([name, { isOnTime }]) => isOnTime || sizes.has(name));
  const columns = variables.map(([name, variable]) => columnOf(name, variable, sizes));
  return {
    columns: columns.toSorted((a, b) => compareBytes(a.name, b.name)),
    attributes: { ...spoken(notes.attributes), ...notes.extent },
  };
}

/** Why no store can be what all these files say, though one with each of them can; null: it can. */
export function misfitOf(notes: SchemaNotes, { maximum = {} }: PlanOptions = {}): string | null {
  const wide = Object.entries(notes.variables).filter(([, { isOnTime, inner }]) => isOnTime && inner.length > 0);
  const sizes = wide.length === 0 ? new Map<string, number>() : innerSizes(notes, new Map(Object.entries(maximum)));
  for (const [name, { inner, textBytes }] of wide) {
    if (new Set(inner.map((dimension) => dimension.name)).size < inner.length) return `${name} would have one dimension twice`;
    const bytes = inner.reduce((product, dimension) => product * (sizes.get(dimension.name) ?? 1), textBytes || 8);
    if (bytes > ROW_BYTES) return `one row of ${name} would have more than ${ROW_BYTES} bytes`;
  }
  return null;
}

/** One dimension has one size in the whole store: the longest that any variable on time has of it. */
function innerSizes(notes: SchemaNotes, maximum: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const onTime = Object.values(notes.variables).filter(({ isOnTime }) => isOnTime);
  for (const { name, size } of onTime.flatMap(({ inner }) => inner))
    sizes.set(name, Math.max(sizes.get(name) ?? maximum.get(name) ?? 0, size));
  return sizes;
}

function columnOf(name: string, notes: VariableNotes, sizes: ReadonlyMap<string, number>): ColumnPlan {
  const { isOnTime } = notes;
  const inner: readonly InnerDimension[] = notes.inner.map((dimension) => ({
    name: dimension.name,
    size: sizes.get(dimension.name) ?? dimension.size,
  }));
  const tests = name.includes('qartod_executed') && notes.tests !== null ? testsIn(notes.tests.value) : 0;
  const type = typeOf(name, notes, tests);
  const fill = name === 'time' || isTextType(type) ? null : fillOf(notes, type);
  const attributes = spoken(notes.attributes);
  const isListed = isTextType(type) && notes.tests !== null;
  return {
    name,
    type,
    isOnTime,
    inner,
    fill,
    absent: absentOf(name, type, fill, tests === 0 ? notes.textBytes : tests),
    attributes: isListed ? { ...attributes, tests_executed: notes.tests?.value ?? '' } : attributes,
  };
}

/** Text and numbers under one name do not go together: the kind that was there first stays. */
function typeOf(name: string, notes: VariableNotes, tests: number): string {
  if (name === 'time') return '<f8';
  const types = Object.entries(notes.types).toSorted(([x, a], [y, b]) => compareRanks(a.first, b.first) || compareBytes(x, y));
  const first = types[0]?.[0] ?? '<f8';
  if (isTextType(first)) return `|S${Math.max(1, notes.textBytes, tests)}`;
  return commonType(types.map(([type]) => type).filter((type) => !isTextType(type)));
}

function fillOf({ types }: VariableNotes, type: string): number | bigint | null {
  const declared = Object.entries(types).flatMap(([of, { fill }]) => (fill === null ? [] : [{ ...fill, of }]));
  const first = declared.toSorted((a, b) => compareRanks(a.by, b.by) || compareBytes(a.of, b.of))[0] ?? null;
  const said = types[type]?.fill ?? first;
  return said === null ? null : fillAs(fillFrom(said), type);
}

function fillFrom({ value }: Said<JsonObject[string]>): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  const text = String(value);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? BigInt(text) : Number(text);
}

/** Specification 7.5, rule 9. */
function absentOf(name: string, type: string, fill: Fill, tests: number): Absent {
  if (isTextType(type)) {
    return name.includes('qartod_executed') ? { kind: 'tests', tests } : { kind: 'value', value: facilityDefault(type) };
  }
  const [isQartod, isQc] = [name.endsWith('_qartod_results'), /_qc_(?:executed|results)$/.test(name)];
  if (!(isQartod || isQc)) return { kind: 'value', value: fill ?? facilityDefault(type) };
  const flag = isQartod ? 9 : 0;
  return { kind: 'value', value: type.endsWith('8') && !type.includes('f') ? BigInt(flag) : flag };
}

const spoken = (attributes: Readonly<Record<string, Said<JsonObject[string]>>>): JsonObject =>
  Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]));

/** What the coordinate of an inner dimension holds: 0 to k-1. */
export function coordinateValues({ name, type, inner }: ColumnPlan): Values {
  const values = roomFor(parseDataType(name, type), inner[0]?.size ?? 0);
  for (let i = 0; i < values.length; i++) {
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[i] = BigInt(i);
    else values[i] = i;
  }
  return values;
}
