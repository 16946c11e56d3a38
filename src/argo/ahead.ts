/**
 * Does the same work for each item, up to `width` at once, and hands the results over in the order of the items. Work goes on while the
 * caller is busy with a result, never further ahead than that. A failure is thrown when its turn comes; nothing runs on after the end.
 */
export async function* ahead<Item, Result>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      // Thrown below when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= width) yield* first(underWay);
    }
    while (underWay.length > 0) yield* first(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function* first<Result>(underWay: Promise<Result>[]): AsyncGenerator<Result, void, undefined> {
  const result = underWay.shift();
  if (result !== undefined) yield await result;
}
