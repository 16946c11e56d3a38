import { randomFrom } from '../../stores/random.ts';
import type { ChunkToRead } from './validate.ts';

/** The ends of each array and so many others, the same for the same seed. */
export function chosen(
  tasks: readonly ChunkToRead[],
  { chunks, seed }: { readonly chunks: number; readonly seed: number },
): readonly ChunkToRead[] {
  const ends = tasks.filter(({ isEnd }) => isEnd);
  const others = tasks.filter(({ isEnd }) => !isEnd);
  const next = randomFrom(seed);
  const picked = others
    .map((task) => ({ task, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, chunks)
    .map(({ task }) => task);
  return [...ends, ...picked];
}
