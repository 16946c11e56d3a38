import type { PlanPage } from '../stores/plans.ts';
import { keyText, listName, parseKeyText } from './names.ts';
import type { PlatformChanges } from './tree.ts';

/**
 * Cuts a list of profile keys into pages of about `size`, never through a platform: what is loaded from one float is in one hand.
 * Keys of one platform that are apart in the list are brought together as far as a page reaches; a list in key order needs nothing more.
 */
export async function* pagesOfItems(items: Iterable<string> | AsyncIterable<string>, size: number): AsyncGenerator<PlanPage> {
  let page: string[] = [];
  let platform = '';
  for await (const item of items) {
    const wmo = parseKeyText(item)?.wmo ?? '';
    if (page.length >= size && wmo !== platform) {
      yield planPage(page);
      page = [];
    }
    platform = wmo;
    page.push(item);
  }
  if (page.length > 0) yield planPage(page);
}

/** The pages of a night's list as a plan stores them. */
export async function* planPages(pages: AsyncIterable<readonly PlatformChanges[]>): AsyncGenerator<PlanPage> {
  for await (const page of pages) yield planPage(page.flatMap(({ profiles }) => profiles.map(keyText)));
}

function planPage(items: readonly string[]): PlanPage {
  const names = new Set(items.flatMap((item) => parseKeyText(item) ?? []).map(listName));
  return { items, count: names.size };
}
