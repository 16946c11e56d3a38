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
