import { Failure, isFailure } from '../errors.ts';
import type { LateGuard } from '../stores/late-guard.ts';
import type { Rejected } from '../stores/quarantine.ts';
import type { Receipt } from '../stores/receipts.ts';
import type { RefusedDocument } from './bulk-write.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import type { LoaderDependencies, LoadRequest } from './load-request.ts';
import { chooseMetadata } from './metadata.ts';
import { keyText, listName, type ProfileKey } from './names.ts';
import { bytesOf, type Prepared, type Translated } from './prepare.ts';
import { Products } from './products.ts';
import { withMetadata } from './profile.ts';
import { RULES_VERSION } from './rules-version.ts';
import { takeBack, takeBackEntries } from './take-back.ts';

export type ProfileEnd = 'loaded' | 'unchanged' | 'rejected' | 'removed';

/** How each profile of a chunk ended, by list name, and the source bytes that were read. */
export interface ChunkEnd {
  readonly ends: ReadonlyMap<string, ProfileEnd>;
  readonly bytes: number;
}

/** What was known of the request's profiles before anything was written. */
export interface KnownBefore {
  readonly known: ReadonlyMap<string, Receipt>;
  /** Items with an open quarantine entry. */
  readonly quarantined: ReadonlySet<string>;
}

interface Described {
  readonly documents: readonly ArgoDocument[];
  readonly refused: readonly RefusedDocument[];
}

/** Nobody takes that many numbers of one float in a row: something else holds them. */
const CONFLICTS = 20;

/** Writes what became of some profiles. Metadata first, then profiles, then receipts, then quarantine: a kill in between leaves work, never a lie. */
export class ChunkLoader {
  readonly #use: LoaderDependencies;
  readonly #request: LoadRequest;
  readonly #before: KnownBefore;
  readonly #products: Products;
  readonly #guard: LateGuard;
  /** Descriptions by float, read once: nobody else adds to them while the lease is held, and if somebody does it is a conflict. */
  readonly #metadata = new Map<string, ArgoMetaDocument[]>();
  /** A profile without receipt was not there, so far. */
  #isNewIfUnknown = true;

  constructor(use: LoaderDependencies, request: LoadRequest, before: KnownBefore) {
    this.#use = use;
    this.#request = request;
    this.#before = before;
    this.#products = new Products(use.database, request.flow, request);
    this.#guard = { asOf: use.now(), confirm: () => this.#assertHeld() };
  }

