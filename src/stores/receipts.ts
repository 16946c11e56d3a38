import { type Collection, type Filter, MongoBulkWriteError } from 'mongodb';
import type { LateGuard } from './late-guard.ts';
import { type Database, isDuplicateKey, within } from './mongo.ts';

/** Proof that a file arrived: taken from the bytes that were used. */
export interface FileReceipt {
  /** Relative to the mirror root. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Source modification time in Unix milliseconds. */
  readonly mtimeMs: number;
  readonly sha256: string;
}

export interface Receipt {
  readonly flow: string;
  /** The item's key within its flow; for Argo `<dac>/<wmo>_<number>`. */
  readonly item: string;
  /** Id of the product the item became. Usually the item's own name, but content decides. */
  readonly product: string;
  readonly files: readonly FileReceipt[];
  readonly run: string;
  /** Version of the rules that made the product: a newer one makes the receipt stale. */
  readonly rules: number;
  readonly at: Date;
}

/** A receipt without its proof. */
export type ReceiptMark = Pick<Receipt, 'item' | 'product' | 'run'>;

type ReceiptDocument = Receipt & { readonly _id: string };

const receiptId = (flow: string, item: string): string => `${flow}/${item}`;

/** All of a flow: a range of the primary key. */
const ofFlow = (flow: string) => ({ _id: { $gte: `${flow}/`, $lt: `${flow}0` } });

/** Receipts read or moved with one command. */
const AT_ONCE = 1000;

export class Receipts {
  readonly #receipts: Collection<ReceiptDocument>;

  constructor(database: Database) {
    this.#receipts = database.book.collection<ReceiptDocument>('receipts');
  }

  async find(flow: string, items: readonly string[]): Promise<ReadonlyMap<string, Receipt>> {
    if (items.length === 0) return new Map();
    const found = await within(`reading receipts of ${flow}`, () =>
      this.#receipts.find({ _id: { $in: items.map((item) => receiptId(flow, item)) } }).toArray(),
    );
    return new Map(found.map((receipt) => [receipt.item, receipt]));
  }

  /**
   * Replaces the receipts of these items.
   * @param isNew whether an item is expected to have none yet: it is then inserted, which costs the database a quarter of an upsert.
   *              A wrong guess is put right by a replacement.
   * @param guard  receipts are dated by their own `at`.
   */
  async record(
    receipts: readonly Receipt[],
    isNew: (item: string) => boolean = () => false,
    guard: LateGuard | null = null,
  ): Promise<void> {
    const documents = receipts.map((receipt) => ({ _id: receiptId(receipt.flow, receipt.item), ...receipt }));
    const fresh = documents.filter(({ item }) => isNew(item));
    const there = await within('recording receipts', () => this.#insert(fresh));
    const known = documents.filter(({ _id, item }) => there.has(_id) || !isNew(item));
    const newer = await this.#replace(known, guard === null ? () => ({}) : ({ at }) => ({ at: { $lte: at } }));
    if (newer.size === 0 || guard === null) return;
    await guard.confirm();
    await this.#replace(
      known.filter(({ _id }) => newer.has(_id)),
      () => ({}),
    );
  }

