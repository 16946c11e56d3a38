const EPOCH_1900_MS = Date.UTC(1900, 0, 1);

/** Milliseconds of the Unix epoch of a time in seconds since 1900. */
export const unixMsOf = (seconds: number): number => seconds * 1000 + EPOCH_1900_MS;
export const secondsOf = (unixMs: number): number => (unixMs - EPOCH_1900_MS) / 1000;

/** `2023-08-25T11:07:37.287597Z`: microseconds, since digits below are noise. */
export function timeText(seconds: number): string {
  const micros = Math.round((seconds % 1) * 1e6);
  const whole = new Date(unixMsOf(Math.floor(seconds) + (micros === 1_000_000 ? 1 : 0)));
  if (Number.isNaN(whole.getTime())) return 'no time';
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return whole.toISOString().replace('.000Z', micros % 1_000_000 === 0 ? 'Z' : `.${fraction}Z`);
}

/** `2023-08`: the month, UTC, of a time in seconds since 1900. */
export const monthOf = (seconds: number): string => new Date(unixMsOf(seconds)).toISOString().slice(0, 7);

/** Where the month after that of a time begins. */
export function nextMonth(seconds: number): number {
  const date = new Date(unixMsOf(seconds));
  return secondsOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
}

/** Elements `from` to `to - 1` of ascending times, all of one month. */
export interface MonthRun {
  readonly month: string;
  readonly from: number;
  readonly to: number;
}

/** Ascending times by month. */
export function monthRuns(times: Float64Array): readonly MonthRun[] {
  const runs: MonthRun[] = [];
  for (let from = 0; from < times.length; ) {
    const first = times[from] ?? 0;
    const to = firstNotBelow(times, nextMonth(first), from);
    runs.push({ month: monthOf(first), from, to });
    from = to;
  }
  return runs;
}

/** Position of the first of ascending times that is not below the bound. */
export function firstNotBelow(times: Float64Array, bound: number, from = 0): number {
  let [low, high] = [from, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `3 d 4 h`, `12 min`: a length of time for people. */
export function spanText(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const at = units.findIndex(([, size]) => seconds >= size);
  const [unit, next] = [units[at], units[at + 1]];
  if (unit === undefined) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.floor(seconds / unit[1]);
  const rest = next === undefined || whole >= 20 ? 0 : Math.floor((seconds - whole * unit[1]) / next[1]);
  return rest === 0 || next === undefined ? `${whole} ${unit[0]}` : `${whole} ${unit[0]} ${rest} ${next[0]}`;
}
