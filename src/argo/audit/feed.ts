/** A sorted stream that is looked at before it is taken from, a page at a time; the next page is fetched while one is used. */
export class Feed<T> {
  readonly #readPage: (after: T | null) => Promise<readonly T[]>;
  #page: readonly T[] = [];
  #at = 0;
  #next: Promise<readonly T[]>;
  #isOver = false;

  /** @param readPage  the items after one, in order; an empty page ends the stream. */
  constructor(readPage: (after: T | null) => Promise<readonly T[]>) {
    this.#readPage = readPage;
    this.#next = this.#fetch(null);
  }

  /** The next item, not taken yet; null: there is none. */
  async peek(): Promise<T | null> {
    while (this.#at >= this.#page.length) {
      if (this.#isOver) return null;
      this.#page = await this.#next;
      this.#at = 0;
      const last = this.#page.at(-1);
      if (last === undefined) this.#isOver = true;
      else this.#next = this.#fetch(last);
    }
    return this.#page[this.#at] ?? null;
  }

  /** Takes items for as long as they belong. */
  async takeWhile(belongs: (item: T) => boolean): Promise<readonly T[]> {
    const taken: T[] = [];
    for (let item = await this.peek(); item !== null && belongs(item); item = await this.peek()) {
      taken.push(item);
      this.#at += 1;
    }
    return taken;
  }

  #fetch(after: T | null): Promise<readonly T[]> {
    const page = this.#readPage(after);
    // Thrown when its turn comes; until then it must not count as unhandled.
    page.catch(() => undefined);
    return page;
  }
}
