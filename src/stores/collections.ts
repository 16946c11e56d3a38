import { isDeepStrictEqual } from 'node:util';
import type { Db, Document } from 'mongodb';
import { Failure, messageOf } from '../errors.ts';
import { type CollectionSpec, type IndexSpec, indexKey, indexName } from './collection-spec.ts';
import { codeOf, isRefusedDocument, within } from './mongo.ts';

/** One difference between what is there and what is wanted; `apply` closes it. */
export interface CollectionChange {
  readonly database: string;
  readonly collection: string;
  readonly change:
    | { readonly kind: 'create' }
    | { readonly kind: 'validator'; readonly validator: Document }
    | { readonly kind: 'index'; readonly index: IndexSpec };
}

/** Something the server cannot do, said once and worked around. */
export interface CollectionNote {
  readonly collection: string;
  readonly note: string;
}

export interface CollectionsDiff {
  readonly changes: readonly CollectionChange[];
  readonly notes: readonly CollectionNote[];
}

interface Found {
  readonly validator: Document | null;
  readonly indexNames: ReadonlySet<string>;
}

/** Compares the collections of a database with their specs. Reads only; collections without a spec are nobody's business. */
export async function diffCollections(db: Db, specs: readonly CollectionSpec[]): Promise<CollectionsDiff> {
  const refusesGeoParts = await isFerret(db);
  const found = await foundCollections(db);
  const changes: CollectionChange[] = [];
  const notes: CollectionNote[] = [];
  for (const spec of specs) {
    const at = { database: db.databaseName, collection: spec.name };
    const present = found.get(spec.name);
    if (present === undefined) changes.push({ ...at, change: { kind: 'create' } });
    if (spec.validator !== null && !isDeepStrictEqual(plain(present?.validator ?? null), plain(spec.validator))) {
      changes.push({ ...at, change: { kind: 'validator', validator: spec.validator } });
    }
    const { indexes, refused } = wantedIndexes(spec, refusesGeoParts);
    for (const index of refused) {
      const parts = (index.instead ?? []).map(indexName).join(' and ');
      notes.push({
        collection: spec.name,
        note: `the embedded database refuses the compound index ${indexName(index.key)}; ${parts} stand in for it`,
      });
    }
    for (const index of indexes) {
      if (present?.indexNames.has(indexName(index.key)) !== true) changes.push({ ...at, change: { kind: 'index', index } });
    }
  }
  return { changes, notes };
}

/** Closes the differences. Creates and updates, never drops; repeated, it changes nothing. */
export async function applyCollections(db: Db, specs: readonly CollectionSpec[]): Promise<CollectionsDiff> {
  const diff = await diffCollections(db, specs);
  for (const { collection, change } of diff.changes) {
    await within(`applying ${change.kind} to collection ${collection}`, () => applyChange(db, collection, change));
  }
  for (const spec of specs) await proveValidator(db, spec);
  return diff;
}

async function applyChange(db: Db, name: string, change: CollectionChange['change']): Promise<void> {
  if (change.kind === 'create') {
    await createIfAbsent(db, name);
  } else if (change.kind === 'validator') {
    // Always by collMod: DocumentDB 1.0 silently drops a validator given to createCollection.
    await db.command({ collMod: name, validator: change.validator, validationLevel: 'strict', validationAction: 'error' });
  } else {
    const { key, unique, expireAfterSeconds } = change.index;
    await db.collection(name).createIndex(indexKey(key), {
      name: indexName(key),
      ...(unique === undefined ? {} : { unique }),
      ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    });
  }
}

const NAMESPACE_EXISTS = 48;

async function createIfAbsent(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    if (codeOf(error) !== NAMESPACE_EXISTS) throw error;
  }
}

/** Offers a document that must be refused. A validator that lets it pass is worse than none. */
async function proveValidator(db: Db, spec: CollectionSpec): Promise<void> {
  if (spec.validator === null || spec.refused === undefined) return;
  const probe = db.collection<{ _id: string }>(spec.name);
  const _id = 'landfall:validator-probe';
  try {
    await probe.replaceOne({ _id }, { ...spec.refused }, { upsert: true });
  } catch (error) {
    if (isRefusedDocument(codeOf(error))) return;
    throw new Failure({
      kind: 'again',
      code: 'validator_unproved',
      happened: `The validator of ${db.databaseName}.${spec.name} could not be tried: ${messageOf(error)}`,
      cause: error,
    });
  }
  await probe.deleteOne({ _id });
  throw new Failure({
    kind: 'stop',
    code: 'validator_ignored',
    happened: `${db.databaseName}.${spec.name} accepted a document that its validator must refuse`,
    remedy: 'Check that the database enforces JSON-schema validators (collMod with validationAction error)',
  });
}

function wantedIndexes(
  spec: CollectionSpec,
  refusesGeoParts: boolean,
): { readonly indexes: readonly IndexSpec[]; readonly refused: readonly IndexSpec[] } {
  const refused = refusesGeoParts ? spec.indexes.filter((index) => index.instead !== undefined) : [];
  const wanted = spec.indexes.flatMap((index) => (refused.includes(index) ? (index.instead ?? []).map((key) => ({ key })) : [index]));
  const byName = new Map(wanted.map((index) => [indexName(index.key), index]));
  return { indexes: [...byName.values()], refused };
}

async function foundCollections(db: Db): Promise<ReadonlyMap<string, Found>> {
  const listed = await within(`listing the collections of ${db.databaseName}`, () => db.listCollections({}, { nameOnly: false }).toArray());
  const found = new Map<string, Found>();
  for (const collection of listed) {
    const indexes = await within(`listing the indexes of ${collection.name}`, () => db.collection(collection.name).listIndexes().toArray());
    const options = 'options' in collection ? collection.options : undefined;
    found.set(collection.name, { validator: options?.validator ?? null, indexNames: new Set(indexes.map((index) => String(index.name))) });
  }
  return found;
}

async function isFerret(db: Db): Promise<boolean> {
  const info = await within('asking the database for its version', () => db.command({ buildInfo: 1 }));
  return info.ferretdb !== undefined;
}

const plain = (value: Document | null): unknown => JSON.parse(JSON.stringify(value));
