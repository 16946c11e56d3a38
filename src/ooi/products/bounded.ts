/** Politeness: as many calls at once as the facility is asked by anybody. */
export const AT_ONCE = 4;

/** Works through the items, so many at once, in their order; the results are in it too. The first that throws ends it. */
export async function bounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  width = AT_ONCE,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const lane = async (): Promise<void> => {
    // A throw closes the iterator, so the other lanes stop after what they are at.
    for (const [at, item] of entries) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
