const RUN = 2_000;
/** Comparisons in one turn of the event loop: some milliseconds. */
const TURN = 20_000;

/** Sorts very long lists without holding the event loop: runs are sorted, then merged pair by pair. Stable. */
export async function sortInPieces<Item>(items: Iterable<Item>, compare: (a: Item, b: Item) => number): Promise<readonly Item[]> {
  let runs: (readonly Item[])[] = [];
  let run: Item[] = [];
  for (const item of items) {
    run.push(item);
    if (run.length < RUN) continue;
    runs.push(run.sort(compare));
    run = [];
    await new Promise(setImmediate);
  }
  runs.push(run.sort(compare));
  while (runs.length > 1) {
    const merged: (readonly Item[])[] = [];
    for (let n = 0; n < runs.length; n += 2) merged.push(await merge(runs[n] ?? [], runs[n + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(a: readonly Item[], b: readonly Item[], compare: (a: Item, b: Item) => number): Promise<readonly Item[]> {
  if (b.length === 0) return a;
  const merged: Item[] = [];
  const others = b[Symbol.iterator]();
  let other = others.next();
  for (const one of a) {
    while (other.done !== true && compare(other.value, one) < 0) {
      merged.push(other.value);
      other = others.next();
      if (merged.length % TURN === 0) await new Promise(setImmediate);
    }
    merged.push(one);
    if (merged.length % TURN === 0) await new Promise(setImmediate);
  }
  for (; other.done !== true; other = others.next()) merged.push(other.value);
  return merged;
}
