import { pick, type Random } from './random.ts';

/**
 * How many of `total` draws each stratum gets: one each, as far as there is something in it, and the rest in proportion to what is in
 * them. No stratum gets more than it has. Where there are fewer draws than strata, chance decides which are looked at this time.
 */
export function allot(counts: ReadonlyMap<string, number>, total: number, random: Random): ReadonlyMap<string, number> {
  const strata = [...counts].filter(([, count]) => count > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const size = strata.reduce((sum, [, count]) => sum + count, 0);
  const draws = Math.min(total, size);
  const allotted = new Map(pick(strata, draws, random).map(([name]) => [name, 1]));
  for (let left = draws - allotted.size; left > 0; left -= 1) {
    // The one that is furthest behind its proportion; names decide between equals, so that a seed always gives the same.
    const shortOf = ([name, count]: readonly [string, number]): number => (draws * count) / size - (allotted.get(name) ?? 0);
    const next = strata.reduce((best, one) => (shortOf(one) > shortOf(best) ? one : best));
    allotted.set(next[0], (allotted.get(next[0]) ?? 0) + 1);
  }
  return allotted;
}

/** Ages of profiles, in days at the time of the draw: old data are reprocessed years later, new ones within weeks. */
const AGES = [
  { name: 'year', belowDays: 365 },
  { name: 'five_years', belowDays: 5 * 365 },
  { name: 'ten_years', belowDays: 10 * 365 },
] as const;

export function ageOf(timestamp: Date | null, now: Date): string {
  if (timestamp === null) return 'unknown';
  const days = (now.getTime() - timestamp.getTime()) / 86_400_000;
  return AGES.find(({ belowDays }) => days < belowDays)?.name ?? 'older';
}
