import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../src/errors.ts';
import type { ChunkReader } from '../../src/formats/zarr/store.ts';

/** A store in a folder as anybody sees it: files, and no record of what was written. */
export const folderReader = (folder: string): ChunkReader => ({
  async get(key) {
    try {
      return await readFile(join(folder, key));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  },
});
