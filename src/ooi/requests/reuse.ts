import type { Facility } from '../m2m/client.ts';
import { poll } from '../m2m/poll.ts';
import type { TimeRange } from '../m2m/request.ts';
import { covers } from './range.ts';
import type { RequestKind, RequestRecord } from './record.ts';
import type { Requests } from './requests.ts';

/** For a person who says `reuse`: the latest finished request that covers the range and whose results are still at the facility; null: none. */
export async function findReusable(
  { facility, requests }: { readonly facility: Facility; readonly requests: Requests },
  { table, kind, range }: { readonly table: string; readonly kind: RequestKind; readonly range: TimeRange },
  signal: AbortSignal,
): Promise<RequestRecord | null> {
  for (const record of await requests.finished(table, kind)) {
    if (record.accepted === null || !covers(record.range, range)) continue;
    const { status, folder } = await poll(facility, record.accepted, table, signal);
    if (status.state === 'complete' && folder.state === 'there' && folder.dataFiles > 0) return record;
  }
  return null;
}
