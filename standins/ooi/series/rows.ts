import { keyOf, noise } from './noise.ts';
import type { SeriesOptions } from './options.ts';
import type { Stream } from './stream.ts';
import { type Timeline, timelineOf } from './timeline.ts';

/** One row as the server has it at some moment. */
export interface Row {
  readonly grid: number;
  readonly us: number;
  /** 0, or 1 for the second of two with one time. */
  readonly copy: number;
  /** 0 as it came first, 1 corrected. */
  readonly version: number;
  /** A row without a usable time has one of these instead of its own. */
  readonly bad: 'fill' | 'nan' | null;
}

export interface Moment {
  readonly beginUs: number;
  readonly endUs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

const HOUR_US = 3600e6;
/** Until a row of every day is there. */
const LATENCY_US = 60e6;
const LATE_SHARE = 0.05;
const WRONG_SHARE = 0.05;

/** Rows of one deployment, in order of time; both ends of the range belong to it. */
export function* rowsOf(options: SeriesOptions, stream: Stream, deployment: number, moment: Moment): Generator<Row> {
  const timeline = timelineOf(options, stream);
  const { first, last } = timeline.stretch(deployment);
  const from = Math.max(first, timeline.gridBelow(moment.beginUs));
  const to = Math.min(last, timeline.gridBelow(Math.min(moment.endUs, moment.nowMs * 1000)) + 2);
  const fate = fateOf(options, stream, deployment, timeline);
  for (let grid = from; grid <= to; grid += 1) {
    const us = timeline.timeUs(deployment, grid);
    if (us < moment.beginUs || us > moment.endUs || fate.availableUs(grid, us) > moment.nowMs * 1000) continue;
    const version = fate.correctedUs(grid, us) <= moment.nowMs * 1000 ? 1 : 0;
    yield { grid, us, copy: 0, version, bad: null };
    if (!options.isIrregular) continue;
    if (grid % 97 === 13) yield { grid, us, copy: 1, version, bad: null };
    if (grid % 211 === 50) yield { grid, us, copy: 0, version, bad: grid % 2 === 0 ? 'fill' : 'nan' };
  }
}

/** When a row is there, and when it is corrected: within a day, so that requests of every day that go back two days miss none. */
function fateOf({ isIrregular }: SeriesOptions, stream: Stream, deployment: number, { stepUs }: Timeline) {
  const late = keyOf(stream.key, 'late', deployment);
  const wrong = keyOf(stream.key, 'wrong', deployment);
  const gap = keyOf(stream.key, 'gap');
  // Gaps are stretches of 64 rows; the first of all has none, so that a stream begins when it says.
  const isMissing = (grid: number): boolean => grid >= 64 && noise(gap, Math.floor(grid / 64)) < 0.02;
  return {
    availableUs(grid: number, us: number): number {
      if (!isIrregular) return us + Math.min(LATENCY_US, stepUs);
      if (isMissing(grid)) return Number.POSITIVE_INFINITY;
      return noise(late, grid) < LATE_SHARE ? us + HOUR_US * (2 + 20 * noise(late, grid, 1)) : us + LATENCY_US;
    },
    correctedUs: (grid: number, us: number): number =>
      isIrregular && noise(wrong, grid) < WRONG_SHARE ? us + HOUR_US * (4 + 19 * noise(wrong, grid, 1)) : Number.POSITIVE_INFINITY,
  };
}

/** The latest time that the server has, microseconds since 1970; null: none. */
export function latestUs(options: SeriesOptions, stream: Stream, nowMs: number): number | null {
  const timeline = timelineOf(options, stream);
  const newest = timeline.deploymentsAt(nowMs);
  // A deployment may go on for a while after the next began.
  const latest = [newest, newest - 1].filter((one) => one > 0).flatMap((deployment) => latestOf(options, stream, deployment, nowMs) ?? []);
  return latest.length === 0 ? null : Math.max(...latest);
}

function latestOf(options: SeriesOptions, stream: Stream, deployment: number, nowMs: number): number | null {
  const { stepUs, stretch, timeUs } = timelineOf(options, stream);
  const { first, last } = stretch(deployment);
  const endUs = Math.min(nowMs * 1000, timeUs(deployment, last));
  for (let back = 64; ; back *= 4) {
    let latest: number | null = null;
    const beginUs = endUs - back * stepUs;
    for (const { us } of rowsOf(options, stream, deployment, { beginUs, endUs, nowMs })) latest = us;
    if (latest !== null || beginUs < timeUs(deployment, first)) return latest;
  }
}
