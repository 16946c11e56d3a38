import { type AnyBulkWriteOperation, type Collection, MongoBulkWriteError } from 'mongodb';
import { type Database, isDuplicateKey, isRefusedDocument, mongoFailure, within } from '../stores/mongo.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import type { ArgoFlow } from './flow.ts';

/** A document the database refused for what is in it. */
export interface RefusedDocument {
  readonly id: string;
  readonly message: string;
}

export type MetadataAnswer = { readonly state: 'written'; readonly refused: readonly RefusedDocument[] } | { readonly state: 'conflict' };

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
    if (documents.length === 0) return { state: 'written', refused: [] };
    const failures = await bulk('writing argoMeta', () => this.#argoMeta.insertMany([...documents], { ordered: false }));
    if (failures.some(({ code }) => isDuplicateKey(code))) return { state: 'conflict' };
    return { state: 'written', refused: failures.map(({ index, message }) => ({ id: documents[index]?._id ?? '', message })) };
  }

  /** Replaces whole documents by id; no field of an older version survives. Answers which ones the database refused. */
  async replaceProfiles(documents: readonly ArgoDocument[]): Promise<readonly RefusedDocument[]> {
    if (documents.length === 0) return [];
    const operations: AnyBulkWriteOperation<ArgoDocument>[] = documents.map((replacement) => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    }));
    const failures = await bulk('writing argo', () => this.#argo.bulkWrite(operations, { ordered: false }));
    return failures.map(({ index, message }) => ({ id: documents[index]?._id ?? '', message }));
  }

  async removeProfiles(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    return (await within('removing from argo', () => this.#argo.deleteMany({ _id: { $in: [...ids] } }))).deletedCount;
  }
}

interface WriteFailure {
  readonly index: number;
  readonly code: number;
  readonly message: string;
}

/** Runs an unordered bulk write; answers the documents that were refused for what they are, throws everything else. */
async function bulk(doing: string, write: () => Promise<unknown>): Promise<readonly WriteFailure[]> {
  try {
    await write();
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw mongoFailure(error, doing);
    const failures = [error.writeErrors].flat().map(({ index, code, errmsg }) => ({ index, code, message: errmsg ?? `code ${code}` }));
    if (failures.length === 0 || failures.some(({ code }) => !isRefusedDocument(code) && !isDuplicateKey(code)))
      throw mongoFailure(error, doing);
    return failures;
  }
}
