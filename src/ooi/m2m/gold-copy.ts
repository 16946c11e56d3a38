import { Failure } from '../../errors.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Facility } from './client.ts';
import { openCatalog } from './listing.ts';

const GOLD_COPY = 'https://thredds.dataexplorer.oceanobservatories.org/thredds/catalog/ooigoldcopy/public';

/**
 * What the gold copy has of a table, files alone. Names are as they came. Specification 3.2.
 * @throws {Failure} `no_gold_copy` (stop); as `readCatalog`, and of the facility.
 */
export async function goldCopyOf(
  facility: Facility,
  table: string,
  signal: AbortSignal,
): Promise<{ readonly url: string; readonly files: readonly CatalogEntry[] }> {
  const url = `${GOLD_COPY}/${table}/catalog.xml`;
  const entries = await openCatalog(facility, url, signal);
  if (entries === null) throw new Failure({ kind: 'stop', code: 'no_gold_copy', happened: `There is no gold copy of ${table}` });
  const files: CatalogEntry[] = [];
  for await (const entry of entries) if (entry.kind === 'file') files.push(entry);
  return { url, files };
}
