import type { Collection, Filter } from 'mongodb';
import type { LateGuard } from '../stores/late-guard.ts';
import { type Database, within } from '../stores/mongo.ts';
import { type BulkOptions, bulkWrite, type RefusedDocument, type WriteFailure } from './bulk-write.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import type { ArgoFlow } from './flow.ts';

export type MetadataAnswer = { readonly state: 'written'; readonly refused: readonly RefusedDocument[] } | { readonly state: 'conflict' };

export interface ProfilesAnswer {
  readonly refused: readonly RefusedDocument[];
  /** Of the documents taken for new, how many were there all the same; they were replaced. */
  readonly notNew: number;
}

/** The two product collections of a flow. Every write may be done twice. */
export class Products {
  readonly #argo: Collection<ArgoDocument>;
  readonly #argoMeta: Collection<ArgoMetaDocument>;

  readonly #options: BulkOptions;

  constructor(database: Database, flow: ArgoFlow, options: BulkOptions) {
    this.#options = options;
    const products = database.products(flow.database);
    this.#argo = products.collection<ArgoDocument>(flow.collections.argo);
    this.#argoMeta = products.collection<ArgoMetaDocument>(flow.collections.argoMeta);
  }

  /** All descriptions of these floats, in the order of their ids. */
  async metadataOf(platforms: readonly string[]): Promise<ArgoMetaDocument[]> {
    return await within('reading argoMeta', () =>
      this.#argoMeta
        .find({ platform: { $in: [...platforms] } })
        .sort({ _id: 1 })
        .toArray(),
    );
  }

  /**
   * Adds new descriptions, never over an existing one: when somebody else took an id meanwhile the answer is `conflict`
   * and the caller reads and chooses again (rule R15).
   */
  async addMetadata(documents: readonly ArgoMetaDocument[]): Promise<MetadataAnswer> {
    const failures = await this.#write('argoMeta', documents, (some) => this.#argoMeta.insertMany([...some], { ordered: false }));
    if (failures.some(({ isDuplicate }) => isDuplicate)) return { state: 'conflict' };
    return { state: 'written', refused: failures };
  }

  /**
   * Puts whole documents in place by id; no field of an older version survives.
   *
   * @param isNew whether no document of this id is expected to be there: it is then inserted, which costs the database half of an upsert.
   *              A wrong guess is put right by a replacement.
   * @param guard  documents are dated by their own `date_updated_argovis`.
   */
  async putProfiles(
    documents: readonly ArgoDocument[],
    isNew: (document: ArgoDocument) => boolean,
    guard: LateGuard | null = null,
  ): Promise<ProfilesAnswer> {
    const fresh = documents.filter(isNew);
    const failures = await this.#write('argo', fresh, (some) => this.#argo.insertMany([...some], { ordered: false }));
    const there = new Set(failures.filter(({ isDuplicate }) => isDuplicate).map(({ id }) => id));
    const known = documents.filter((document) => there.has(document._id) || !isNew(document));
    const refused = await this.#replaceUnlessLate(known, guard);
    return { refused: [...failures.filter(({ isDuplicate }) => !isDuplicate), ...refused], notNew: there.size };
  }

  /** Answers how many of them were there. */
  async removeProfiles(ids: readonly string[], { asOf, confirm }: LateGuard): Promise<number> {
    if (ids.length === 0) return 0;
    const these: Filter<ArgoDocument> = { _id: { $in: [...ids] } };
    const remove = async (which: Filter<ArgoDocument>): Promise<number> =>
      (await within('removing from argo', () => this.#argo.deleteMany(which))).deletedCount;
    const removed = await remove({ ...these, date_updated_argovis: { $lte: asOf } });
    if ((await within('removing from argo', () => this.#argo.countDocuments(these))) === 0) return removed;
    await confirm();
    return removed + (await remove(these));
  }

  /** Removes exactly these documents as they were written here, by their dates. */
  async removeWritten(documents: readonly ArgoDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const [ids, dates] = [documents.map(({ _id }) => _id), documents.map(({ date_updated_argovis }) => date_updated_argovis)];
    await within('removing from argo', () => this.#argo.deleteMany({ _id: { $in: ids }, date_updated_argovis: { $in: dates } }));
  }

  /** Which of these documents are there. */
  async idsAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const found = await within('reading argo', () => this.#argo.find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } }).toArray());
    return new Set(found.map(({ _id }) => _id));
  }

  async #replaceUnlessLate(documents: readonly ArgoDocument[], guard: LateGuard | null): Promise<readonly WriteFailure[]> {
    if (guard === null) return await this.#replace(documents, () => ({}));
    const failures = await this.#replace(documents, ({ date_updated_argovis }) => ({
      date_updated_argovis: { $lte: date_updated_argovis },
    }));
    // What the filter does not find, because it is newer, is inserted in vain.
    const newer = new Set(failures.filter(({ isDuplicate }) => isDuplicate).map(({ id }) => id));
    if (newer.size === 0) return failures;
    await guard.confirm();
    const again = documents.filter(({ _id }) => newer.has(_id));
    return [...failures.filter(({ isDuplicate }) => !isDuplicate), ...(await this.#replace(again, () => ({})))];
  }

  #replace(documents: readonly ArgoDocument[], where: (document: ArgoDocument) => Filter<ArgoDocument>): Promise<readonly WriteFailure[]> {
    return this.#write('argo', documents, (some) =>
      this.#argo.bulkWrite(
        some.map((replacement) => ({ replaceOne: { filter: { ...where(replacement), _id: replacement._id }, replacement, upsert: true } })),
        { ordered: false },
      ),
    );
  }

  #write<T extends { readonly _id: string }>(
    collection: string,
    documents: readonly T[],
    write: (some: readonly T[]) => Promise<unknown>,
  ): Promise<readonly WriteFailure[]> {
    return bulkWrite(`writing ${collection}`, documents, write, this.#options);
  }
}

const IDS_AT_ONCE = 5000;

/** The ids of all profiles, some at a time: any number in constant memory. */
export async function* profileIds(database: Database, flow: ArgoFlow): AsyncGenerator<readonly unknown[], void, undefined> {
  const argo = database.products(flow.database).collection<{ readonly _id: unknown }>(flow.collections.argo);
  const cursor = argo.find({}, { projection: { _id: 1 }, batchSize: IDS_AT_ONCE });
  let batch: unknown[] = [];
  for await (const { _id } of cursor) {
    batch.push(_id);
    if (batch.length < IDS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