  /** Removes profiles that have no files any more. A document that another DAC's profile holds a receipt for stays. */
  async remove(keys: readonly ProfileKey[]): Promise<ChunkEnd> {
    const products = new Map(keys.map((key) => [keyText(key), this.#before.known.get(keyText(key))?.product ?? listName(key)]));
    const orphans = await this.#withoutOtherHolder(products);
    await this.#assertHeld();
    await this.#products.removeProfiles(orphans, this.#guard);
    await this.forget(keys);
    return { ends: new Map(keys.map((key) => [listName(key), 'removed'])), bytes: 0 };
  }

  /** Takes back the receipts of profiles that are not there any more, and closes what quarantine said of them. */
  async forget(keys: readonly ProfileKey[]): Promise<void> {
    if (keys.length === 0) return;
    const { receipts, quarantine, now } = this.#use;
    const items = keys.map(keyText);
    await this.#assertHeld();
    await receipts.remove(this.#request.flow.name, items, this.#guard);
    await quarantine.close(this.#request.flow.name, items.filter(this.#isQuarantined), 'removed', now(), this.#guard);
  }

  async write(prepared: readonly Prepared[]): Promise<ChunkEnd> {
    const gone = prepared.filter((one) => one.state === 'gone').map(({ key }) => key);
    if (gone.length > 0) await this.remove(gone);
    const refused = await this.#writeTranslated(prepared.filter((one) => one.state === 'translated'));
    const rejected = [...prepared.flatMap((one) => (one.state === 'rejected' ? [one.rejected] : [])), ...refused];
    await this.#settle(prepared, rejected);

    const failed = new Set(rejected.map(({ item }) => item));
    const ends = new Map(prepared.map((one) => [listName(one.key), failed.has(keyText(one.key)) ? 'rejected' : END[one.state]]));
    return { ends, bytes: prepared.reduce((sum, one) => sum + bytesOf(one), 0) };
  }

  /** Answers what the database refused. */
  async #writeTranslated(translated: readonly Translated[]): Promise<readonly Rejected[]> {
    if (translated.length === 0) return [];
    const { receipts, log, now } = this.#use;
    const { flow, run } = this.#request;
    const { documents, refused: refusedMetadata } = await this.#describe(translated);

    await this.#assertHeld();
    const at = now();
    const all = translated.map(({ key, files, profile }): Receipt => {
      return { flow: flow.name, item: keyText(key), product: profile._id, files, run, rules: RULES_VERSION, at };
    });
    const why = new Map(refusedMetadata.map(({ id, message }) => [id, message]));
    try {
      for (const { id, message } of await this.#putProfiles(documents, translated)) why.set(id, message);
      const arrived = all.filter(({ product }) => !why.has(product));
      await this.#removeRenamed(arrived);
      await this.#assertHeld();
      await receipts.record(arrived, (item) => !this.#before.known.has(item), this.#guard);
      await this.#assertHeld();
    } catch (error) {
      if (isFailure(error, 'lease_lost')) await takeBack(this.#products, receipts, { flow: flow.name, documents, receipts: all });
      throw error;
    }

    for (const { key, profile } of translated)
      if (profile._id !== listName(key)) log.warn({ event: 'id_differs_from_name', flow: flow.name, item: keyText(key), id: profile._id });
    return translated.filter(({ profile }) => why.has(profile._id)).map((one) => refusal(flow.name, one, why.get(one.profile._id) ?? ''));
  }

  async #putProfiles(documents: readonly ArgoDocument[], translated: readonly Translated[]): Promise<readonly RefusedDocument[]> {
    // One id twice in a chunk (a name and a content that disagree): the later line wins, as it would one after the other.
    const byId = new Map(documents.map((document) => [document._id, document]));
    const unknown = new Set(translated.filter(({ key }) => !this.#before.known.has(keyText(key))).map(({ profile }) => profile._id));
    const { refused, notNew } = await this.#products.putProfiles(
      [...byId.values()],
      ({ _id }) => this.#isNewIfUnknown && unknown.has(_id),
      this.#guard,
    );
    if (notNew > 0) this.#isNewIfUnknown = false;
    return refused;
  }

  /** Finds or creates the metadata document of each profile, in load order. */
  async #describe(translated: readonly Translated[]): Promise<Described> {
    const platforms = [...new Set(translated.map(({ metadata }) => metadata.platform))];
    for (let conflicts = 0; conflicts < CONFLICTS; conflicts += 1) {
      await this.#readMetadata(platforms);
      const added: ArgoMetaDocument[] = [];
      const documents = translated.map(({ profile, metadata }): ArgoDocument => {
        const existing = this.#metadata.get(metadata.platform) ?? [];
        const choice = chooseMetadata(existing, metadata);
        if (choice.state === 'new') {
          const document = { ...metadata, _id: choice.id, date_updated_argovis: profile.date_updated_argovis };
          existing.push(document);
          added.push(document);
        }
        return withMetadata(profile, choice.id);
      });
      if (added.length === 0) return { documents, refused: [] };
      await this.#assertHeld();
      const answer = await this.#products.addMetadata(added);
      if (answer.state === 'written' && answer.refused.length === 0) return { documents, refused: [] };
      for (const { platform } of added) this.#metadata.delete(platform);
      if (answer.state === 'written') return withoutRefused(documents, answer.refused);
    }
    throw new Failure({
      kind: 'stop',
      code: 'metadata_conflict',
      happened: `New metadata documents of the floats ${platforms.slice(0, 5).join(', ')} found their ids taken ${CONFLICTS} times in a row`,
      expected: 'every document of argoMeta named after the float it describes',
      remedy: 'Look for documents of argoMeta whose _id and platform disagree',
    });
  }

  async #readMetadata(platforms: readonly string[]): Promise<void> {
    const wanted = platforms.filter((platform) => !this.#metadata.has(platform));
    if (wanted.length === 0) return;
    const found = await this.#products.metadataOf(wanted);
    for (const platform of wanted)
      this.#metadata.set(
        platform,
        found.filter((document) => document.platform === platform),
      );
  }

  /** A profile whose content now gives another id must not leave its old document behind. */
  async #removeRenamed(arrived: readonly Receipt[]): Promise<void> {
    const renamed = new Map<string, string>();
    for (const { item, product } of arrived) {
      const before = this.#before.known.get(item)?.product;
      if (before !== undefined && before !== product) renamed.set(item, before);
    }
    if (renamed.size === 0) return;
    const fresh = new Set(arrived.map(({ product }) => product));
    const orphans = (await this.#withoutOtherHolder(renamed)).filter((product) => !fresh.has(product));
    await this.#assertHeld();
    await this.#products.removeProfiles(orphans, this.#guard);
  }

  /** Of these items' products, those that no other item holds a receipt for. */
  async #withoutOtherHolder(products: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const holders = await this.#use.receipts.holders(this.#request.flow.name, [...products.values()]);
    const held = new Set(holders.filter(({ item }) => !products.has(item)).map(({ product }) => product));
    return [...new Set(products.values())].filter((product) => !held.has(product));
  }

  /** Quarantine after receipts: what came home is closed, what did not is kept with its reason. */
  async #settle(prepared: readonly Prepared[], rejected: readonly Rejected[]): Promise<void> {
    const { receipts, quarantine, log, now } = this.#use;
    const { flow, run } = this.#request;
    const failed = new Set(rejected.map(({ item }) => item));
    const home = prepared.filter((one) => one.state !== 'gone').map((one) => keyText(one.key));
    const cured = home.filter((item) => this.#isQuarantined(item) && !failed.has(item));
    if (cured.length === 0 && rejected.length === 0) return;
    const at = now();
    await this.#assertHeld();
    try {
      await quarantine.close(flow.name, cured, 'loaded', at, this.#guard);
      await quarantine.put(rejected, run, at, this.#guard);
      await this.#assertHeld();
    } catch (error) {
      if (isFailure(error, 'lease_lost')) await takeBackEntries(quarantine, receipts, { flow: flow.name, items: [...failed], run, at });
      throw error;
    }
    for (const { item, code, message } of rejected) log.warn({ event: 'profile_rejected', flow: flow.name, item, code, message });
  }

  readonly #isQuarantined = (item: string): boolean => this.#before.quarantined.has(item);

  #assertHeld(): Promise<void> {
    return this.#use.leases.assertHeld(this.#request.fence);
  }
}

const END = { current: 'unchanged', done: 'loaded', translated: 'loaded', rejected: 'rejected', gone: 'removed' } as const;

/** A profile whose metadata document was refused must not be written either. */
function withoutRefused(documents: readonly ArgoDocument[], refused: readonly RefusedDocument[]): Described {
  const why = new Map(refused.map(({ id, message }) => [id, message]));
  return {
    documents: documents.filter(({ metadata: [id] }) => !why.has(id)),
    refused: documents.flatMap(({ _id, metadata: [id] }) => (why.has(id) ? [{ id: _id, message: why.get(id) ?? '' }] : [])),
  };
}

const refusal = (flow: string, { key, files, profile }: Translated, why: string): Rejected => ({
  flow,
  kind: 'argo',
  item: keyText(key),
  files: files.map(({ path }) => path),
  code: 'schema_violation',
  message: `The database refused the document ${profile._id}: ${why}`,
});
