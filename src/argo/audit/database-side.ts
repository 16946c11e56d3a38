import type { Collection, Db } from 'mongodb';
import { type Database, within } from '../../stores/mongo.ts';
import type { ArgoFlow } from '../flow.ts';
import { Feed } from './feed.ts';
import type { AuditedReceipt } from './judge.ts';

/**
 * Pages over the primary key rather than one long cursor: servers forget a cursor that is not asked for some minutes, and the receipts of
 * a small centre wait while the floats of the large ones are compared.
 */
const PAGE = 1_000;

export interface StoredReceipt extends AuditedReceipt {
  readonly _id: string;
}

interface Identified {
  readonly _id: string;
}

/** The ids of all documents, in byte order. */
export function documentFeed(products: Db, { collections }: Pick<ArgoFlow, 'collections'>, signal: AbortSignal): Feed<Identified> {
  const argo = products.collection<Identified>(collections.argo);
  return new Feed((after) =>
    within(`reading the ids of ${collections.argo}`, () =>
      argo
        .find(after === null ? {} : { _id: { $gt: after._id } }, { projection: { _id: 1 }, signal })
        .sort({ _id: 1 })
        .limit(PAGE)
        .toArray(),
    ),
  );
}

/** The receipts of a flow by centre: `<flow>/<dac>/<wmo>_<number>` is, inside one centre, the order of the ids. */
export async function receiptFeeds(database: Database, flow: string, signal: AbortSignal): Promise<readonly Feed<StoredReceipt>[]> {
  const receipts = database.book.collection<StoredReceipt>('receipts');
  const feeds: Feed<StoredReceipt>[] = [];
  for (let from = `${flow}/`; ; ) {
    signal.throwIfAborted();
    const [first] = await receiptsBetween(receipts, { $gte: from, $lt: endOf(flow) }, 1, signal);
    if (first === undefined) return feeds;
    const centre = first._id.slice(0, first._id.indexOf('/', flow.length + 1));
    feeds.push(
      new Feed((after) =>
        after === null
          ? receiptsBetween(receipts, { $gte: `${centre}/`, $lt: endOf(centre) }, PAGE, signal)
          : receiptsBetween(receipts, { $gt: after._id, $lt: endOf(centre) }, PAGE, signal),
      ),
    );
    from = endOf(centre);
  }
}

/** The first text after all that begin with these words and a slash. */
const endOf = (words: string): string => `${words}0`;

const receiptsBetween = (
  receipts: Collection<StoredReceipt>,
  range: { readonly $gte?: string; readonly $gt?: string; readonly $lt: string },
  limit: number,
  signal: AbortSignal,
): Promise<readonly StoredReceipt[]> =>
  within('reading receipts', () =>
    receipts
      .find(
        { _id: range },
        { projection: { item: 1, product: 1, rules: 1, 'files.path': 1, 'files.sizeBytes': 1, 'files.mtimeMs': 1 }, signal },
      )
      .sort({ _id: 1 })
      .limit(limit)
      .toArray(),
  );
