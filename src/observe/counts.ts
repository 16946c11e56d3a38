/** Counts for people, in English. Pure, and without anything of Node: workflows say them too. */

/** Stands for anything that is not a finite number. */
export const NOTHING = '–';

/** `1,234,567`. */
export const formatCount = (count: number): string =>
  Number.isFinite(count) ? count.toLocaleString('en-US', { maximumFractionDigits: 0 }) : NOTHING;

/** `1 profile`, `2,000 profiles`; another plural where adding an s is wrong. */
export const formatItems = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`;
