import { Failure } from '../../errors.ts';
import { isoOfMicros, microsNotBefore, microsOf, microsOfStamp } from '../m2m/instants.ts';
import type { TimeRange } from '../m2m/request.ts';
import type { FileReport } from '../series.ts';
import type { OwedRange } from './record.ts';

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

/**
 * From the last row less the look-back, or the earliest owed range, until now: late and corrected rows come, and what could not be had. A last
 * row in the future, as a clock at sea makes one now and then, does not count.
 */
export function appendRange({ lastTime, lookBackMs, owed, now, start, end }: AppendWish): TimeRange {
  const begins = [Math.min(micros(lastTime), micros(now)) - lookBackMs * 1000, ...owed.map(({ begin }) => micros(begin))];
  return range(start === null ? Math.min(...begins) : micros(start), end ?? now);
}

/** The last time of a store, as far as it tells what to ask for: null in the future. */
export const guideOf = (lastTime: string | null, now: string): string | null =>
  lastTime === null || micros(lastTime) > micros(now) ? null : lastTime;

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

/** What of a range lies before and behind another. */
export const outside = (range: TimeRange, other: TimeRange): readonly TimeRange[] => [
  ...(micros(range.begin) < micros(other.begin) ? [{ begin: range.begin, end: earlier(range.end, other.begin) }] : []),
  ...(micros(range.end) > micros(other.end) ? [{ begin: later(range.begin, other.end), end: range.end }] : []),
];

const earlier = (a: string, b: string): string => (micros(a) <= micros(b) ? a : b);
const later = (a: string, b: string): string => (micros(a) >= micros(b) ? a : b);

export const overlaps = (a: TimeRange, b: TimeRange): boolean => micros(a.begin) <= micros(b.end) && micros(b.begin) <= micros(a.end);

/** Owed ranges are few in a record, whatever a request was cut into. */
const MOST_OWED = 100;

/** Ranges that touch or overlap become one; when there are still very many, one around them all. In order of their begins. */
export function joined(ranges: readonly OwedRange[]): readonly OwedRange[] {
  const joins: OwedRange[] = [];
  for (const next of ranges.toSorted((a, b) => micros(a.begin) - micros(b.begin))) {
    const last = joins.at(-1);
    if (last === undefined || !overlaps(last, next)) joins.push(next);
    else joins[joins.length - 1] = { ...last, end: micros(next.end) > micros(last.end) ? next.end : last.end };
  }
  const [first] = joins;
  const end = joins.at(-1)?.end;
  return joins.length > MOST_OWED && first !== undefined && end !== undefined ? [{ ...first, end }] : joins;
}

/** What is owed for files that were left out: the ranges in their names, whose two times may stand in either order. Empty files owe nothing. */
export function owedByFiles(reports: readonly FileReport[], whole: TimeRange): readonly OwedRange[] {
  const owed = reports.flatMap((report) => {
    if (report.state === 'read' || report.reason === 'empty') return [];
    const { name, start, end } = report.file;
    const [a, b] = [microsOfStamp(start), microsOfStamp(end)];
    const why = `${name}: ${report.message}`;
    return a === null || b === null ? [{ ...whole, why }] : [{ begin: isoOfMicros(Math.min(a, b)), end: isoOfMicros(Math.max(a, b)), why }];
  });
  return joined(owed);
}

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
