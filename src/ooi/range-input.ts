import { microsOf } from './m2m/instants.ts';

/** The range that a person asks for, judged before anything is started, by what reads it in the run. Pure. */

export const isInstant = (text: string): boolean => microsOf(text) !== null;

/** Why begin and end, which are times where they are there, are no range; null: they are one as far as they tell. Without an end it is `now`. */
export function rangeDisagreement(input: Readonly<Record<string, unknown>>, now: Date): string | null {
  const { start, end } = input;
  if (typeof start !== 'string') return null;
  const [begin, last] = [microsOf(start), typeof end === 'string' ? microsOf(end) : now.getTime() * 1000];
  if (begin === null || last === null || begin <= last) return null;
  return typeof end === 'string'
    ? `"end" (${end}) is before "start" (${start}). Expected an end that is not before the start.`
    : `"start" is ${start}, which is still to come. Expected a time that has been.`;
}
