import { parseTable, type StreamName, tableOf } from '../names.ts';
import type { Facility } from './client.ts';
import { isoOfMicros, microsOf, microsOfStamp } from './instants.ts';
import { isPlainName, openCatalog } from './listing.ts';
import type { AcceptedRequest } from './request.ts';
import { folderAddresses, placeOf } from './request-urls.ts';

/** Clocks of both sides may differ by so much where the facility does not say what its own shows. */
const CLOCKS_DIFFER_MICROS = 120_000_000;
/** A folder that was made later than this after the request was sent is somebody else's. */
const ANSWERS_WITHIN_MICROS = 1_800_000_000;

/**
 * Looks into the account's own folder for a request that was sent and whose answer never came: a folder of the table made then.
 * @param like   an earlier accepted request of the same account: it tells where the account's folder is.
 * @param since  when the request was sent by our clock, ISO 8601, UTC.
 * @param known  folders that belong to requests that are known.
 * @returns the newest such folder as a request with the id `found-<stamp>`; null: there is none (yet).
 */
export async function findUnanswered(
  facility: Facility,
  {
    name,
    like,
    since,
    known,
  }: { readonly name: StreamName; readonly like: AcceptedRequest; readonly since: string; readonly known: readonly string[] },
  signal: AbortSignal,
): Promise<AcceptedRequest | null> {
  const place = placeOf(like.catalogUrl);
  const sentAt = microsOf(since);
  if (place === null || sentAt === null) return null;
  const catalog = await openCatalog(facility, place.accountCatalogUrl, signal);
  if (catalog === null) return null;
  // Folders are named by the facility's clock, and a worker's may be wrong.
  const from = sentAt + 1000 * (catalog.saidAt === null ? 0 : catalog.saidAt - facility.now());
  let newest: { readonly folder: string; readonly madeAt: number } | null = null;
  for await (const { name: folder } of catalog.entries) {
    const madeAt = madeAtOf(folder, tableOf(name));
    if (madeAt === null || madeAt < from - CLOCKS_DIFFER_MICROS || madeAt > from + ANSWERS_WITHIN_MICROS) continue;
    if (!known.includes(folder) && (newest === null || madeAt > newest.madeAt)) newest = { folder, madeAt };
  }
  return newest === null ? null : inFolder(like, place.folder, newest.folder, newest.madeAt);
}

/** When the folder of a request of this table was made; null for any other name. */
function madeAtOf(folder: string, table: string): number | null {
  const at = folder.indexOf('-');
  const isOfTable = isPlainName(folder) && parseTable(table) !== null && folder.slice(at + 1) === table;
  return isOfTable ? microsOfStamp(folder.slice(0, at)) : null;
}

function inFolder(like: AcceptedRequest, before: string, folder: string, madeAt: number): AcceptedRequest {
  return {
    id: `found-${folder.slice(0, folder.indexOf('-'))}`,
    catalogUrl: like.catalogUrl.replace(`/${before}/`, `/${folder}/`),
    ...folderAddresses(like.downloadUrl.replace(new RegExp(`/${before.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`), `/${folder}`)),
    sizeBytes: null,
    estimatedSeconds: null,
    subJobs: null,
    requestedAt: isoOfMicros(madeAt),
  };
}
