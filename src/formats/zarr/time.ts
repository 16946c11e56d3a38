/** Attributes of a time in float64 that xarray and the netCDF libraries decode. */
export const TIME_ATTRIBUTES = {
  units: 'seconds since 1900-01-01 0:0:0',
  calendar: 'gregorian',
  standard_name: 'time',
  long_name: 'time',
  axis: 'T',
} as const;

/** What a number counts. */
export interface TimeUnits {
  readonly secondsPerUnit: number;
  /** Seconds from 1900-01-01T00:00:00Z to where counting begins. */
  readonly startSeconds: number;
}

const EPOCH_1900_MS = Date.UTC(1900, 0, 1);

const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^(days?|d)$/, 86_400],
  [/^(hours?|hrs?|h)$/, 3600],
  [/^(minutes?|mins?)$/, 60],
  [/^(seconds?|secs?|s)$/, 1],
  [/^(milliseconds?|millisecs?|msecs?|ms)$/, 1e-3],
  [/^(microseconds?|microsecs?|us)$/, 1e-6],
  [/^(nanoseconds?|nanosecs?|ns)$/, 1e-9],
];

const SINCE =
  /^\s*([a-z]+)\s+since\s+(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:\s+|T)(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,9})?))?)?\s*(Z|UTC|([+-])(\d{1,2}):?(\d{2})?)?\s*$/i;

/** The year in which dates of the calendar used here begin to be those of history and of every library. */
const GREGORIAN = 1583;

/** `seconds since 1900-01-01 0:0:0` and its kin of the CF conventions; null for anything else, months and years among it. */
export function parseTimeUnits(text: string): TimeUnits | null {
  const [, unit = '', year, month, day, hour = '0', minute = '0', second = '0', , sign, zoneHours = '0', zoneMinutes = '0'] =
    SINCE.exec(text) ?? [];
  const secondsPerUnit = SECONDS.find(([name]) => name.test(unit.toLowerCase()))?.[1];
  if (secondsPerUnit === undefined || Number(year) < GREGORIAN) return null;
  const midnightMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDate = new Date(midnightMs).getUTCMonth() === Number(month) - 1 && new Date(midnightMs).getUTCDate() === Number(day);
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) >= 60) return null;
  const zone = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 3600 + Number(zoneMinutes) * 60);
  const sinceMidnight = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return { secondsPerUnit, startSeconds: (midnightMs - EPOCH_1900_MS) / 1000 + sinceMidnight - zone };
}

/** A time in seconds since 1900-01-01T00:00:00Z: as it is where it counts these already, else rounded to microseconds. */
export function secondsSince1900(value: number, { secondsPerUnit, startSeconds }: TimeUnits): number {
  if (secondsPerUnit === 1 && startSeconds === 0) return value;
  return Math.round((value * secondsPerUnit + startSeconds) * 1e6) / 1e6;
}
