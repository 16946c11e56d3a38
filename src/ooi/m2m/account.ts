import { parseTable, type StreamName, tableOf } from '../names.ts';
import type { Facility } from './client.ts';
import { isoOfMicros, microsOf, microsOfStamp } from './instants.ts';
import { isPlainName, openCatalog } from './listing.ts';
import type { AcceptedRequest } from './request.ts';
import { folderAddresses, placeOf } from './request-urls.ts';

/** Clocks of both sides may differ by so much. */
const CLOCKS_DIFFER_MICROS = 120_000_000;
/** A folder that was made later than this after the request was sent is somebody else's. */
const ANSWERS_WITHIN_MICROS = 1_800_000_000;

/**
 * Looks into the account's own folder for a request that was sent and whose answer never came: a folder of the table made then.
 * @param like   an earlier accepted request of the same account: it tells where the account's folder is.
 * @param since  when the request was sent, ISO 8601, UTC.
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
  const from = microsOf(since);
  if (place === null || from === null) return null;
  const entries = await openCatalog(facility, place.accountCatalogUrl, signal);
  if (entries === null) return null;
  let newest: { readonly folder: string; readonly madeAt: number } | null = null;
  for await (const { name: folder } of entries) {
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