  async remove(flow: string, items: readonly string[], guard: LateGuard | null = null): Promise<void> {
    if (items.length === 0) return;
    const these = { _id: { $in: items.map((item) => receiptId(flow, item)) } };
    const remove = (which: Filter<ReceiptDocument>) => within(`removing receipts of ${flow}`, () => this.#receipts.deleteMany(which));
    if (guard === null) return void (await remove(these));
    await remove({ ...these, at: { $lte: guard.asOf } });
    if ((await within(`removing receipts of ${flow}`, () => this.#receipts.countDocuments(these))) === 0) return;
    await guard.confirm();
    await remove(these);
  }

  /** Removes exactly these receipts as they were recorded here, by their times. */
  async removeWritten(receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const [ids, times] = [receipts.map(({ flow, item }) => receiptId(flow, item)), receipts.map(({ at }) => at)];
    await within('removing receipts', () => this.#receipts.deleteMany({ _id: { $in: ids }, at: { $in: times } }));
  }

  /** Which items of the flow hold a receipt for these products. A product may be removed only when nobody else holds one. */
  async holders(flow: string, products: readonly string[]): Promise<readonly Pick<Receipt, 'item' | 'product'>[]> {
    if (products.length === 0) return [];
    return await within(`reading receipts of ${flow}`, () =>
      this.#receipts.find({ flow, product: { $in: [...products] } }, { projection: { _id: 0, item: 1, product: 1 } }).toArray(),
    );
  }

  /** The same over several names of one flow, with the run that made each. */
  async holdersAmong(
    flows: readonly string[],
    products: readonly string[],
  ): Promise<readonly Pick<Receipt, 'flow' | 'item' | 'product' | 'run'>[]> {
    if (products.length === 0) return [];
    return await within('reading receipts', () =>
      this.#receipts
        .find(
          { flow: { $in: [...flows] }, product: { $in: [...products] } },
          { projection: { _id: 0, flow: 1, item: 1, product: 1, run: 1 } },
        )
        .toArray(),
    );
  }

  /** What every item of a flow became and which run made it, in the order of their keys, some at a time: any number in constant memory. */
  async *all(flow: string): AsyncGenerator<readonly ReceiptMark[], void, undefined> {
    const projection = { _id: 0, item: 1, product: 1, run: 1 };
    const cursor = this.#receipts.find<ReceiptMark>(ofFlow(flow), { batchSize: AT_ONCE, projection }).sort({ _id: 1 });
    let batch: ReceiptMark[] = [];
    for await (const { item, product, run } of cursor) {
      batch.push({ item, product, run });
      if (batch.length < AT_ONCE) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  /** Removes all receipts of a flow, some at a time, as they were read: one that is recorded meanwhile stays. @param before called before each removal: it may refuse. */
  async removeAll(flow: string, before: () => Promise<void>): Promise<void> {
    for (;;) {
      const some = await this.#first(flow);
      if (some.length === 0) return;
      await before();
      await this.removeWritten(some);
    }
  }

  /**
   * Gives all receipts of a flow to another name, whose own were removed. Repeated after a kill it goes on.
   * @param guard  asked before each move, and again where the other name has a newer receipt.
   */
  async moveAll(from: string, to: string, guard: LateGuard): Promise<void> {
    for (;;) {
      const some = await this.#first(from);
      if (some.length === 0) return;
      await guard.confirm();
      const moved = some.map(({ _id, ...receipt }) => ({ ...receipt, flow: to }));
      await this.record(moved, () => true, guard);
      await this.removeWritten(some);
    }
  }

  async #first(flow: string): Promise<readonly ReceiptDocument[]> {
    return await within(`reading receipts of ${flow}`, () => this.#receipts.find(ofFlow(flow)).sort({ _id: 1 }).limit(AT_ONCE).toArray());
  }

  /** Inserts receipts; answers the ids of those that were there already. */
  async #insert(fresh: readonly ReceiptDocument[]): Promise<ReadonlySet<string>> {
    if (fresh.length === 0) return new Set();
    return await duplicatesOf(fresh, () => this.#receipts.insertMany([...fresh], { ordered: false }));
  }

  /** Replaces receipts, or makes them; answers the ids of those that are there and not as wanted. */
  async #replace(
    documents: readonly ReceiptDocument[],
    where: (receipt: ReceiptDocument) => Filter<ReceiptDocument>,
  ): Promise<ReadonlySet<string>> {
    if (documents.length === 0) return new Set();
    const operations = documents.map((replacement) => ({
      replaceOne: { filter: { ...where(replacement), _id: replacement._id }, replacement, upsert: true },
    }));
    return await within('recording receipts', () =>
      duplicatesOf(documents, () => this.#receipts.bulkWrite(operations, { ordered: false })),
    );
  }

  /** Items that are home. A range of the primary key: no other index is needed. */
  async count(flow: string): Promise<number> {
    return await within(`counting receipts of ${flow}`, () => this.#receipts.countDocuments(ofFlow(flow)));
  }
}

/** Runs an unordered write of documents; answers the ids of those that were there already. */
async function duplicatesOf(documents: readonly ReceiptDocument[], write: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  try {
    await write();
    return new Set();
  } catch (error) {
    const failed = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
    if (failed.length === 0 || failed.some(({ code }) => !isDuplicateKey(code))) throw error;
    return new Set(failed.map(({ index }) => documents[index]?._id ?? ''));
  }
}
