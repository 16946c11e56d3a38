import { hash } from 'node:crypto';
import { randomFrom } from '../../stores/random.ts';

/** A number in [0, 1). */
export type Random = () => number;

/** A stream of random numbers of its own for each seed and name: the same sample can be drawn again. */
export function randomOf(seed: number, name: string): Random {
  return randomFrom(Buffer.from(hash('sha256', `${seed}/${name}`, 'buffer')).readInt32LE());
}

/** `count` different ones of these in random order, or all where there are no more; each as likely as any other. */
export function pick<Item>(items: readonly Item[], count: number, random: Random): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key);
  return keyed.slice(0, count).map(({ item }) => item);
}
