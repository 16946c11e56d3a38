import { Failure } from '../../errors.ts';
import { arrayNameOf, CONSOLIDATED_KEY, parseConsolidated, parseGroup, type ZarrGroup } from './group.ts';
import { type JsonObject, readJson } from './json.ts';
import { DEFAULT_LIMITS, type ZarrLimits } from './limits.ts';
import type { ChunkReader, ChunkStore } from './store.ts';

export interface OpenedStore extends ZarrGroup {
  /** Opened through `.zmetadata`, as published. */
  readonly isConsolidated: boolean;
}

/**
 * Opens a store as readers do: through `.zmetadata`, and where there is none through the documents of each array.
 *
 * @throws {Failure} `no_store`, `unreadable_store`, `unsupported_store`
 */
export async function openStore(store: ChunkReader & Pick<ChunkStore, 'list'>, limits: ZarrLimits = DEFAULT_LIMITS): Promise<OpenedStore> {
  const consolidated = await read(store, CONSOLIDATED_KEY);
  if (consolidated !== null) return { ...parseConsolidated(consolidated, limits), isConsolidated: true };
  const group = await read(store, '.zgroup');
  if (group === null) throw noStore();
  const documents = new Map([['.zgroup', group]]);
  for (const key of await documentKeys(store)) {
    const document = await read(store, key);
    if (document !== null) documents.set(key, document);
  }
  return { ...parseGroup(documents, limits), isConsolidated: false };
}

async function read(store: ChunkReader, key: string): Promise<JsonObject | null> {
  const bytes = await store.get(key);
  return bytes === null ? null : readJson(key, bytes);
}

async function documentKeys(store: Pick<ChunkStore, 'list'>): Promise<readonly string[]> {
  if (store.list === undefined) throw noStore('without .zmetadata, where objects cannot be listed');
  const keys = ['.zattrs'];
  for await (const key of store.list('')) {
    const name = arrayNameOf(key);
    if (name !== null) keys.push(key, `${name}/.zattrs`);
  }
  return keys;
}

const noStore = (how = 'there'): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_store',
    happened: `No Zarr store is ${how}`,
    expected: 'the object .zmetadata or .zgroup',
    remedy: 'Check the address of the store; a refresh builds a new one',
  });
