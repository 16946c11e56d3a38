import type { ChunkToRead } from './validate.ts';

/** The ends of each array and so many others, the same for the same seed. */
export function chosen(
  tasks: readonly ChunkToRead[],
  { chunks, seed }: { readonly chunks: number; readonly seed: number },
): readonly ChunkToRead[] {
  const ends = tasks.filter(({ isEnd }) => isEnd);
  const others = tasks.filter(({ isEnd }) => !isEnd);
  const next = generator(seed);
  const picked = others
    .map((task) => ({ task, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, chunks)
    .map(({ task }) => task);
  return [...ends, ...picked];
}

/** mulberry32: enough to spread a sample. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
