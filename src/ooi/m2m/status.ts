import { z } from 'zod';
import type { Facility } from './client.ts';
import { isoOfMicros, microsOfStamp } from './instants.ts';
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

const problem = z.object({ code: z.number().nullable().catch(null), message: z.string() });

export async function lookAtStatus(facility: Facility, { statusUrl }: AcceptedRequest, signal: AbortSignal): Promise<StatusText> {
  const text = await facility.text(statusUrl, 'the state of a request', signal);
  return text === null ? { state: 'absent' } : readStatusText(text);
}

/** Anything that is neither `complete` nor an error object is an error: it is never taken for complete. */
export function readStatusText(text: string): StatusText {
  const trimmed = text.trim();
  if (trimmed === 'complete') return { state: 'complete' };
  const read = problem.safeParse(parsed(trimmed));
  if (read.success) return { state: 'error', code: read.data.code, message: read.data.message.slice(0, 1_000) };
  return { state: 'error', code: null, message: `status.txt says ${JSON.stringify(trimmed.slice(0, 200))}` };
}

export async function lookAtSubJobs(facility: Facility, { downloadUrl }: AcceptedRequest, signal: AbortSignal): Promise<SubJobs> {
  const text = await facility.text(`${downloadUrl}/status.json`, 'the sub-jobs of a request', signal);
  return text === null ? { state: 'absent' } : readSubJobs(text);
}

export function readSubJobs(text: string): SubJobs {
  const json = parsed(text);
  const whole = problem.safeParse(json);
  if (whole.success) return { state: 'error', ...whole.data };
  const listed = z.record(z.string(), z.union([z.string(), problem])).safeParse(json);
  if (!listed.success) return { state: 'error', code: null, message: 'status.json cannot be read' };
  return { state: 'listed', jobs: Object.entries(listed.data).map(([key, value]) => ({ key, range: rangeOfKey(key), end: endOf(value) })) };
}

function endOf(value: string | z.output<typeof problem>): SubJob['end'] {
  if (value === 'complete') return { state: 'complete' };
  return typeof value === 'string' ? { state: 'failed', code: null, message: value } : { state: 'failed', ...value };
}

function rangeOfKey(key: string): TimeRange | null {
  const [from, to] = key.split('-').map(microsOfStamp);
  return typeof from !== 'number' || typeof to !== 'number' ? null : { begin: isoOfMicros(from), end: isoOfMicros(to) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
