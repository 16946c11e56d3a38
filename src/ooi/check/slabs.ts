import { randomFrom } from '../../stores/random.ts';
import type { Gap } from '../report/intervals.ts';
import { drawNumbers } from './random.ts';

/** A stretch of time to compare with the facility; seconds since 1900, both ends included. */
export interface Slab {
  readonly from: number;
  readonly to: number;
  /** `gap`: around a stretch without rows, where the facility may have some. */
  readonly why: 'random' | 'gap';
}

export interface SlabDraw {
  readonly seed: number;
  readonly count: number;
  /** Seconds. */
  readonly length: number;
  /** First and last time of the store. */
  readonly extent: readonly [from: number, to: number];
  /** Of the store. A quarter of the slabs looks into some of them. */
  readonly gaps?: readonly Gap[];
}

/**
 * Draws stretches of a store: one at random in each of as many equal parts of it, so that no year is left out, and some at gaps. The same
 * seed draws the same of the same store. None begins before the store or ends behind it.
 */
export function drawSlabs({ seed, count, length, extent: [first, last], gaps = [] }: SlabDraw): readonly Slab[] {
  const random = randomFrom(seed);
  const atGaps = drawNumbers(gaps.length, Math.min(Math.floor(count / 4), gaps.length), random);
  const strata = count - atGaps.length;
  const within = (from: number): Pick<Slab, 'from' | 'to'> => {
    const begin = Math.max(first, Math.min(from, last - length));
    return { from: begin, to: Math.min(last, begin + length) };
  };
  const slabs: Slab[] = Array.from({ length: strata }, (_, at) => {
    const part = (last - first) / strata;
    return { ...within(first + (at + random()) * part - length / 2), why: 'random' };
  });
  for (const at of atGaps) {
    const { after = first, before = first } = gaps[at] ?? {};
    const into = Math.max(0, before - after - length / 2);
    slabs.push({ ...within(after - length / 4 + random() * Math.min(into, length / 4)), why: 'gap' });
  }
  return slabs.sort((a, b) => a.from - b.from);
}
