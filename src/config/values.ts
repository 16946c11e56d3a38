import { z } from 'zod';
import { cronOfTimeOfDay, isCron } from './cron.ts';

/**
 * Schemas of the small values that flow files and settings are made of.
 * The error text of each says what was expected, as it follows "Expected" in a sentence.
 */

const text = (pattern: RegExp, expected: string) => z.string({ error: expected }).regex(pattern, { error: expected });

/** Text of a form that is then read: `parse` answers null when the text has the form and yet no meaning. */
export const textRead = <Value>(pattern: RegExp, expected: string, parse: (written: string) => Value | null) =>
  text(pattern, expected).transform((written, context) => {
    const value = parse(written);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

/** A number and the unit after it, in the base unit; null when the unit is none of the table. */
function measured(written: string, units: ReadonlyMap<string, number>): number | null {
  const [, amount = '', unit = ''] = /^([\d.]+) ?([A-Za-z]+)/.exec(written) ?? [];
  const size = units.get(unit);
  return size === undefined ? null : Math.round(Number(amount) * size);
}

const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** `30s`, `15m`, `6h`, `7d` → milliseconds. */
export const duration = durationFrom(0, Number.POSITIVE_INFINITY, 'a duration such as 30s, 15m, 6h or 7d');

/** One between two others, both in milliseconds; `expected` names them. */
export function durationFrom(leastMs: number, mostMs: number, expected: string) {
  return textRead(/^\d{1,9}(?:ms|s|m|h|d)$/, expected, (written) => {
    const ms = measured(written, MS_PER_UNIT);
    return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
  });
}

const BYTES_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);
const aboveZero = (bytes: number | null): number | null => (bytes === 0 ? null : bytes);

/** `10MB`, `2GiB` → bytes, above zero. Decimal units with B, binary ones with iB. */
export const bytes = textRead(/^\d{1,9}(?:\.\d{1,3})? ?(?:[kMGT]?B|[KMGT]iB)$/, 'a size such as 500kB, 10MB or 2GiB', (written) =>
  aboveZero(measured(written, BYTES_PER_UNIT)),
);

/** `5MB/s` → bytes per second, above zero. */
export const byteRate = textRead(/^\d{1,9}(?:\.\d{1,3})? ?(?:[kMGT]?B|[KMGT]iB)\/s$/, 'a rate such as 500kB/s or 5MB/s', (written) =>
  aboveZero(measured(written, BYTES_PER_UNIT)),
);

/** A whole number with both its ends in what is expected. */
export function wholeNumber(low: number, high: number) {
  const error = `a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

const SHARE_EXPECTED = 'a share from 0 to 1, such as 0.01 for one percent';
export const share = z.number({ error: SHARE_EXPECTED }).min(0, { error: SHARE_EXPECTED }).max(1, { error: SHARE_EXPECTED });

const CRON_EXPECTED = 'a time of day such as 06:00, or a cron line of five fields such as "0 6 * * *", both in UTC';
/** A cron line; a time of day becomes one. UTC. */
export const cron = z
  .string({ error: CRON_EXPECTED })
  .refine((written) => isCron(cronOfTimeOfDay(written.trim())), { error: CRON_EXPECTED })
  .transform((written) => cronOfTimeOfDay(written.trim()));

/** Goes into workflow ids, file names and metric labels: so nothing in it ever needs quoting. */
export const flowName = text(
  /^[a-z][a-z0-9_-]{0,119}$/,
  'a name of lower-case letters, digits, hyphens and underscores that begins with a letter, 120 characters at most',
);

/** The host after the @ in `landfall-transfer@beamline3`. */
export const queueSuffix = text(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'a host name of lower-case letters, digits, dots and hyphens');

export const databaseName = text(
  /^[A-Za-z][A-Za-z0-9_-]{0,37}$/,
  'a database name of letters, digits, hyphens and underscores that begins with a letter, 38 characters at most',
);

export const collectionName = text(
  /^(?!system\.)[A-Za-z_][A-Za-z0-9_.-]{0,119}$/,
  'a collection name of letters, digits, dots, hyphens and underscores that begins with a letter',
);

const FOLDER_EXPECTED =
  'the path of a folder, absolute or relative to the folder of this file; ~ and control characters are not understood';
/** In a flow file. A relative path is resolved against the folder of the file that names it, before the schema sees it. */
export const folder = text(/^[^~\-\x00-\x1f\x7f][^\x00-\x1f\x7f]*$/, FOLDER_EXPECTED).meta({ format: 'path' });
