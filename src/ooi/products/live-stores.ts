import { z } from 'zod';
import { Failure, messageOf } from '../../errors.ts';
import { readJson } from '../../formats/zarr/json.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import type { ObjectStore, Options } from '../../stores/objects/contract.ts';
import { bounded } from './bounded.ts';
import { type StoreMetadata, storeMetadata } from './store-metadata.ts';
import type { Made, Omission } from './table.ts';

/** A store as readers find it. */
export interface LiveStore {
  /** `<refdes>-<method>-<stream>`. */
  readonly table: string;
  /** What a reader opens: `s3://bucket/ooi/<table>` or the path of a folder. */
  readonly address: string;
  readonly reader: ChunkReader;
  readonly metadata: StoreMetadata;
}

const current = z.object({ generation: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/) });

/**
 * The stores of these tables, in their order. A table without a store, and one whose store cannot be read, is among the omissions; outages
 * of the place itself are thrown.
 *
 * @param isPointer whether the address of a store is that of its live generation (places in buckets that publish by pointer)
 */
export async function liveStores(
  objects: ObjectStore,
  tables: readonly string[],
  isPointer: boolean,
  options: Options = {},
): Promise<Made<readonly LiveStore[]>> {
  const found = await bounded(tables, (table) => liveStore(objects, table, isPointer, options));
  const omissions: readonly Omission[] = found.flatMap((one) => ('why' in one ? [one] : []));
  return { value: found.flatMap((one) => ('why' in one ? [] : [one])), omissions };
}

async function liveStore(objects: ObjectStore, table: string, isPointer: boolean, options: Options): Promise<LiveStore | Omission> {
  try {
    const folder = await liveFolder(objects, table, options);
    const reader: ChunkReader = { get: async (key) => (await objects.get(`${folder}/${key}`, options))?.bytes ?? null };
    const metadata = await storeMetadata(reader);
    if (metadata === null) return { what: table, why: 'there is no store: no .zmetadata stands at its address' };
    return { table, address: `${objects.place}/${isPointer ? folder : table}`, reader, metadata };
  } catch (error) {
    if (error instanceof Failure && error.kind !== 'again') return { what: table, why: messageOf(error) };
    throw error;
  }
}

/** The live generation's folder by the record of what is live; a store that was never published by us stands at the table's own name. */
async function liveFolder(objects: ObjectStore, table: string, options: Options): Promise<string> {
  const key = `${table}.current.json`;
  const record = await objects.get(key, options);
  if (record === null) return table;
  const parsed = current.safeParse(readJson(key, record.bytes));
  if (parsed.success) return `${table}.generations/${parsed.data.generation}`;
  throw new Failure({
    kind: 'stop',
    code: 'unreadable_store',
    happened: `${key} names no generation`,
    remedy: 'Publish a generation: landfall run rollback, or refresh the stream',
  });
}
