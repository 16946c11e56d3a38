import type { AttributeValue } from '../../formats/netcdf/file.ts';
import type { JsonObject } from '../../formats/zarr/json.ts';

export type Attribute = JsonObject[string];

/** What the store says by other means, or what was true of one file only. Specification 7.1 and 7.5, rule 13. */
const DROPPED_GLOBALS: ReadonlySet<string> = new Set([
  'time_coverage_start',
  'time_coverage_end',
  'time_coverage_resolution',
  'uuid',
  'requestUUID',
  'creator_email',
  'contributor_name',
  'contributor_role',
  'acknowledgement',
  'feature_Type',
]);

const EXTENT = /^geospatial_(?:lat|lon)_(?:min|max)$/;
const OWN_BOOKS: ReadonlySet<string> = new Set(['_FillValue', '_ARRAY_DIMENSIONS']);

/** A variable's attributes as the store has them, by name. */
export function variableAttributes(attributes: ReadonlyMap<string, AttributeValue>): ReadonlyMap<string, Attribute> {
  const kept = [...attributes].filter(([name]) => !OWN_BOOKS.has(name));
  return new Map(kept.map(([name, value]) => [name, name === 'units' ? withPlainDegrees(attributeJson(value)) : attributeJson(value)]));
}

/** A file's attributes as the store has them, and its geographic extremes apart. */
export function globalAttributes(attributes: ReadonlyMap<string, AttributeValue>): {
  readonly plain: ReadonlyMap<string, Attribute>;
  readonly extent: ReadonlyMap<string, number>;
} {
  const plain = new Map<string, Attribute>();
  const extent = new Map<string, number>();
  for (const [name, value] of attributes) {
    if (DROPPED_GLOBALS.has(name) || OWN_BOOKS.has(name)) continue;
    const json = attributeJson(value);
    if (EXTENT.test(name) && typeof json === 'number') extent.set(name, json);
    else plain.set(name, json);
  }
  return { plain, extent };
}

const withPlainDegrees = (value: Attribute): Attribute => (typeof value === 'string' ? value.replaceAll('ºC', 'degree_C') : value);

/** Numbers that JSON does not have, and integers beyond a double, are texts. */
function attributeJson(value: AttributeValue): Attribute {
  if (typeof value === 'string') return value;
  if (isTexts(value)) return value.join(',');
  const [only] = value;
  if (value.length !== 1 || only === undefined) return [...value].map((each) => numberText(each, value)).join(',');
  return typeof only === 'number' && Number.isFinite(only) ? only : Number.isSafeInteger(Number(only)) ? Number(only) : String(only);
}

const isTexts = (value: Exclude<AttributeValue, string>): value is readonly string[] => Array.isArray(value);

/** As numpy shows it: the shortest digits of its own type, and a point in every floating-point number. */
function numberText(value: number | bigint, among: object): string {
  const isSingle = among instanceof Float32Array;
  if (typeof value === 'bigint' || !(isSingle || among instanceof Float64Array)) return String(value);
  if (Number.isNaN(value)) return 'nan';
  const text = isSingle ? shortestSingle(value) : String(value);
  return Number.isInteger(value) && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
