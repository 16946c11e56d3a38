import type { Receipt } from '../../stores/receipts.ts';
import { keyText, listName, parseKeyText } from '../names.ts';
import { RULES_VERSION } from '../rules-version.ts';
import type { MirrorProfile } from './mirror-side.ts';

/** What of a receipt an audit compares. */
export type AuditedReceipt = Pick<Receipt, 'item' | 'product' | 'rules'> & {
  readonly files: readonly Pick<Receipt['files'][number], 'path' | 'sizeBytes' | 'mtimeMs'>[];
};

/** All that is known of one float, on both sides. */
export interface AuditedFloat {
  readonly wmo: string;
  readonly profiles: readonly MirrorProfile[];
  readonly receipts: readonly AuditedReceipt[];
  /** Ids of its documents. */
  readonly documents: ReadonlySet<string>;
}

export type MissingWhy = 'never_loaded' | 'document_gone';
export type StaleWhy = 'other_files' | 'other_size' | 'other_time' | 'older_rules' | 'files_moving' | 'no_files';
export type ExtraWhy = 'no_files' | 'other_id' | 'not_an_id';

/**
 * Something that is not as it should be.
 *
 * - `missing`: in the mirror, and no document.
 * - `stale`: the receipt is not that of the files in the mirror now.
 * - `unreceipted`: a document that no receipt proves.
 * - `extra`: a document that nothing in the mirror stands behind.
 */
export type Finding =
  | { readonly state: 'missing'; readonly item: string; readonly why: MissingWhy }
  | { readonly state: 'stale'; readonly item: string; readonly why: StaleWhy }
  | { readonly state: 'unreceipted'; readonly item: string }
  | { readonly state: 'extra'; readonly document: string; readonly item: string | null; readonly why: ExtraWhy };

/** A finding, or what would be one unless the database tells of something that lies outside the float. */
export type Suspicion =
  | { readonly suspects: Exclude<Finding, { state: 'extra' }> }
  /** Unless a document of this id, of another float, is there. */
  | { readonly suspects: Finding; readonly unlessDocument: string }
  /** Unless a receipt, of another item or flow, stands for this document. */
  | { readonly suspects: Extract<Finding, { state: 'extra' }>; readonly unlessReceiptFor: string }
  /** Its item has no files any more. Its document, if there is one, is extra; else only the receipt is stale. */
  | { readonly leftover: string; readonly product: string };

/** Compares one float. Pure; the order is that of the ids. */
export function judgeFloat({ wmo, profiles, receipts, documents }: AuditedFloat): readonly Suspicion[] {
  const byItem = new Map(receipts.map((receipt) => [receipt.item, receipt]));
  const claimed = new Set(receipts.map(({ product }) => product));
  const inMirror = new Map(profiles.map((profile) => [keyText(profile), profile]));
  const names = new Set(profiles.map(listName));
  const found: (readonly [order: string, suspicion: Suspicion])[] = [];
  const suspect = (order: string, suspicion: Suspicion): void => void found.push([order, suspicion]);

  for (const [item, profile] of inMirror) {
    const name = listName(profile);
    const receipt = byItem.get(item);
    if (receipt === undefined) {
      suspect(name, { suspects: documents.has(name) ? { state: 'unreceipted', item } : { state: 'missing', item, why: 'never_loaded' } });
      continue;
    }
    const why = staleness(receipt, profile);
    const { product } = receipt;
    if (why !== null) suspect(name, { suspects: { state: 'stale', item, why } });
    else if (!documents.has(product)) {
      const missing = { state: 'missing', item, why: 'document_gone' } as const;
      suspect(name, product.startsWith(`${wmo}_`) ? { suspects: missing } : { suspects: missing, unlessDocument: product });
    }
  }
  for (const { item, product } of receipts) {
    if (inMirror.has(item)) continue;
    const key = parseKeyText(item);
    const name = key === null ? item : listName(key);
    // A float that moved to another centre leaves a receipt behind, but no document.
    if (names.has(name)) suspect(name, { suspects: { state: 'stale', item, why: 'no_files' } });
    else suspect(name, { leftover: item, product });
  }
  for (const document of documents) {
    if (claimed.has(document)) continue;
    const why = names.has(document) ? 'other_id' : 'no_files';
    const isLoadedAsOther = profiles.some((profile) => listName(profile) === document && byItem.has(keyText(profile)));
    if (why === 'no_files' || isLoadedAsOther)
      suspect(document, { suspects: { state: 'extra', document, item: null, why }, unlessReceiptFor: document });
  }
  return found.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, suspicion]) => suspicion);
}

/** Why a receipt does not prove that these files were loaded by the rules of today; null: it does. */
export function staleness(receipt: AuditedReceipt, { files }: Pick<MirrorProfile, 'files'>): StaleWhy | null {
  if (files === null) return 'files_moving';
  const isSame = (what: 'path' | 'sizeBytes' | 'mtimeMs'): boolean => files.every((file, at) => file[what] === receipt.files[at]?.[what]);
  if (receipt.files.length !== files.length || !isSame('path')) return 'other_files';
  if (!isSame('sizeBytes')) return 'other_size';
  if (!isSame('mtimeMs')) return 'other_time';
  return receipt.rules === RULES_VERSION ? null : 'older_rules';
}
