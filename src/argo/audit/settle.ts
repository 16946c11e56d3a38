import { type Database, within } from '../../stores/mongo.ts';
import type { Quarantine } from '../../stores/quarantine.ts';
import type { Receipts } from '../../stores/receipts.ts';
import type { ArgoFlow } from '../flow.ts';
import { listName, parseKeyText, parseProfilePath } from '../names.ts';
import { selectFiles } from '../select.ts';
import { profilesOf } from '../tree.ts';
import type { Finding, Suspicion } from './judge.ts';

export interface SettleDependencies {
  readonly database: Database;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly flow: ArgoFlow;
}

/** A finding, or a profile that is rightly not home: it is in quarantine with its reason, or was given up there. */
export type Settled = Finding | { readonly state: 'rejected'; readonly item: string };

/** Looks up what decides some suspicions: documents and receipts of other floats, and the quarantine. In the order of the suspicions. */
export async function settle(use: SettleDependencies, suspicions: readonly Suspicion[]): Promise<readonly Settled[]> {
  const { flow, quarantine } = use;
  const documents = await presentDocuments(use, [
    ...suspicions.flatMap((one) => ('unlessDocument' in one ? [one.unlessDocument] : [])),
    ...suspicions.flatMap((one) => ('leftover' in one ? [one.product] : [])),
    ...suspicions.flatMap((one) => ('unlessReceiptFor' in one ? [one.unlessReceiptFor] : [])),
  ]);
  const held = await heldProducts(use, suspicions, [...documents.keys()]);
  const extra = new Set<string>();
  const findings = suspicions.flatMap((one): readonly Finding[] => {
    if ('leftover' in one) {
      const { leftover: item, product } = one;
      if (!documents.has(product) || held.has(product) || extra.has(product)) return [{ state: 'stale', item, why: 'no_files' }];
      extra.add(product);
      return [{ state: 'extra', document: product, item, why: 'no_files' }];
    }
    if ('unlessDocument' in one && documents.has(one.unlessDocument)) return [];
    if ('unlessReceiptFor' in one) return held.has(one.unlessReceiptFor) ? [] : [named(one.suspects, documents)];
    return [one.suspects];
  });
  const items = findings.flatMap((finding) => (finding.state === 'missing' || finding.state === 'stale' ? [finding.item] : []));
  const rejected = await quarantine.heldBackAmong(flow.name, items);
  return findings.map((finding) =>
    (finding.state === 'missing' || finding.state === 'stale') && rejected.has(finding.item)
      ? { state: 'rejected', item: finding.item }
      : finding,
  );
}

/**
 * Those of the products that a receipt stands for, of an item that still has files. Where every item of a product has lost its files, as of a float that lay under two centres, the document is not held.
 */
async function heldProducts(
  { flow, receipts }: SettleDependencies,
  suspicions: readonly Suspicion[],
  products: readonly string[],
): Promise<ReadonlySet<string>> {
  const leftovers = new Set(suspicions.flatMap((one) => ('leftover' in one ? [one.leftover] : [])));
  const held = new Set<string>();
  for (const { item, product } of await receipts.holders(flow.name, products)) {
    if (held.has(product) || leftovers.has(item)) continue;
    if (await hasFiles(flow.mirror, item)) held.add(product);
  }
  return held;
}

async function hasFiles(mirror: string, item: string): Promise<boolean> {
  const key = parseKeyText(item);
  return key !== null && selectFiles(key, (await profilesOf(mirror, key)).get(key.number) ?? new Set()) !== null;
}

interface SourcedDocument {
  readonly _id: string;
  readonly source?: readonly { readonly url?: string }[];
}

/** Those of the documents that are there, with the centre that their source names. */
async function presentDocuments(
  { database, flow }: SettleDependencies,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (ids.length === 0) return new Map();
  const found = await within(`reading ${flow.collections.argo}`, () =>
    database
      .products(flow.database)
      .collection<SourcedDocument>(flow.collections.argo)
      .find({ _id: { $in: [...ids] } }, { projection: { 'source.url': 1 } })
      .toArray(),
  );
  return new Map(found.map(({ _id, source }) => [_id, centreOf(source, flow.sourceUrl)]));
}

function centreOf(source: SourcedDocument['source'], sourceUrl: string): string | null {
  const url = Array.isArray(source) ? source[0]?.url : undefined;
  if (typeof url !== 'string' || !url.startsWith(sourceUrl)) return null;
  return parseProfilePath(url.slice(sourceUrl.length))?.dac ?? null;
}

/** An extra document under the key that its files would have: the loader looks for them under every centre before it removes it. */
function named(finding: Finding, documents: ReadonlyMap<string, string | null>): Finding {
  if (finding.state !== 'extra' || finding.why !== 'no_files') return finding;
  const [, wmo, number] = /^(\d{5,7})_(\d{3,4}D?)$/.exec(finding.document) ?? [];
  if (wmo === undefined || number === undefined) return { ...finding, why: 'not_an_id' };
  const dac = documents.get(finding.document) ?? 'unknown';
  return { ...finding, item: `${dac}/${listName({ dac, wmo, number })}` };
}
