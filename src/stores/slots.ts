import type { Collection } from 'mongodb';
import type { LeaseHolder } from './leases.ts';
import { type Database, within } from './mongo.ts';

interface LineDocument {
  readonly _id: string;
  /** In the order in which they came; the first ones, as many as there are slots, are at work. */
  readonly line: readonly LeaseHolder[];
}

export type SlotAnswer =
  | { readonly state: 'taken' }
  /** `before`: how many that wait as well come first. */
  | { readonly state: 'waits'; readonly before: number };

/**
 * So many at once of something that runs do, and the others after them in the order in which they came. Like a lease, a slot has no expiry:
 * who waits looks whether those before it are still there.
 */
export class Slots {
  readonly #lines: Collection<LineDocument>;

  constructor(database: Database) {
    this.#lines = database.book.collection<LineDocument>('slots');
  }

  /**
   * Takes a slot, or a place in the line for one. Repeated by the same holder it changes nothing. Runs that have ended without leaving the line
   * are taken out of it: whoever is next looks at those at work, each of the others at the one before it.
   */
  async take(what: string, width: number, holder: LeaseHolder, isAlive: (holder: LeaseHolder) => Promise<boolean>): Promise<SlotAnswer> {
    for (let line = await this.#joined(what, holder); ; ) {
      const at = line.findIndex(({ runId }) => runId === holder.runId);
      if (at < width) return at < 0 ? { state: 'waits', before: 0 } : { state: 'taken' };
      const looked = at === width ? line.slice(0, width) : line.slice(at - 1, at);
      const alive = await Promise.all(looked.map(isAlive));
      const gone = looked.filter((_, one) => alive[one] === false);
      if (gone.length === 0) return { state: 'waits', before: at - width };
      line = await this.#without(what, gone);
    }
  }

  /** Gives a slot or a place in the line back. @returns who has a slot by that, as it may be. */
  async release(what: string, width: number, holder: LeaseHolder): Promise<LeaseHolder | null> {
    const line = await this.#without(what, [holder]);
    return line[width - 1] ?? null;
  }

  async #joined(what: string, holder: LeaseHolder): Promise<readonly LeaseHolder[]> {
    return await within(`joining the line of ${what}`, async () => {
      await this.#lines.updateOne({ _id: what }, { $setOnInsert: { line: [] } }, { upsert: true });
      await this.#lines.updateOne({ _id: what, 'line.runId': { $ne: holder.runId } }, { $push: { line: holder } });
      return (await this.#lines.findOne({ _id: what }))?.line ?? [];
    });
  }

  async #without(what: string, holders: readonly LeaseHolder[]): Promise<readonly LeaseHolder[]> {
    const runIds = holders.map(({ runId }) => runId);
    const left = await within(`leaving the line of ${what}`, () =>
      this.#lines.findOneAndUpdate({ _id: what }, { $pull: { line: { runId: { $in: runIds } } } }, { returnDocument: 'after' }),
    );
    return left?.line ?? [];
  }
}
