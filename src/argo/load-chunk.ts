import type { Rejected } from '../stores/quarantine.ts';
import type { Receipt } from '../stores/receipts.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import type { LoaderDependencies, LoadRequest } from './load.ts';
import { chooseMetadata } from './metadata.ts';
import { keyText, listName, type ProfileKey } from './names.ts';
import { type Prepared, prepare, type Translated } from './prepare.ts';
import type { Products, RefusedDocument } from './products.ts';
import { RULES_VERSION } from './rules-version.ts';
import type { ProfileGroup } from './select.ts';

export type ProfileEnd = 'loaded' | 'unchanged' | 'rejected' | 'removed';

/** How each profile of a chunk ended, by list name, and the source bytes that were read. */
export interface ChunkEnd {
  readonly ends: ReadonlyMap<string, ProfileEnd>;
  readonly bytes: number;
}

/** Loads or removes a few dozen profiles: one round of reads, then one of writes. Metadata first, then profiles, then receipts. */
export class ChunkLoader {
  readonly #use: LoaderDependencies;
  readonly #products: Products;
  readonly #request: LoadRequest;

  constructor(use: LoaderDependencies, products: Products, request: LoadRequest) {
    this.#use = use;
    this.#products = products;
    this.#request = request;
  }

  /** Removes profiles that have no files any more. A document that another DAC's profile holds a receipt for stays. */
  async remove(keys: readonly ProfileKey[]): Promise<ChunkEnd> {
    const { receipts, leases } = this.#use;
    const known = await receipts.find(this.#request.flow.name, keys.map(keyText));
    const products = new Map(keys.map((key) => [keyText(key), known.get(keyText(key))?.product ?? listName(key)]));
    const orphans = await this.#withoutOtherHolder(products);
    await leases.assertHeld(this.#request.fence);
    await this.#products.removeProfiles(orphans);
    await this.forget(keys);
    return { ends: new Map(keys.map((key) => [listName(key), 'removed'])), bytes: 0 };
  }

  /** Takes back the receipts of profiles that are not there any more, and closes what quarantine said of them. */
  async forget(keys: readonly ProfileKey[]): Promise<void> {
    const { receipts, quarantine, now } = this.#use;
    const items = keys.map(keyText);
    await receipts.remove(this.#request.flow.name, items);
    await quarantine.close(this.#request.flow.name, items, 'removed', now());
  }

  async load(groups: readonly ProfileGroup[], isForced: boolean): Promise<ChunkEnd> {
    const { flow, run } = this.#request;
    const known = await this.#use.receipts.find(flow.name, groups.map(keyText));
    const prepared: Prepared[] = [];
    for (const group of groups) prepared.push(await prepare({ ...this.#use, flow, run }, group, known.get(keyText(group)), isForced));

    const gone = prepared.filter((one) => one.state === 'gone').map(({ key }) => key);
    if (gone.length > 0) await this.remove(gone);
    const refused = await this.#write(
      prepared.filter((one) => one.state === 'translated'),
      known,
    );
    const rejected = [...prepared.flatMap((one) => (one.state === 'rejected' ? [one.rejected] : [])), ...refused];
    await this.#settle(prepared, rejected);

    const failed = new Set(rejected.map(({ item }) => item));
    const ends = new Map(prepared.map((one) => [listName(one.key), failed.has(keyText(one.key)) ? 'rejected' : END[one.state]]));
    return { ends, bytes: prepared.reduce((sum, one) => sum + bytesOf(one), 0) };
  }

  /** Answers what the database refused. */
  async #write(translated: readonly Translated[], known: ReadonlyMap<string, Receipt>): Promise<readonly Rejected[]> {
    if (translated.length === 0) return [];
    const { leases, receipts, now } = this.#use;
    const { flow, fence, run } = this.#request;
    const { documents, refused: refusedMetadata } = await this.#describe(translated);

    await leases.assertHeld(fence);
    // One id twice in a chunk (a name and a content that disagree): the later line wins, as it would one after the other.
    const byId = new Map(documents.map((document) => [document._id, document]));
    const refusedProfiles = await this.#products.replaceProfiles([...byId.values()]);

    const why = new Map([...refusedMetadata, ...refusedProfiles].map(({ id, message }) => [id, message]));
    const arrived = translated
      .filter(({ profile }) => !why.has(profile._id))
      .map(({ key, files, profile }): Receipt => {
        const proof = files.map(({ path, sizeBytes, mtimeMs, sha256 }) => ({ path, sizeBytes, mtimeMs, sha256 }));
        return { flow: flow.name, item: keyText(key), product: profile._id, files: proof, run, rules: RULES_VERSION, at: now() };
      });
    await this.#removeRenamed(arrived, known);
    await receipts.record(arrived);
    return translated.filter(({ profile }) => why.has(profile._id)).map((one) => refusal(flow.name, one, why.get(one.profile._id) ?? ''));
  }

  /** Finds or creates the metadata document of each profile, in load order. */
  async #describe(
    translated: readonly Translated[],
  ): Promise<{ readonly documents: readonly ArgoDocument[]; readonly refused: readonly RefusedDocument[] }> {
    const platforms = [...new Set(translated.map(({ metadata }) => metadata.platform))];
    for (;;) {
      const existing = await this.#products.metadataOf(platforms);
      const added: ArgoMetaDocument[] = [];
      const documents = translated.map(({ profile, metadata }): ArgoDocument => {
        const choice = chooseMetadata(
          existing.filter(({ platform }) => platform === metadata.platform),
          metadata,
        );
        if (choice.state === 'new') {
          const document = { ...metadata, _id: choice.id };
          existing.push(document);
          added.push(document);
        }
        return { ...profile, metadata: [choice.id] };
      });
      await this.#use.leases.assertHeld(this.#request.fence);
      const answer = await this.#products.addMetadata(added);
      if (answer.state === 'conflict') continue;
      const why = new Map(answer.refused.map(({ id, message }) => [id, message]));
      return {
        documents: documents.filter(({ metadata: [id] }) => !why.has(id)),
        refused: documents.flatMap(({ _id, metadata: [id] }) => (why.has(id) ? [{ id: _id, message: why.get(id) ?? '' }] : [])),
      };
    }
  }

  /** A profile whose content now gives another id must not leave its old document behind. */
  async #removeRenamed(arrived: readonly Receipt[], known: ReadonlyMap<string, Receipt>): Promise<void> {
    const renamed = new Map<string, string>();
    for (const { item, product } of arrived) {
      const before = known.get(item)?.product;
      if (before !== undefined && before !== product) renamed.set(item, before);
    }
    const fresh = new Set(arrived.map(({ product }) => product));
    await this.#products.removeProfiles((await this.#withoutOtherHolder(renamed)).filter((product) => !fresh.has(product)));
  }

  /** Of these items' products, those that no other item holds a receipt for. */
  async #withoutOtherHolder(products: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const holders = await this.#use.receipts.holders(this.#request.flow.name, [...products.values()]);
    const held = new Set(holders.filter(({ item }) => !products.has(item)).map(({ product }) => product));
    return [...new Set(products.values())].filter((product) => !held.has(product));
  }

  /** Quarantine after receipts: what came home is closed, what did not is kept with its reason. */
  async #settle(prepared: readonly Prepared[], rejected: readonly Rejected[]): Promise<void> {
    const { quarantine, log, now } = this.#use;
    const { flow, run } = this.#request;
    const failed = new Set(rejected.map(({ item }) => item));
    const home = prepared.filter((one) => one.state !== 'gone').map((one) => keyText(one.key));
    await quarantine.close(
      flow.name,
      home.filter((item) => !failed.has(item)),
      'loaded',
      now(),
    );
    await quarantine.put(rejected, run, now());
    for (const { item, code, message } of rejected) log.warn({ event: 'profile_rejected', flow: flow.name, item, code, message });
  }
}

const END = { current: 'unchanged', done: 'loaded', translated: 'loaded', rejected: 'rejected', gone: 'removed' } as const;

function bytesOf(one: Prepared): number {
  if (one.state === 'translated') return one.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return one.state === 'rejected' ? one.bytes : 0;
}

const refusal = (flow: string, { key, files, profile }: Translated, why: string): Rejected => ({
  flow,
  kind: 'argo',
  item: keyText(key),
  files: files.map(({ path }) => path),
  code: 'schema_violation',
  message: `The database refused the document ${profile._id}: ${why}`,
});
