import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { isJsonObject, type JsonObject, readJson } from '../../formats/zarr/json.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { isText } from './attributes.ts';

/** One array of a store, of whatever type: also of those that are not read here, such as texts of any length. */
export interface StoreVariable {
  readonly name: string;
  readonly shape: readonly number[];
  /** As numpy writes it. */
  readonly type: string;
  /** Uncompressed, as numpy counts: a text of any length is a reference of eight bytes. */
  readonly bytes: number;
  readonly dimensions: readonly string[];
  /** Without `_ARRAY_DIMENSIONS`. */
  readonly attributes: JsonObject;
}

/** What `.zmetadata` says of a store. Variables in byte order of their names. */
export interface StoreMetadata {
  readonly attributes: JsonObject;
  readonly variables: readonly StoreVariable[];
}

const arrayForm = z.object({ shape: z.array(z.int().min(0)), dtype: z.string() });

/** @returns null where there is no `.zmetadata`. @throws {Failure} `unreadable_store` (stop) */
export async function storeMetadata(store: ChunkReader): Promise<StoreMetadata | null> {
  const bytes = await store.get('.zmetadata');
  if (bytes === null) return null;
  const { metadata } = readJson('.zmetadata', bytes);
  if (metadata === undefined || !isJsonObject(metadata)) throw unreadable('has no object "metadata"');
  const names = Object.keys(metadata).flatMap((key) => (key.endsWith('/.zarray') ? [key.slice(0, -'/.zarray'.length)] : []));
  const variables = names.toSorted(byBytes).map((name) => variableOf(name, metadata));
  return { attributes: objectAt(metadata, '.zattrs'), variables };
}

function variableOf(name: string, metadata: JsonObject): StoreVariable {
  const form = arrayForm.safeParse(metadata[`${name}/.zarray`]);
  if (!form.success) throw unreadable(`gives ${name} no shape or no type`);
  const { _ARRAY_DIMENSIONS: dimensions, ...attributes } = objectAt(metadata, `${name}/.zattrs`);
  const { shape, dtype: type } = form.data;
  const bytes = shape.reduce((product, size) => product * size, itemBytes(name, type));
  return { name, shape, type, bytes, dimensions: Array.isArray(dimensions) ? dimensions.filter(isText) : [], attributes };
}

function itemBytes(name: string, type: string): number {
  const [, kind, size = '1'] = /^[<>|]([a-zA-Z])(\d+)?/.exec(type) ?? [];
  if (kind === undefined) throw unreadable(`gives ${name} the type ${type.slice(0, 40)}`);
  if (kind === 'O') return 8;
  return kind === 'U' ? 4 * Number(size) : Number(size);
}

function objectAt(metadata: JsonObject, key: string): JsonObject {
  const value = metadata[key];
  if (value === undefined) return {};
  if (isJsonObject(value)) return value;
  throw unreadable(`has no object under ${key.slice(0, 100)}`);
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const unreadable = (what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'unreadable_store',
    happened: `.zmetadata ${what}`,
    expected: 'the consolidated metadata of a Zarr v2 store',
    remedy: 'Refresh the stream: that builds the store anew',
  });
