import type { Db } from 'mongodb';
import { BSON } from 'mongodb';
import { type CheckResult, check } from '../../standins/gdac/check.ts';
import type { GdacState } from '../../standins/gdac/gdac.ts';

export interface StoredDocument {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** What is in the product collections, against what the stand-in's generator says must be there. */
export function checkProducts(state: GdacState, db: Db): Promise<CheckResult> {
  const of = (name: string) => ({
    byIds: (ids: readonly string[]) =>
      db
        .collection<StoredDocument>(name)
        .find({ _id: { $in: [...ids] } })
        .toArray(),
    count: () => db.collection(name).countDocuments(),
  });
  return check(state, of('argo'), of('argoMeta'));
}

/** Every document of a collection by its id, whole, as text that differs when anything does; `without` names fields left out. */
export async function snapshotOf(db: Db, name: string, without: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const documents = await db.collection<StoredDocument>(name).find().sort({ _id: 1 }).toArray();
  return new Map(
    documents.map((document) => {
      const kept = Object.entries(document).filter(([field]) => !without.includes(field));
      return [document._id, BSON.EJSON.stringify(Object.fromEntries(kept))];
    }),
  );
}
