import type { ChunkStore } from '../../formats/zarr/store.ts';
import type { ObjectStore, Options } from './contract.ts';

/** A folder of objects as the room of Zarr asks for it. `folder` without a slash at its end; empty: the whole store. */
export function chunksIn(store: ObjectStore, folder: string, options: Options = {}): ChunkStore {
  const root = folder === '' ? '' : `${folder}/`;
  return {
    get: async (key) => (await store.get(`${root}${key}`, options))?.bytes ?? null,
    set: async (key, bytes) => void (await store.put(`${root}${key}`, bytes, options)),
    delete: (key) => store.delete(`${root}${key}`, options),
    async *list(prefix) {
      for await (const { key } of store.list(`${root}${prefix}`, options)) yield key.slice(root.length);
    },
  };
}
