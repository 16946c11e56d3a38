import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../src/errors.ts';
import type { ChunkStore } from '../../src/formats/zarr/store.ts';

export interface MemoryStore extends ChunkStore {
  readonly objects: Map<string, Uint8Array>;
}

export function memoryStore(objects: Map<string, Uint8Array> = new Map()): MemoryStore {
  return {
    objects,
    get: async (key) => objects.get(key) ?? null,
    set: async (key, bytes) => void objects.set(key, new Uint8Array(bytes)),
    delete: async (key) => void objects.delete(key),
    async *list(prefix) {
      for (const key of objects.keys()) if (key.startsWith(prefix)) yield key;
    },
  };
}

/** A store in a folder, for tests only: nothing is synchronised to the disk. */
export const folderStore = (root: string): ChunkStore => ({
  async get(key) {
    try {
      return await readFile(join(root, key));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  },
  async set(key, bytes) {
    await mkdir(dirname(join(root, key)), { recursive: true });
    await writeFile(join(root, key), bytes);
  },
  delete: (key) => rm(join(root, key), { force: true }),
  async *list(prefix) {
    for (const entry of await readdir(root, { recursive: true })) if (entry.startsWith(prefix)) yield entry;
  },
});
