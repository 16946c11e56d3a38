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
 * whoever is next in line looks whether those at work are still there.
 */
export class Slots {
  readonly #lines: Collection<LineDocument>;

  constructor(database: Database) {
    this.#lines = database.book.collection<LineDocument>('slots');
  }

  /** Takes a slot, or a place in the line for one. Repeated by the same holder it changes nothing. */
  async take(what: string, width: number, holder: LeaseHolder, isAlive: (holder: LeaseHolder) => Promise<boolean>): Promise<SlotAnswer> {
    const line = await this.#joined(what, holder);
    const answer = answerIn(line, width, holder);
    if (answer.state === 'taken' || answer.before > 0) return answer;
    const alive = await Promise.all(line.slice(0, width).map(isAlive));
    const gone = line.slice(0, width).filter((_, at) => alive[at] === false);
    if (gone.length === 0) return answer;
    return answerIn(await this.#without(what, gone), width, holder);
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

function answerIn(line: readonly LeaseHolder[], width: number, { runId }: LeaseHolder): SlotAnswer {
  const at = line.findIndex((one) => one.runId === runId);
  if (at < 0) return { state: 'waits', before: 0 };
  return at < width ? { state: 'taken' } : { state: 'waits', before: at - width };
}
