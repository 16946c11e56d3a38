import { parseTable, type StreamName, tableOf } from '../names.ts';
import type { Facility } from './client.ts';
import { isoOfMicros, microsOf, microsOfStamp } from './instants.ts';
import { isPlainName, openCatalog } from './listing.ts';
import type { AcceptedRequest } from './request.ts';
import { folderAddresses, placeOf } from './request-urls.ts';
import { within } from './within.ts';

/** Clocks of both sides may differ by so much. */
const CLOCKS_DIFFER_MICROS = 120_000_000;
/** A folder that was made later than this after the request was sent is somebody else's. */
const ANSWERS_WITHIN_MICROS = 1_800_000_000;

/** A clock that is wrong by more is no clock: only then is a time of ours read as the facility's, as its answer is dated. */
const WRONG_CLOCK_MS = 86_400_000;

/**
 * Looks into the account's own folder for a request that was sent and whose answer never came: a folder of the table made then.
 * @param like   an earlier accepted request of the same account: it tells where the account's folder is.
 * @param since  when the request was sent by our clock, ISO 8601, UTC.
 * @param known  folders that belong to requests that are known.
 * @returns the one of these folders that was nearest to that time as a request with the id `found-<stamp>`; null: there is none (yet).
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
  return await within(facility.timeoutMs, 'the catalog of the account', signal, async (either) => {
    const catalog = await openCatalog(facility, place.accountCatalogUrl, either);
    if (catalog === null) return null;
    const apartMs = catalog.saidAt === null ? 0 : catalog.saidAt - facility.now();
    const sentTimes = Math.abs(apartMs) > WRONG_CLOCK_MS ? [sentAt, sentAt + 1000 * apartMs] : [sentAt];
    const made: { readonly folder: string; readonly madeAt: number }[] = [];
    for await (const { name: folder } of catalog.entries) {
      const madeAt = madeAtOf(folder, tableOf(name));
      if (madeAt === null || known.includes(folder)) continue;
      if (sentTimes.some((sent) => isOfThen(madeAt, sent))) made.push({ folder, madeAt });
    }
    for (const sent of sentTimes) {
      const [nearest] = made
        .filter(({ madeAt }) => isOfThen(madeAt, sent))
        .toSorted((one, other) => Math.abs(one.madeAt - sent) - Math.abs(other.madeAt - sent));
      if (nearest !== undefined) return inFolder(like, place.folder, nearest.folder, nearest.madeAt);
    }
    return null;
  });
}

const isOfThen = (madeAt: number, sent: number): boolean => madeAt >= sent - CLOCKS_DIFFER_MICROS && madeAt <= sent + ANSWERS_WITHIN_MICROS;

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
