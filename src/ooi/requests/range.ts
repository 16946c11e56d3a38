import { Failure } from '../../errors.ts';
import { isoOfMicros, microsNotBefore, microsOf } from '../m2m/instants.ts';
import type { TimeRange } from '../m2m/request.ts';

/** Which range of times a request asks for. Pure. Texts are ISO 8601, UTC. */

export interface AppendWish {
  /** Of the store. */
  readonly lastTime: string;
  readonly lookBackMs: number;
  readonly owed: readonly TimeRange[];
  readonly now: string;
  /** What a person asks for instead; null: as reckoned. */
  readonly start: string | null;
  readonly end: string | null;
}

/** From the last row less the look-back, or the earliest owed range, until now: late and corrected rows come, and what could not be had. */
export function appendRange({ lastTime, lookBackMs, owed, now, start, end }: AppendWish): TimeRange {
  const begins = [micros(lastTime) - lookBackMs * 1000, ...owed.map(({ begin }) => micros(begin))];
  return range(start === null ? Math.min(...begins) : micros(start), end ?? now);
}

export interface RefreshWish {
  /** Of the inventory. */
  readonly serverBegin: string;
  readonly now: string;
  readonly start: string | null;
  readonly end: string | null;
}

/** Everything there is, unless the flow or a person says less. Until now: the inventory's end has no microseconds, and is late. */
export const refreshRange = ({ serverBegin, now, start, end }: RefreshWish): TimeRange => range(micros(start ?? serverBegin), end ?? now);

/** Whether a request for `has` brings all of `wanted`. */
export const covers = (has: TimeRange, wanted: TimeRange): boolean =>
  micros(has.begin) <= micros(wanted.begin) && micros(has.end) >= micros(wanted.end);

export const overlaps = (a: TimeRange, b: TimeRange): boolean => micros(a.begin) <= micros(b.end) && micros(b.begin) <= micros(a.end);

function range(begin: number, endText: string): TimeRange {
  const end = microsNotBefore(endText);
  if (end === null || begin > end) throw badTime(`${isoOfMicros(begin)} to ${endText}`);
  return { begin: isoOfMicros(begin), end: isoOfMicros(end) };
}

function micros(text: string): number {
  const read = microsOf(text);
  if (read === null) throw badTime(text);
  return read;
}

const badTime = (text: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_range',
    happened: `${text} is no time or range to ask for`,
    expected: 'times such as 2024-01-01T00:00:00Z, the end not before the begin',
  });
