import { type Collection, MongoBulkWriteError } from 'mongodb';
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

type ReceiptDocument = Receipt & { readonly _id: string };

const receiptId = (flow: string, item: string): string => `${flow}/${item}`;

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
   */
  async record(receipts: readonly Receipt[], isNew: (item: string) => boolean = () => false): Promise<void> {
    const documents = receipts.map((receipt) => ({ _id: receiptId(receipt.flow, receipt.item), ...receipt }));
    const fresh = documents.filter(({ item }) => isNew(item));
    const there = await within('recording receipts', () => this.#insert(fresh));
    const known = documents.filter(({ _id, item }) => there.has(_id) || !isNew(item));
    if (known.length === 0) return;
    await within('recording receipts', () =>
      this.#receipts.bulkWrite(
        known.map((replacement) => ({ replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } })),
        { ordered: false },
      ),
    );
  }

  async remove(flow: string, items: readonly string[]): Promise<void> {
    if (items.length === 0) return;
    await within(`removing receipts of ${flow}`, () =>
      this.#receipts.deleteMany({ _id: { $in: items.map((item) => receiptId(flow, item)) } }),
    );
  }

  /** Which items of the flow hold a receipt for these products. A product may be removed only when nobody else holds one. */
  async holders(flow: string, products: readonly string[]): Promise<readonly Pick<Receipt, 'item' | 'product'>[]> {
    if (products.length === 0) return [];
    return await within(`reading receipts of ${flow}`, () =>
      this.#receipts.find({ flow, product: { $in: [...products] } }, { projection: { _id: 0, item: 1, product: 1 } }).toArray(),
    );
  }

  /** The same over the items of every flow: products of several flows may lie in one collection. */
  async allHolders(products: readonly string[]): Promise<readonly Pick<Receipt, 'flow' | 'item' | 'product'>[]> {
    if (products.length === 0) return [];
    return await within('reading receipts', () =>
      this.#receipts.find({ product: { $in: [...products] } }, { projection: { _id: 0, flow: 1, item: 1, product: 1 } }).toArray(),
    );
  }

  /** Inserts receipts; answers the ids of those that were there already. */
  async #insert(fresh: readonly ReceiptDocument[]): Promise<ReadonlySet<string>> {
    if (fresh.length === 0) return new Set();
    try {
      await this.#receipts.insertMany([...fresh], { ordered: false });
      return new Set();
    } catch (error) {
      const failed = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
      if (failed.length === 0 || failed.some(({ code }) => !isDuplicateKey(code))) throw error;
      return new Set(failed.map(({ index }) => fresh[index]?._id ?? ''));
    }
  }

  /** Items that are home. A range of the primary key: no other index is needed. */
  async count(flow: string): Promise<number> {
    return await within(`counting receipts of ${flow}`, () =>
      this.#receipts.countDocuments({ _id: { $gte: `${flow}/`, $lt: `${flow}0` } }),
    );
  }
}
