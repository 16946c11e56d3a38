import { formatCount, formatItems } from '../../observe/counts.ts';
import type { Poll } from '../m2m/poll.ts';
import type { TimeRange } from '../m2m/request.ts';
import type { SubJob } from '../m2m/status.ts';
import { joined } from './range.ts';
import type { OwedRange, RequestKind } from './record.ts';

/** What a look at a request means, decided from its findings, its age and the facility's estimate. Pure. Specification 3.1 and 7.8. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const LOOK_MS = { first: MINUTE_MS, longest: 30 * MINUTE_MS } as const;
/** A failed request is asked again after these; then it is a finding. */
export const ASK_AGAIN_MS: readonly number[] = [HOUR_MS, 4 * HOUR_MS, 16 * HOUR_MS];
const APPEND_EXPIRES_MS = 48 * HOUR_MS;
const REFRESH_EXPIRES_MS = 7 * 24 * HOUR_MS;
const ESTIMATES = 4;
/** A server that starts anew may not know a folder for a moment. */
const MISSED = 1;

export interface Judged {
  readonly poll: Poll;
  readonly kind: RequestKind;
  /** Since it was asked. */
  readonly ageMs: number;
  readonly estimatedSeconds: number | null;
  readonly range: TimeRange;
  /** Looks before this one. */
  readonly looks: number;
  readonly folderSeen: boolean;
  /** Looks in a row before this one that did not find the folder. */
  readonly folderMissed: number;
  /** 1 for the first, see `RequestRecord.attempt`. */
  readonly attempt: number;
}

/** `askAgainMs`: when to ask again; null: not by itself any more, it is a finding. */
export type RequestOutcome =
  | { readonly state: 'waiting'; readonly nextLookMs: number; readonly expiresInMs: number }
  | { readonly state: 'complete'; readonly dataFiles: number }
  | { readonly state: 'degraded'; readonly dataFiles: number; readonly owed: readonly OwedRange[]; readonly says: string }
  | { readonly state: 'nothing_new'; readonly says: string }
  | { readonly state: 'failed' | 'expired' | 'gone'; readonly says: string; readonly remedy: string; readonly askAgainMs: number | null };

export function judge(judged: Judged): RequestOutcome {
  const { status } = judged.poll;
  if (status.state === 'error') return failed(judged, `The facility could not finish the request: ${status.message}`);
  return status.state === 'complete' ? finished(judged) : unfinished(judged);
}

function unfinished({ poll, kind, ageMs, estimatedSeconds, looks, folderSeen, folderMissed, attempt }: Judged): RequestOutcome {
  if (poll.folder.state === 'absent' && folderSeen && folderMissed >= MISSED) {
    const remedy = 'It is asked again at once, one time; after that look whether the facility keeps its results';
    return {
      state: 'gone',
      says: 'The results of the request are no longer at the facility',
      remedy,
      askAgainMs: askAgainMs('gone', attempt),
    };
  }
  const expiresInMs = expiryMs(kind, estimatedSeconds) - ageMs;
  if (expiresInMs > 0) return { state: 'waiting', nextLookMs: Math.max(MINUTE_MS, Math.min(nextLookMs(looks), expiresInMs)), expiresInMs };
  const says = `The request did not finish within ${Math.round(expiryMs(kind, estimatedSeconds) / HOUR_MS)} h, and is not finished now`;
  const remedy = 'It is asked again; what is there of an unfinished request is never used';
  return { state: 'expired', says, remedy, askAgainMs: askAgainMs('expired', attempt) };
}

function finished(judged: Judged): RequestOutcome {
  const { poll, range } = judged;
  const dataFiles = poll.folder.state === 'there' ? poll.folder.dataFiles : 0;
  if (poll.subJobs.state === 'error') {
    const says = `No sub-job reported: ${poll.subJobs.message}`;
    return dataFiles === 0 ? failed(judged, says) : { state: 'degraded', dataFiles, owed: [{ ...range, why: poll.subJobs.message }], says };
  }
  const jobs = poll.subJobs.state === 'listed' ? poll.subJobs.jobs : [];
  const failures = jobs.flatMap((job) => owedOf(job, range));
  const owed = joined(failures);
  if (owed.length > 0) {
    const says = `${formatCount(failures.length)} of ${formatItems(jobs.length, 'sub-job')} failed: ${owed[0]?.why ?? ''}`;
    return dataFiles === 0 ? failed(judged, says) : { state: 'degraded', dataFiles, owed, says };
  }
  if (dataFiles > 0) return { state: 'complete', dataFiles };
  if (jobs.length > 0 && jobs.every(isEmpty))
    return { state: 'nothing_new', says: 'Every sub-job says that there are no data in its range' };
  return failed(judged, 'The request is complete, and there is no data file of the stream in its folder');
}

const NO_DATA = 404;
const isEmpty = ({ end }: SubJob): boolean => end.state === 'failed' && end.code === NO_DATA;

function owedOf(job: SubJob, whole: TimeRange): readonly OwedRange[] {
  if (job.end.state === 'complete' || isEmpty(job)) return [];
  const { begin, end } = job.range ?? whole;
  return [{ begin, end, why: job.end.message }];
}

function failed({ attempt }: Judged, says: string): RequestOutcome {
  const again = askAgainMs('failed', attempt);
  const remedy =
    again === null
      ? 'It was asked again three times; tell the facility, and start the harvest again afterwards'
      : 'It is asked again by itself; retry asks at once';
  return { state: 'failed', says, remedy, askAgainMs: again };
}

/** When to ask again: after a failure of the first, second, third attempt 1, 4, 16 h, after an expiry at once, what is gone at once one time; null: not by itself. */
export function askAgainMs(state: 'failed' | 'expired' | 'gone', attempt: number): number | null {
  if (state === 'failed') return ASK_AGAIN_MS[attempt - 1] ?? null;
  return attempt <= (state === 'gone' ? 1 : ASK_AGAIN_MS.length) ? 0 : null;
}

/** Doubled from one minute to half an hour. */
export const nextLookMs = (looks: number): number => Math.min(LOOK_MS.first * 2 ** Math.min(looks, 10), LOOK_MS.longest);

/** The same at the pace of a flow, by its first look. */
export const pacedLookMs = (looks: number, firstMs: number): number => Math.round((nextLookMs(looks) * firstMs) / LOOK_MS.first);

/** Appends 48 h; refreshes 7 days, or four times what the facility estimated where that is longer. */
export const expiryMs = (kind: RequestKind, estimatedSeconds: number | null): number =>
  kind === 'append' ? APPEND_EXPIRES_MS : Math.max(REFRESH_EXPIRES_MS, ESTIMATES * (estimatedSeconds ?? 0) * 1000);
