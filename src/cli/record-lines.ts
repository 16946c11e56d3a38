import { formatBytes, formatCount, formatDuration, formatTable } from '../observe/format.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A run's record, of whatever kind, as a small table: a line for each count that is not zero (with a sample or without), list of sentences or
 * breakdown. Its names,
 * times and versions are in the record itself. Pure.
 */
export function recordLines(record: Fields): string {
  const rows = Object.entries(record).flatMap(([name, value]) => {
    const count = record[`${name}Count`];
    const named = LISTED.exec(name)?.[1];
    if (named !== undefined && Array.isArray(record[named])) return [];
    const listed = rowsOf(name, value);
    return typeof count === 'number' && Array.isArray(value)
      ? [...rowsOf(name, count), ...listed.map(([, line]) => ['', line ?? ''])]
      : listed;
  });
  return formatTable([{ title: '' }, { title: '' }], rows)
    .split('\n')
    .slice(1)
    .join('\n');
}

/** A count that stands beside the list it counts, and is shown with it. */
const LISTED = /^(.+)Count$/;

function rowsOf(name: string, value: unknown): readonly (readonly string[])[] {
  const label = `  ${words(name)}`;
  if (typeof value === 'number') return value === 0 ? [] : [[label, figure(name, value)]];
  if (Array.isArray(value)) return value.filter((line) => typeof line === 'string').map((line, at) => [at === 0 ? label : '', line]);
  if (!isFields(value)) return [];
  if (typeof value.count === 'number') return rowsOf(name, value.count);
  const parts = Object.entries(value).flatMap(([part, n]) => (typeof n === 'number' ? [`${words(part)} ${figure(part, n)}`] : []));
  return parts.length === 0 ? [] : [[label, parts.join(', ')]];
}

/** `bytesRead` is bytes, `seconds` a duration, `upperBound` a share, `seed` is to be typed again; all else counts. */
function figure(name: string, value: number): string {
  if (name === 'seed') return String(value);
  if (/bound$/i.test(name)) return `${Number((value * 100).toPrecision(2))} %`;
  if (/^bytes/.test(name)) return formatBytes(value);
  return name === 'seconds' ? formatDuration(value * 1000) : formatCount(value);
}

/** Where the field's own name says too little to a person. */
const WORDS: Readonly<Record<string, string>> = { seconds: 'took', rowsBoth: 'rows in both', rowsGone: 'gone', rowsNew: 'new' };

const words = (name: string): string => WORDS[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What a job's result tells of its work: its record, what it listed, or the result itself where the counts stand in it. Pure. */
export function recordIn(result: unknown): Fields | null {
  if (!isFields(result)) return null;
  if (isFields(result.record)) return result.record;
  return isFields(result.listed) ? result.listed : result;
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
