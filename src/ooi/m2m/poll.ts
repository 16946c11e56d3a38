import type { Facility } from './client.ts';
import { countFiles } from './listing.ts';
import type { AcceptedRequest } from './request.ts';
import { lookAtStatus, lookAtSubJobs, type StatusText, type SubJobs } from './status.ts';

/** What one look at a request found. JSON-safe and short: files are counted, not listed. */
export interface Poll {
  readonly status: StatusText;
  /** Looked at when the request is finished. */
  readonly subJobs: SubJobs;
  readonly folder: { readonly state: 'absent' } | { readonly state: 'there'; readonly dataFiles: number; readonly roughBytes: number };
}

/** Looks at a request once: its `status.txt`, its folder, and when it is finished its sub-jobs. */
export async function poll(facility: Facility, request: AcceptedRequest, table: string, signal: AbortSignal): Promise<Poll> {
  const status = await lookAtStatus(facility, request, signal);
  const folder = await countFiles(facility, request, table, signal);
  const subJobs = status.state === 'absent' ? ({ state: 'absent' } as const) : await lookAtSubJobs(facility, request, signal);
  return { status, subJobs, folder };
}
