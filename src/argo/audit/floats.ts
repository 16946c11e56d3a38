import type { Database } from '../../stores/mongo.ts';
import type { ArgoFlow } from '../flow.ts';
import { parseKeyText } from '../names.ts';
import { documentFeed, receiptFeeds, type StoredReceipt } from './database-side.ts';
import { Feed } from './feed.ts';
import type { AuditedFloat } from './judge.ts';
import { byText, floatOrder, type MirrorFloat, mirrorFloats } from './mirror-side.ts';

export interface FloatsRequest {
  readonly database: Database;
  readonly flow: ArgoFlow;
  readonly signal: AbortSignal;
  /** A document whose id no profile can have. It stands outside the order of the ids. */
  readonly onForeign: (document: string) => void;
}

const ID = /^(\d{5,7})_\d{3,}D?$/;

const floatOfDocument = (id: string): string | null => ID.exec(id)?.[1] ?? null;
const floatOfReceipt = (item: string): string | null => parseKeyText(item)?.wmo ?? null;

/** Mirror, receipts and documents side by side, float by float in the order of the ids. Memory: one float, and a page of each stream. */
export async function* auditedFloats({ database, flow, signal, onForeign }: FloatsRequest): AsyncGenerator<AuditedFloat, void, undefined> {
  const floats = mirrorFloats(flow.mirror, signal);
  const mirror = new Feed<MirrorFloat>(async () => {
    const { value } = await floats.next();
    return value === undefined ? [] : [value];
  });
  const documents = documentFeed(database.products(flow.database), flow, signal);
  const receipts = await receiptFeeds(database, flow.name, signal);

  /** What has no place in the order of the floats is taken along with whichever it stands among. */
  const documentsOf = async (wmo: string | null): Promise<ReadonlySet<string>> => {
    const taken = await documents.takeWhile(({ _id }) => [wmo, null].includes(floatOfDocument(_id)));
    for (const { _id } of taken) if (floatOfDocument(_id) === null) onForeign(_id);
    return new Set(taken.flatMap(({ _id }) => (floatOfDocument(_id) === null ? [] : [_id])));
  };
  const receiptsOf = async (wmo: string | null): Promise<readonly StoredReceipt[]> => {
    const taken = await Promise.all(receipts.map((feed) => feed.takeWhile(({ item }) => [wmo, null].includes(floatOfReceipt(item)))));
    return taken.flat().filter(({ item }) => floatOfReceipt(item) !== null);
  };

  try {
    await documentsOf(null);
    await receiptsOf(null);
    for (;;) {
      signal.throwIfAborted();
      const heads = [
        (await mirror.peek())?.wmo ?? null,
        floatOfDocument((await documents.peek())?._id ?? ''),
        ...(await Promise.all(receipts.map(async (feed) => floatOfReceipt((await feed.peek())?.item ?? '')))),
      ];
      const [wmo] = heads.filter((head) => head !== null).toSorted((a, b) => byText(floatOrder(a), floatOrder(b)));
      if (wmo === undefined) return;
      const [held] = await mirror.takeWhile((float) => float.wmo === wmo);
      yield { wmo, profiles: held?.profiles ?? [], receipts: await receiptsOf(wmo), documents: await documentsOf(wmo) };
    }
  } finally {
    await floats.return();
  }
}
