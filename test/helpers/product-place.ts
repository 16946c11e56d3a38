import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { goldenStores } from '../golden/ooi-data.ts';
import { room } from './room.ts';

export interface ProductPlace {
  readonly folder: string;
  readonly objects: ObjectStore;
  /** Of the stores that were copied here. */
  readonly tables: readonly string[];
  remove(): Promise<void>;
}

/** A place of products that holds the expected store of each refresh, under the name of its table. */
export async function productPlace(): Promise<ProductPlace> {
  const folder = await mkdtemp(join(room, 'landfall-products-'));
  const stores = goldenStores().filter(({ name }) => name === 'refresh');
  for (const store of stores) await cp(store.folder, join(folder, store.table), { recursive: true });
  const tables = stores.map(({ table }) => table);
  return { folder, objects: await openDisk({ folder }), tables, remove: () => rm(folder, { recursive: true, force: true }) };
}
