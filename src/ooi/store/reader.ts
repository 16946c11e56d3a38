import type { ZarrArray } from '../../formats/zarr/array.ts';
import { damagedChunk } from '../../formats/zarr/failures.ts';
import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import { checkChunk } from '../../formats/zarr/ledger.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import type { ObjectStore, Options } from '../../stores/objects/contract.ts';
import type { Segments } from './segments.ts';

export interface ReaderOptions extends Options {
  readonly objects: ObjectStore;
  /** Prefix of the group's keys. */
  readonly root: string;
  readonly arrays: ReadonlyMap<string, ZarrArray>;
  readonly segments: Segments;
  /** Chunks of which nothing is known may be missing: then they are fill, as in every Zarr store. */
  readonly isUnrecorded: boolean;
  /** Told the version of each object that is read. */
  readonly onRead?: (key: string, version: string | null) => void;
}

/** Encoded bytes that a reader keeps for whoever asks again. */
const KEPT_BYTES = 32 * 2 ** 20;

/** The objects of a group; every chunk is held against the record of what was written. What it gives belongs to who asked. */
export function recordedReader({ objects, root, arrays, segments, isUnrecorded, onRead, ...options }: ReaderOptions): ChunkReader {
  return {
    async get(key) {
      const found = await objects.get(`${root}/${key}`, options);
      onRead?.(key, found?.version ?? null);
      const bytes = found?.bytes ?? null;
      const row = rowOfChunk(arrays, key);
      if (row !== null) {
        const record = await segments.chunk(key, row);
        if (record === 'absent' && bytes !== null) throw damagedChunk(key, 'it is there, and was not when the store was taken over');
        const records = record === undefined ? (isUnrecorded ? [] : undefined) : record === 'absent' ? [] : [record];
        await checkChunk({ get: () => records }, key, bytes, found?.sha256);
      }
      return bytes;
    },
  };
}

/** The same, keeping what was read last for whoever asks again. */
export function keepingReader(reader: ChunkReader): ChunkReader {
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;
  const keep = (key: string, bytes: Uint8Array): void => {
    kept.set(key, bytes);
    keptBytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of kept) {
      if (keptBytes <= KEPT_BYTES) return;
      kept.delete(oldest);
      keptBytes -= byteLength;
    }
  };
  return {
    async get(key) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const bytes = await reader.get(key);
      if (bytes !== null) keep(key, bytes);
      return bytes;
    },
  };
}

/** The first row of a chunk; null for the key of anything else. */
export function rowOfChunk(arrays: ReadonlyMap<string, ZarrArray>, key: string): number | null {
  const slash = key.indexOf('/');
  const array = arrays.get(key.slice(0, Math.max(0, slash)));
  const first = /^\d+/.exec(key.slice(slash + 1))?.[0];
  return array === undefined || first === undefined ? null : Number(first) * chunkRowsOf(array);
}
