import { sha256InPool } from '../sha256.ts';
import { damagedChunk, missingChunk } from './failures.ts';
import type { StoredObject } from './store.ts';

/** What a chunk was when it was written. */
export interface ChunkRecord {
  readonly key: string;
  /** Bytes as stored. */
  readonly length: number;
  /** Of the stored bytes, hexadecimal. */
  readonly sha256: string;
}

/**
 * What is known of chunks. A missing chunk means fill to every reader of Zarr, so without this a lost one would pass unnoticed.
 *
 * - a list: the chunk is one of these (two while a change is under way); an empty list: it was never written, its values are fill;
 * - undefined: nothing is known, and then it must at least be there.
 *
 * A `ReadonlyMap` fits.
 */
export interface ChunkLedger {
  get(key: string): readonly ChunkRecord[] | undefined;
}

export const recordOf = async ({ key, bytes }: StoredObject): Promise<ChunkRecord> => ({
  key,
  length: bytes.byteLength,
  sha256: await sha256InPool(bytes),
});

/**
 * @param bytes what the store has for the key; null: nothing
 * @param sha256 their digest, where it is known already
 * @throws {Failure} `missing_chunk`, `damaged_chunk`
 */
export async function checkChunk(ledger: ChunkLedger, key: string, bytes: Uint8Array | null, sha256?: string): Promise<void> {
  const records = ledger.get(key);
  if (bytes === null) {
    if (records?.length !== 0) throw missingChunk(key);
    return;
  }
  if (records === undefined || records.length === 0) return;
  const found = sha256 === undefined ? await recordOf({ key, bytes }) : { length: bytes.byteLength, sha256 };
  if (records.some((record) => record.length === found.length && record.sha256 === found.sha256)) return;
  throw damagedChunk(key, `it has ${found.length} bytes with the digest ${found.sha256.slice(0, 12)}…, which is not what was written`);
}
