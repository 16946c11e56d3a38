import { z } from 'zod';
import type { Facility } from './client.ts';
import { isoOfMicros, microsOfStamp } from './instants.ts';
import { parseJson } from './json.ts';
import type { AcceptedRequest, TimeRange } from './request.ts';

/** `status.txt`: absent while the facility works; at its end `complete`, or an error object. */
export type StatusText =
  | { readonly state: 'absent' }
  | { readonly state: 'complete' }
  | { readonly state: 'error'; readonly code: number | null; readonly message: string };

/** One sub-job. `range` null: its key is no range of times. */
export interface SubJob {
  readonly key: string;
  readonly range: TimeRange | null;
  readonly end: { readonly state: 'complete' } | { readonly state: 'failed'; readonly code: number | null; readonly message: string };
}

/** `status.json`. `error`: no sub-job reported at all. */
export type SubJobs =
  | { readonly state: 'absent' }
  | { readonly state: 'listed'; readonly jobs: readonly SubJob[] }
  | { readonly state: 'error'; readonly code: number | null; readonly message: string };

/** It goes into records and sentences. */
const LONGEST_MESSAGE = 1_000;
const message = z.string().transform((text) => text.slice(0, LONGEST_MESSAGE));
const problem = z.object({ code: z.number().nullable().catch(null), message });
const jobEnd = z.union([message, problem]);

export async function lookAtStatus(facility: Facility, { statusUrl }: AcceptedRequest, signal: AbortSignal): Promise<StatusText> {
  const text = await facility.text(statusUrl, 'the state of a request', signal);
  return text === null ? { state: 'absent' } : readStatusText(text);
}

/** Anything that is neither `complete` nor an error object is an error: it is never taken for complete. */
export function readStatusText(text: string): StatusText {
  const trimmed = text.trim();
  if (trimmed === 'complete') return { state: 'complete' };
  const read = problem.safeParse(parseJson(trimmed));
  if (read.success) return { state: 'error', code: read.data.code, message: read.data.message };
  return { state: 'error', code: null, message: `status.txt says ${JSON.stringify(trimmed.slice(0, 200))}` };
}

export async function lookAtSubJobs(facility: Facility, { downloadUrl }: AcceptedRequest, signal: AbortSignal): Promise<SubJobs> {
  const text = await facility.text(`${downloadUrl}/status.json`, 'the sub-jobs of a request', signal);
  return text === null ? { state: 'absent' } : readSubJobs(text);
}

export function readSubJobs(text: string): SubJobs {
  const json = parseJson(text);
  const whole = problem.safeParse(json);
  if (whole.success) return { state: 'error', ...whole.data };
  const jobs: SubJob[] = [];
  for (const [key, value] of Object.entries(z.record(z.string(), z.unknown()).safeParse(json).data ?? { '': null })) {
    const end = jobEnd.safeParse(value);
    if (!end.success) return { state: 'error', code: null, message: 'status.json cannot be read' };
    jobs.push({ key, range: rangeOfKey(key), end: endOf(end.data) });
  }
  return { state: 'listed', jobs };
}

function endOf(value: string | z.output<typeof problem>): SubJob['end'] {
  if (value === 'complete') return { state: 'complete' };
  return typeof value === 'string' ? { state: 'failed', code: null, message: value } : { state: 'failed', ...value };
}

function rangeOfKey(key: string): TimeRange | null {
  const [from, to] = key.split('-').map(microsOfStamp);
  return typeof from !== 'number' || typeof to !== 'number' ? null : { begin: isoOfMicros(from), end: isoOfMicros(to) };
}
