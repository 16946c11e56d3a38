import { nearest } from '../../config/nearest.ts';

/** The number of a float's profile that comes nearest: the same cycle in the other direction, else the nearest cycle. Null: there is none. */
export function nearestNumber(number: string, known: readonly string[]): string | null {
  const distance = (other: string): number =>
    Math.abs(cycleOf(other) - cycleOf(number)) + (other.endsWith('D') === number.endsWith('D') ? 0 : 0.5);
  return known.toSorted((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))[0] ?? null;
}

const cycleOf = (number: string): number => Number.parseInt(number, 10);

/** The float whose number was most likely meant. Null: none is like it. */
export const nearestFloat = (wmo: string, known: readonly string[]): string | null => nearest(wmo, known.toSorted()) ?? null;
