/** Numbers in [0, 1) that the same seed gives again: mulberry32, whose 32 bits of state are plenty for a check. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many different whole numbers below `size`, ascending; all of them where there are no more. */
export function drawNumbers(size: number, count: number, random: () => number): readonly number[] {
  if (count >= size) return Array.from({ length: size }, (_, at) => at);
  const drawn = new Set<number>();
  // Floyd: each set as likely as any other, in `count` draws
  for (let top = size - count; top < size; top++) {
    const number = Math.floor(random() * (top + 1));
    drawn.add(drawn.has(number) ? top : number);
  }
  return [...drawn].sort((a, b) => a - b);
}
