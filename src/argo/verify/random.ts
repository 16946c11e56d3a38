import { hash } from 'node:crypto';

/** A number in [0, 1). */
export type Random = () => number;

/** A stream of random numbers of its own for each seed and name: the same sample can be drawn again. */
export function randomOf(seed: number, name: string): Random {
  let state = Buffer.from(hash('sha256', `${seed}/${name}`, 'buffer')).readInt32LE();
  // mulberry32: its 32 bits of state are plenty for the few thousand draws of a sample.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different ones of these in random order, or all where there are no more; each as likely as any other. */
export function pick<Item>(items: readonly Item[], count: number, random: Random): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key);
  return keyed.slice(0, count).map(({ item }) => item);
}
