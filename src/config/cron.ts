/** Checks a five-field cron line (minute, hour, day of month, month, day of week) as Temporal's schedules read it; times are UTC. */

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Three-letter names, the first standing for `low`. */
  readonly words?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day of month', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of week', low: 0, high: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

export function isCron(line: string): boolean {
  const fields = line.trim().split(/\s+/);
  return (
    fields.length === FIELDS.length && FIELDS.every((field, index) => (fields[index] ?? '').split(',').every((part) => isPart(part, field)))
  );
}

/** `*`, `5`, `1-5`, any of them with a step: `*\/15`. */
function isPart(part: string, field: Field): boolean {
  const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,2}))?$/i.exec(part);
  if (match === null) return false;
  const [, first = '', last, step] = match;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.high)) return false;
  if (first === '*') return last === undefined;
  const from = numberOf(first, field);
  const to = last === undefined ? from : numberOf(last, field);
  return from !== null && to !== null && from <= to;
}

function numberOf(text: string, { low, high, words }: Field): number | null {
  const word = words?.indexOf(text.toLowerCase()) ?? -1;
  if (word >= 0) return low + word;
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= low && value <= high ? value : null;
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** `06:00` is every day at that time. Any other text is returned as it is. */
export function cronOfTimeOfDay(text: string): string {
  const match = TIME_OF_DAY.exec(text);
  return match === null ? text : `${Number(match[2])} ${Number(match[1])} * * *`;
}
