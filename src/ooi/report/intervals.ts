/** A stretch without a row: the times of the rows around it, seconds since 1900. */
export interface Gap {
  readonly after: number;
  readonly before: number;
}

/** What the times of a series say of themselves. Mutable: times are added as they are read, in the order of rows. */
export interface TimeTally {
  rows: number;
  /** Rows without a time. */
  notTimes: number;
  /** Rows with the time of an earlier one. */
  repeated: number;
  /** Rows whose time is before that of an earlier one, and is none of those that were just met. */
  backwards: number;
  /** Row numbers of the first few of both kinds. */
  readonly misplaced: number[];
  first: number;
  last: number;
  /** Intervals by the power of √2 seconds that they reach. */
  readonly histogram: Uint32Array;
  /** The longest intervals, longest first. */
  longest: Gap[];
}

const KEPT_INTERVALS = 400;
const SHOWN_ROWS = 5;
const BUCKETS = 160;

export const newTimeTally = (): TimeTally => ({
  rows: 0,
  notTimes: 0,
  repeated: 0,
  backwards: 0,
  misplaced: [],
  first: Number.NaN,
  last: Number.NaN,
  histogram: new Uint32Array(BUCKETS),
  longest: [],
});

/** Adds times, and says which of them are in order: positions of times that are above all before. */
export function addTimes(tally: TimeTally, times: Float64Array): Int32Array {
  const kept = new Int32Array(times.length);
  let count = 0;
  let last = tally.last;
  let least = tally.longest.length < KEPT_INTERVALS ? 0 : leastOf(tally.longest);
  for (let at = 0; at < times.length; at++) {
    const time = times[at] ?? Number.NaN;
    if (!Number.isFinite(time)) tally.notTimes++;
    else if (time <= last) {
      if (time === last) tally.repeated++;
      else tally.backwards++;
      if (tally.misplaced.length < SHOWN_ROWS) tally.misplaced.push(tally.rows + at);
    } else {
      kept[count++] = at;
      if (Number.isNaN(tally.first)) tally.first = time;
      else {
        const interval = time - last;
        const bucket = bucketOf(interval);
        tally.histogram[bucket] = (tally.histogram[bucket] ?? 0) + 1;
        if (interval > least) {
          tally.longest.push({ after: last, before: time });
          if (tally.longest.length >= 2 * KEPT_INTERVALS) least = keepLongest(tally);
        }
      }
      last = time;
    }
  }
  tally.last = last;
  tally.rows += times.length;
  keepLongest(tally);
  return kept.subarray(0, count);
}

/** Buckets from a microsecond to 3e17 seconds. */
const bucketOf = (interval: number): number => Math.max(0, Math.min(BUCKETS - 1, Math.floor(2 * Math.log2(interval)) + 40));

const lengthOf = ({ after, before }: Gap): number => before - after;
const leastOf = (gaps: readonly Gap[]): number => gaps.reduce((least, gap) => Math.min(least, lengthOf(gap)), Number.POSITIVE_INFINITY);

function keepLongest(tally: TimeTally): number {
  tally.longest = tally.longest.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, KEPT_INTERVALS);
  return tally.longest.length < KEPT_INTERVALS ? 0 : leastOf(tally.longest);
}

/** The usual interval between rows in seconds, to some 20 %; null below two rows. */
export function usualInterval({ histogram }: TimeTally): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of histogram.entries()) {
    below += count;
    if (total > 0 && below * 2 >= total) return 2 ** ((bucket - 40 + 0.5) / 2);
  }
  return null;
}

/** More than so many usual intervals without a row are a gap. */
const USUAL_INTERVALS = 10;

/** The longest gaps in the order of time: stretches of more than ten usual intervals, and at least a second. */
export function gapsOf(tally: TimeTally, leastSeconds = 1): readonly Gap[] {
  const least = Math.max(leastSeconds, USUAL_INTERVALS * (usualInterval(tally) ?? 0));
  return tally.longest.filter((gap) => lengthOf(gap) > least).toSorted((a, b) => a.after - b.after);
}
