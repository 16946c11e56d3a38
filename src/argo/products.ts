import { BSON, type Collection, MongoBulkWriteError, MongoInvalidArgumentError } from 'mongodb';
import { type Database, isDuplicateKey, isRefusedDocument, mongoFailure, within } from '../stores/mongo.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import type { ArgoFlow } from './flow.ts';

/** A document the database refused for what is in it. */
export interface RefusedDocument {
  readonly id: string;
  readonly message: string;
}

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

  constructor(database: Database, flow: ArgoFlow) {
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
    const failures = await bulk('writing argoMeta', documents, (some) => this.#argoMeta.insertMany([...some], { ordered: false }));
    if (failures.some(({ isDuplicate }) => isDuplicate)) return { state: 'conflict' };
    return { state: 'written', refused: failures };
  }

  /**
   * Puts whole documents in place by id; no field of an older version survives.
   *
   * @param isNew whether no document of this id is expected to be there: it is then inserted, which costs the database half of an upsert.
   *              A wrong guess is put right by a replacement.
   */
  async putProfiles(documents: readonly ArgoDocument[], isNew: (document: ArgoDocument) => boolean): Promise<ProfilesAnswer> {
    const fresh = documents.filter(isNew);
    const failures = await bulk('writing argo', fresh, (some) => this.#argo.insertMany([...some], { ordered: false }));
    const there = new Set(failures.filter(({ isDuplicate }) => isDuplicate).map(({ id }) => id));
    const known = documents.filter((document) => there.has(document._id) || !isNew(document));
    const refused = await bulk('writing argo', known, (some) =>
      this.#argo.bulkWrite(
        some.map((replacement) => ({ replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } })),
        { ordered: false },
      ),
    );
    return { refused: [...failures.filter(({ isDuplicate }) => !isDuplicate), ...refused], notNew: there.size };
  }

  async removeProfiles(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    return (await within('removing from argo', () => this.#argo.deleteMany({ _id: { $in: [...ids] } }))).deletedCount;
  }
}

interface WriteFailure extends RefusedDocument {
  readonly isDuplicate: boolean;
}

/** Runs an unordered bulk write; answers the documents that were refused for what they are, throws everything else. */
async function bulk<T extends { readonly _id: string }>(
  doing: string,
  documents: readonly T[],
  write: (some: readonly T[]) => Promise<unknown>,
): Promise<readonly WriteFailure[]> {
  if (documents.length === 0) return [];
  try {
    await write(documents);
    return [];
  } catch (error) {
    // The driver refuses a batch with a document that is too large before it sends any of it.
    const isRefused = error instanceof MongoInvalidArgumentError && documents.some(isTooLarge);
    if (isRefused) return [...documents.filter(isTooLarge).map(tooLarge), ...(await bulk(doing, documents.filter(fits), write))];
    if (!(error instanceof MongoBulkWriteError)) throw mongoFailure(error, doing);
    const failed = [error.writeErrors].flat();
    if (failed.length === 0 || failed.some(({ code }) => !isRefusedDocument(code) && !isDuplicateKey(code)))
      throw mongoFailure(error, doing);
    return failed.map(({ index, code, errmsg }) => ({
      id: documents[index]?._id ?? '',
      message: errmsg ?? `code ${code}`,
      isDuplicate: isDuplicateKey(code),
    }));
  }
}

/** MongoDB's limit on a document; the operation around it needs a little of that. */
const LARGEST_BYTES = 16 * 1024 * 1024 - 1024;

const isTooLarge = (document: object): boolean => BSON.calculateObjectSize(document) > LARGEST_BYTES;
const fits = (document: object): boolean => !isTooLarge(document);
const tooLarge = ({ _id }: { readonly _id: string }): WriteFailure => ({
  id: _id,
  message: 'it is larger than the 16 MB a document may have',
  isDuplicate: false,
});
