import { type Failure, isFailure } from '../../errors.ts';
import { arrayMetadata, dimensionsOf, parseArray, type ZarrArray } from './array.ts';
import { unreadableStore, unsupportedStore } from './failures.ts';
import { isJsonObject, type Json, type JsonObject, shownJson, writeJson } from './json.ts';
import { DEFAULT_LIMITS, type ZarrLimits } from './limits.ts';
import type { StoredObject } from './store.ts';

/** A group of arrays side by side, as xarray writes a data set. */
export interface ZarrGroup {
  readonly attributes: JsonObject;
  /** By name. */
  readonly arrays: ReadonlyMap<string, ZarrArray>;
  /** Arrays of a form that is not read, by name, each with why. A store that has any is not written to. */
  readonly unread?: ReadonlyMap<string, Failure>;
}

export const CONSOLIDATED_KEY = '.zmetadata';

const GROUP: JsonObject = { zarr_format: 2 };

/** The first object of a store that is built. */
export const groupDocument = (): StoredObject => ({ key: '.zgroup', bytes: writeJson(GROUP) });

export const groupAttributesDocument = ({ attributes }: ZarrGroup): StoredObject => ({ key: '.zattrs', bytes: writeJson(attributes) });

export const arrayDocument = (array: ZarrArray): StoredObject => ({ key: `${array.name}/.zarray`, bytes: writeJson(arrayMetadata(array)) });

export const arrayAttributesDocument = (array: ZarrArray): StoredObject => ({
  key: `${array.name}/.zattrs`,
  bytes: writeJson(array.attributes),
});

/**
 * `.zmetadata`: all of the above in one object. Writing it is what publishes: readers that open the store look at nothing else.
 *
 * @throws {Failure} `unsupported_store` for a group with arrays that could not be read
 */
export function consolidatedDocument({ attributes, arrays, unread }: ZarrGroup): StoredObject {
  for (const why of unread?.values() ?? []) throw why; // it would leave them out
  const metadata: Record<string, Json> = { '.zgroup': GROUP, '.zattrs': attributes };
  for (const array of arrays.values()) {
    metadata[`${array.name}/.zarray`] = arrayMetadata(array);
    metadata[`${array.name}/.zattrs`] = array.attributes;
  }
  return { key: CONSOLIDATED_KEY, bytes: writeJson({ zarr_consolidated_format: 1, metadata }) };
}

/** @throws {Failure} `unreadable_store`, `unsupported_store` */
export function parseConsolidated(document: JsonObject, limits: ZarrLimits = DEFAULT_LIMITS): ZarrGroup {
  const { metadata, zarr_consolidated_format: format } = document;
  if (format !== 1) throw unsupportedStore(CONSOLIDATED_KEY, `zarr_consolidated_format ${shownJson(format)}`, '1');
  if (!isJsonObject(metadata)) throw unreadableStore(CONSOLIDATED_KEY, 'it has no object "metadata"');
  return parseGroup(new Map(Object.entries(metadata)), limits);
}

/**
 * An array of a form that is not read keeps nobody from the others: it is among `unread`.
 *
 * @param documents the content of `.zgroup`, `.zattrs`, `<name>/.zarray` and `<name>/.zattrs`, by key
 * @throws {Failure} `unreadable_store`, `unsupported_store`
 */
export function parseGroup(documents: ReadonlyMap<string, Json>, limits: ZarrLimits = DEFAULT_LIMITS): ZarrGroup {
  const format = objectAt(documents, '.zgroup').zarr_format;
  if (format !== 2) throw unsupportedStore('.zgroup', `zarr_format ${shownJson(format)}`, '2');
  const arrays = new Map<string, ZarrArray>();
  const unread = new Map<string, Failure>();
  for (const key of documents.keys()) {
    const name = arrayNameOf(key);
    if (name === null) continue;
    const attributes = documents.has(`${name}/.zattrs`) ? objectAt(documents, `${name}/.zattrs`) : {};
    try {
      arrays.set(name, parseArray({ name, metadata: objectAt(documents, key), attributes }, limits));
    } catch (error) {
      if (!isFailure(error, 'unsupported_store')) throw error;
      unread.set(name, error);
    }
  }
  return { attributes: documents.has('.zattrs') ? objectAt(documents, '.zattrs') : {}, arrays, unread };
}

/** The name of the array that a key such as `time/.zarray` describes, null for the key of anything else. */
export function arrayNameOf(key: string): string | null {
  const [, path, file] = /^(.+)\/(\.zarray|\.zgroup)$/s.exec(key) ?? [];
  if (path === undefined) return null;
  if (file === '.zgroup' || path.includes('/'))
    throw unsupportedStore(key.slice(0, 200), 'a group inside the group', 'arrays side by side');
  if (path.startsWith('.') || UNSAFE.test(path))
    throw unreadableStore(JSON.stringify(key.slice(0, 200)), 'the name of the array is not safe');
  return path;
}

const UNSAFE = /[\x00-\x1f\x7f\\]/;

/** Dimensions to which the arrays give different lengths, each with its lengths: such a store is torn and does not open elsewhere. */
export function tornDimensions({ arrays }: ZarrGroup): ReadonlyMap<string, readonly number[]> {
  const lengths = new Map<string, Set<number>>();
  for (const array of arrays.values()) {
    for (const [at, name] of (dimensionsOf(array) ?? []).entries()) {
      lengths.set(name, (lengths.get(name) ?? new Set()).add(array.shape[at] ?? 0));
    }
  }
  const torn = [...lengths].filter(([, found]) => found.size > 1);
  return new Map(torn.map(([name, found]) => [name, [...found].sort((a, b) => a - b)]));
}

function objectAt(documents: ReadonlyMap<string, Json>, key: string): JsonObject {
  const value = documents.get(key);
  if (value !== undefined && isJsonObject(value)) return value;
  throw unreadableStore(key, value === undefined ? 'it is not there' : 'it is not a JSON object');
}
