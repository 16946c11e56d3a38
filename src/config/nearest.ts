/** A text that is longer is no slip of the keyboard, and comparing takes the product of both lengths. */
const LONGEST = 200;

/** The known word that a mistyped one most likely means, or undefined when none is near: at most one slip per three letters. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  return known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= allowed && candidate.length <= LONGEST && word.length <= LONGEST)
    .map((candidate) => ({ candidate, slips: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ slips }) => slips <= allowed)
    .toSorted((a, b) => a.slips - b.slips)[0]?.candidate;
}

/** Insertions, deletions, changes and swaps of neighbours that turn one word into the other (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let twoAbove: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (twoAbove[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    twoAbove = above;
    above = current;
  }
  return above[to.length] ?? 0;
}
