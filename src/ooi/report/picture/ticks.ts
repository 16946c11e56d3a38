import { secondsOf, unixMsOf } from '../time-text.ts';

export interface Tick {
  /** In the axis' own unit. */
  readonly at: number;
  readonly text: string;
}

/** Four to eight round numbers within a range. */
export function valueTicks(low: number, high: number, most = 6): readonly Tick[] {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const ticks: Tick[] = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9 && ticks.length < 20; count++) {
    ticks.push({ at: count * step, text: tickText(count * step, step) });
  }
  return ticks;
}

function tickText(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (size < 1e7 && digits <= 6) return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value.toExponential(Math.max(0, Math.min(9, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step) + 1e-9))));
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Steps below a month in seconds, each with the part of an ISO text that tells its ticks apart. */
const STEPS: readonly (readonly [seconds: number, from: number, to: number])[] = [
  ...[1, 2, 5, 10, 30].map((size) => [size, 11, 19] as const),
  ...[1, 2, 5, 10, 30].map((size) => [size * MINUTE, 11, 16] as const),
  ...[1, 2, 3, 6, 12].map((size) => [size * HOUR, 5, 16] as const),
  ...[1, 2, 4, 7, 14].map((size) => [size * DAY, 0, 10] as const),
];
const MONTHS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120];

/** Round instants within a range of seconds since 1900, UTC. */
export function timeTicks(from: number, to: number, most = 7): readonly Tick[] {
  const step = STEPS.find(([size]) => (to - from) / size <= most);
  return step === undefined ? monthTicks(from, to, most) : evenTicks(from, to, step);
}

function evenTicks(from: number, to: number, [step, begin, end]: readonly [number, number, number]): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    ticks.push({ at, text: new Date(unixMsOf(at)).toISOString().slice(begin, end).replace('T', ' ') });
  }
  return ticks;
}

function monthTicks(from: number, to: number, most: number): readonly Tick[] {
  const months = (to - from) / (DAY * 30.44);
  const step = MONTHS.find((size) => months / size <= most) ?? Math.ceil(months / most / 120) * 120;
  const first = new Date(unixMsOf(from));
  const start = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  const ticks: Tick[] = [];
  for (let month = start; ticks.length < 20; month += step) {
    const date = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
    const at = secondsOf(date.getTime());
    if (at > to) break;
    if (at >= from) ticks.push({ at, text: date.toISOString().slice(0, step % 12 === 0 ? 4 : 7) });
  }
  return ticks;
}
