import type { Db } from 'mongodb';
import { Failure } from '../errors.ts';
import { within } from '../stores/mongo.ts';
import type { CollectionNames } from './collections.ts';

/** One collection on its way: what is live goes to `old`, what is `next` becomes live. */
export interface Exchange {
  readonly live: string;
  readonly next: string;
  readonly old: string;
}

/** Descriptions before the profiles that refer to them. */
export const exchanges = (live: CollectionNames, next: CollectionNames, old: CollectionNames): readonly Exchange[] => [
  { live: live.argoMeta, next: next.argoMeta, old: old.argoMeta },
  { live: live.argo, next: next.argo, old: old.argo },
];

/**
 * Puts the next collection in the place of the live one. Which collections there are tells how far an earlier attempt came, so a repeated
 * call goes on from there and ends the same. Between the two renames, some milliseconds, a reader finds the collection empty.
 *
 * @param before called before each rename: it may refuse.
 */
export async function exchange(db: Db, { live, next, old }: Exchange, before: () => Promise<void>): Promise<void> {
  const names = await namesIn(db);
  if (!names.has(next)) {
    if (names.has(live)) return;
    throw new Failure({
      kind: 'stop',
      code: 'swap_impossible',
      happened: `Neither ${db.databaseName}.${next} nor ${db.databaseName}.${live} is there`,
      expected: 'the collection that was loaded beside the live one',
      remedy: names.has(old) ? `Give ${old} its name back, ${live}, and rebuild` : 'Make the collections with landfall apply, and rebuild',
    });
  }
  if (names.has(live) && names.has(old)) {
    // What `apply` makes anew when it meets the moment between the renames. The rename takes its place in one step, and fails where an
    // attempt that was taken for dead comes to it after the swap is done.
    if ((await within(`looking into ${live}`, () => db.collection(live).findOne({}, { projection: { _id: 1 } }))) !== null)
      throw inTheWay(db, live, old);
    await before();
    await within(`renaming ${next} to ${live}`, () => db.renameCollection(next, live, { dropTarget: true }));
    return;
  }
  if (names.has(live)) {
    await before();
    await within(`renaming ${live} to ${old}`, () => db.renameCollection(live, old));
  }
  await before();
  await within(`renaming ${next} to ${live}`, () => db.renameCollection(next, live));
}

/** Somebody wrote to the live name between the renames, or keeps something under the old one: neither is ours to drop. */
const inTheWay = (db: Db, live: string, old: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'swap_impossible',
    happened: `Both ${db.databaseName}.${live} and ${db.databaseName}.${old} are there, so the live collection cannot be put aside`,
    expected: `no ${old} while a rebuild swaps`,
    remedy: `Look at both: keep what is wanted of ${live} elsewhere and drop it, or rename ${old}. Then start the rebuild again: it goes on with the swap`,
  });

export async function namesIn(db: Db): Promise<ReadonlySet<string>> {
  const listed = await within(`listing the collections of ${db.databaseName}`, () => db.listCollections({}, { nameOnly: true }).toArray());
  return new Set(listed.map(({ name }) => name));
}
