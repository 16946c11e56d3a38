import type { Document, IndexSpecification } from 'mongodb';

export interface IndexSpec {
  readonly key: Readonly<Record<string, 1 | -1 | '2dsphere' | '2d'>>;
  readonly unique?: boolean;
  /** Documents are removed this many seconds after the indexed time. */
  readonly expireAfterSeconds?: number;
  /** What to make instead where the server refuses a compound with a geo part (DocumentDB 1.0: codes 115 and 1). */
  readonly instead?: readonly IndexSpec['key'][];
}

/** A collection as a flow or the book-keeping wants it: validator and indexes, never a reason to drop anything. */
export interface CollectionSpec {
  readonly name: string;
  /** A `$jsonSchema` validator, kept strict with action error; null: no validator. */
  readonly validator: Document | null;
  readonly indexes: readonly IndexSpec[];
  /** A document the validator must refuse: the proof that it is enforced. */
  readonly refused?: Document;
}

export const indexName = (key: IndexSpec['key']): string =>
  Object.entries(key)
    .map(([field, kind]) => `${field}_${kind}`)
    .join('_');

export const indexKey = (key: IndexSpec['key']): IndexSpecification => ({ ...key });

/** Landfall's own collections. Small, or read by primary key, so few indexes. */
export const bookCollections: readonly CollectionSpec[] = [
  { name: 'leases', validator: null, indexes: [] },
  { name: 'turns', validator: null, indexes: [] },
  { name: 'slots', validator: null, indexes: [] },
  { name: 'plans', validator: null, indexes: [{ key: { expiresAt: 1 }, expireAfterSeconds: 0 }] },
  { name: 'planPages', validator: null, indexes: [{ key: { plan: 1 } }, { key: { expiresAt: 1 }, expireAfterSeconds: 0 }] },
  { name: 'rebuilds', validator: null, indexes: [] },
  { name: 'runs', validator: null, indexes: [{ key: { startedAt: -1 } }, { key: { flow: 1, startedAt: -1 } }] },
  { name: 'receipts', validator: null, indexes: [{ key: { product: 1, flow: 1 } }] },
  { name: 'quarantine', validator: null, indexes: [{ key: { flow: 1, state: 1 } }] },
  { name: 'verifications', validator: null, indexes: [{ key: { run: 1 } }, { key: { flow: 1, comparedAt: -1 } }] },
  { name: 'ooiRequests', validator: null, indexes: [{ key: { table: 1, kind: 1, number: -1 } }, { key: { state: 1 } }] },
  { name: 'ooiStatus', validator: null, indexes: [] },
  { name: 'ooiOwed', validator: null, indexes: [{ key: { table: 1 } }] },
  {
    name: 'ooiHistory',
    validator: null,
    indexes: [{ key: { table: 1, at: -1 } }, { key: { at: 1 }, expireAfterSeconds: 2 * 365 * 86_400 }],
  },
  { name: 'ooiAnswers', validator: null, indexes: [{ key: { run: 1 } }, { key: { at: 1 }, expireAfterSeconds: 7 * 86_400 }] },
  { name: 'ooiNotices', validator: null, indexes: [{ key: { at: 1 }, expireAfterSeconds: 90 * 86_400 }] },
];
