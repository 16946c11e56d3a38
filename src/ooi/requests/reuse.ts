import type { Facility } from '../m2m/client.ts';
import { poll } from '../m2m/poll.ts';
import type { TimeRange } from '../m2m/request.ts';
import { covers } from './range.ts';
import type { RequestKind, RequestRecord } from './record.ts';
import type { Requests } from './requests.ts';

export interface Reuse {
  readonly table: string;
  readonly kind: RequestKind;
  readonly range: TimeRange;
  /** Records of requests whose results were looked for and are not there. */
  readonly gone: readonly string[];
}

/** For a person who says `reuse`: the latest finished request that covers the range; null: none. Whether its results are there yet is another question. */
export async function findReusable(
  requests: Pick<Requests, 'finished'>,
  { table, kind, range, gone }: Reuse,
): Promise<RequestRecord | null> {
  const finished = await requests.finished(table, kind);
  return finished.find((record) => !gone.includes(record.id) && covers(record.range, range)) ?? null;
}

/** Whether the facility still has the results of a finished request. */
export async function areResultsThere(facility: Facility, { accepted, table }: RequestRecord, signal: AbortSignal): Promise<boolean> {
  if (accepted === null) return false;
  const { status, folder } = await poll(facility, accepted, table, signal);
  return status.state === 'complete' && folder.state === 'there' && folder.dataFiles > 0;
}
