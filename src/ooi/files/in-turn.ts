/** Works on some items ahead of the one that is asked for, and yields in order. What fails is thrown at its turn; none is left running. */
export async function* inTurn<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  try {
    for (const [index, item] of items.entries()) {
      const started = work(item, index);
      started.catch(() => {}); // awaited below, at its turn
      running.push(started);
      const first = running.length < atOnce ? undefined : running.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}
