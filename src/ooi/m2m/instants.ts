/** Times as the facility writes and takes them, to the microsecond. Pure. Microseconds since 1970 fit a double exactly until 2255. */

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,18}))?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A zone may push a time beyond the years that have four digits. */
const [FIRST_MS, LAST_MS] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')] as const;

/**
 * Microseconds since 1970 of an ISO text; without a zone it is UTC. Digits below the microsecond are cut, so the result is never later
 * than what was written. null: not a time (`NaT` among others), or a day that the month does not have: `Date` takes the next month's for it.
 */
export function microsOf(text: string): number | null {
  const [, day, clock = '00:00:00', fraction = '', zone = 'Z'] = ISO.exec(text.trim()) ?? [];
  if (day === undefined || new Date(day).getUTCDate() !== Number(day.slice(8))) return null;
  const ms = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return !(ms >= FIRST_MS && ms <= LAST_MS) ? null : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ`: six digits, always. */
export function isoOfMicros(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}Z`;
}

/** The end of a range when its last digits are finer than the facility takes them: the next microsecond, so that a row there is inside. */
export function microsNotBefore(text: string): number | null {
  const micros = microsOf(text);
  const finer = /\.\d{6}(\d+)/.exec(text)?.[1] ?? '';
  return micros !== null && /[1-9]/.test(finer) ? micros + 1 : micros;
}

/** `20230814T000007.413564`, as file names, sub-jobs and directories of requests write a time; null when it is none. */
export function microsOfStamp(stamp: string): number | null {
  const [, y, m, d, h, min, s, dotted, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9})|(\d{3}))?Z?$/.exec(stamp) ?? [];
  return y === undefined ? null : microsOf(`${y}-${m}-${d}T${h}:${min}:${s}.${dotted ?? ms ?? '0'}Z`);
}
