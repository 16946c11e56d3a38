import type { Collection } from 'mongodb';
import { type Database, within } from './mongo.ts';

/**
 * How a check ended. `wrong`: the product differs from its sources; `failed`: the sources could not be fetched;
 * `skipped`: it was not the time to compare, `reason` says why.
 */
export type VerificationState = 'clean' | 'wrong' | 'failed' | 'skipped';

/** One difference between a product and its sources; the kinds give it more fields. */
export interface StoredFinding {
  readonly code: string;
  readonly path: string | null;
  readonly field: string | null;
  readonly stored: unknown;
  readonly upstream: unknown;
}

/** The last verification of one item. */
export interface Verification {
  readonly flow: string;
  readonly kind: string;
  /** Key of the item; the product's id where nobody knows what it was made of. */
  readonly item: string;
  /** Id of the product that was compared. */
  readonly product: string;
  readonly run: string;
  /** Plan of the check: what was done of it is known by this. */
  readonly plan: string;
  readonly at: Date;
  readonly state: VerificationState;
  readonly reason: string | null;
  /** Source files that were compared, or that were to be. */
  readonly files: readonly string[];
  /** The first ones; `counts` has them all. */
  readonly findings: readonly StoredFinding[];
  readonly counts: Readonly<Record<string, number>>;
  /** Found before, loaded anew since, and found again: a person has to look. Stays until a check finds nothing. */
  readonly isReturned: boolean;
  /** When it was last compared; null: never yet. */
  readonly comparedAt: Date | null;
  /** When it was last found wrong; stays when it is repaired. */
  readonly wrongAt: Date | null;
  /** Codes found, and when that document was loaded: kept until a check finds nothing. */
  readonly unrepaired: { readonly codes: readonly string[]; readonly loadedAt: Date | null } | null;
}

type VerificationDocument = Verification & { readonly _id: string };

/** How the checks of a run ended. `compared` = clean + wrong. */
export interface VerificationTotals {
  readonly clean: number;
  readonly wrong: number;
  readonly failed: number;
  readonly skipped: number;
  /** Findings by code, over all profiles. */
  readonly findings: Readonly<Record<string, number>>;
  /** Skipped items by reason. */
  readonly skippedBecause: Readonly<Record<string, number>>;
  /** Items whose finding came back after they were loaded anew. */
  readonly returned: number;
}

const documentId = (flow: string, item: string): string => `${flow}/${item}`;

/** The last verification of every item that was ever checked: one document each, replaced by the next check. */
export class Verifications {
  readonly #verifications: Collection<VerificationDocument>;

  constructor(database: Database) {
    this.#verifications = database.book.collection<VerificationDocument>('verifications');
  }

  async find(flow: string, item: string): Promise<Verification | null> {
    return await within(`reading the verification of ${item}`, () =>
      this.#verifications.findOne({ _id: documentId(flow, item) }, { projection: { _id: 0 } }),
    );
  }

  async put(verification: Verification): Promise<void> {
    const _id = documentId(verification.flow, verification.item);
    await within(`keeping the verification of ${verification.item}`, () =>
      this.#verifications.replaceOne({ _id }, verification, { upsert: true }),
    );
  }

  /** Products of a run's checks that ended in one of these states, in byte order of their items. */
  async *productsOf(run: string, states: readonly VerificationState[]): AsyncGenerator<string> {
    const cursor = this.#verifications.find({ run, state: { $in: [...states] } }, { projection: { product: 1 } }).sort({ _id: 1 });
    for await (const { product } of cursor) yield product;
  }

  /** Adds up what is kept of a run's checks, one at a time: whatever was killed on the way, nothing counts twice. */
  async totals(run: string): Promise<VerificationTotals> {
    const ends = { clean: 0, wrong: 0, failed: 0, skipped: 0 };
    const findings: Record<string, number> = {};
    const skippedBecause: Record<string, number> = {};
    let returned = 0;
    const cursor = this.#verifications.find({ run }, { projection: { state: 1, reason: 1, counts: 1, isReturned: 1 } });
    for await (const { state, reason, counts, isReturned } of cursor) {
      ends[state] += 1;
      if (isReturned && (state === 'wrong' || state === 'failed')) returned += 1;
      if (state === 'skipped' && reason !== null) skippedBecause[reason] = (skippedBecause[reason] ?? 0) + 1;
      for (const [code, n] of Object.entries(counts)) findings[code] = (findings[code] ?? 0) + n;
    }
    return { ...ends, findings, skippedBecause, returned };
  }

  /** How many items of a flow were last compared since then, and how many of them were found wrong since then, repaired or not. */
  async since(flow: string, from: Date): Promise<{ readonly compared: number; readonly wrong: number }> {
    const comparedAt = { $gte: from };
    const [compared, wrong] = await within(`counting the verifications of ${flow}`, () =>
      Promise.all([
        this.#verifications.countDocuments({ flow, comparedAt }),
        this.#verifications.countDocuments({ flow, comparedAt, wrongAt: { $gte: from } }),
      ]),
    );
    return { compared, wrong };
  }
}
