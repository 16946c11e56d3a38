import { messageOf } from '../../errors.ts';
import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { parseTable } from '../names.ts';
import { bounded } from './bounded.ts';
import type { ListedFile } from './facility.ts';
import { putJson } from './json-product.ts';
import type { Made, Omission } from './table.ts';

/** What a catalogue of the gold copy lists, and the address it was read at. */
export interface GoldCopyListing {
  readonly url: string;
  readonly files: readonly ListedFile[];
}

export const goldCopyKey = (table: string): string => `axiom_catalog/${table}`;

/** Writes what the gold copy has of each table to `axiom_catalog/<table>`. A listing that cannot be had leaves its old file, is named and hurts no other. */
export async function goldCopyCatalogs(
  tables: readonly string[],
  list: (table: string) => Promise<GoldCopyListing>,
  objects: ObjectStore,
  now: Date,
  options: WriteOptions = {},
): Promise<Made<number>> {
  const results = await bounded(tables, async (table): Promise<Omission | null> => {
    if (parseTable(table) === null) return { what: table.slice(0, 100), why: 'this is the name of no stream' };
    let listing: GoldCopyListing;
    try {
      listing = await list(table);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      return { what: table, why: `its gold copy cannot be listed, and the last listing stays: ${messageOf(error)}` };
    }
    await putJson(objects, goldCopyKey(table), documentOf(table, listing, now), options);
    return null;
  });
  const omissions = results.filter((result) => result !== null);
  return { value: tables.length - omissions.length, omissions };
}

const documentOf = (table: string, { url, files }: GoldCopyListing, now: Date): object => ({
  stream_name: table,
  catalog_url: url,
  base_tds_url: url.replace(/\/catalog\/.*$/, ''),
  datasets: files.map(({ name, urlPath, roughBytes, modified }) => ({
    ...{ date_modified: modified, size_bytes: roughBytes, name, ID: urlPath, urlPath },
  })),
  retrieved_dt: now.toISOString(),
});
