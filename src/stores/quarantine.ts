import { type AnyBulkWriteOperation, type Collection, type Filter, MongoBulkWriteError } from 'mongodb';
import type { LateGuard } from './late-guard.ts';
import { type Database, isDuplicateKey, within } from './mongo.ts';

/** `verified`: a check against the source found nothing any more. */
export type Closing = 'loaded' | 'removed' | 'dropped' | 'verified';

/** An item that cannot succeed without a change. Never deleted: a closed entry says how it ended. */
export interface QuarantineEntry {
  readonly flow: string;
  readonly kind: string;
  readonly item: string;
  readonly files: readonly string[];
  readonly code: string;
  readonly message: string;
  /** Runs in which it failed. */
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly lastRun: string;
  readonly state: 'open' | 'closed';
  readonly closedAs: Closing | null;
  readonly closedAt: Date | null;
}

type EntryDocument = QuarantineEntry & { readonly _id: string };

export type Rejected = Pick<QuarantineEntry, 'flow' | 'kind' | 'item' | 'files' | 'code' | 'message'>;

/** Entries read with one command. */
const AT_ONCE = 500;

/** Nobody has opened, refreshed or closed the entry since then. */
const untouchedSince = (asOf: Date): Filter<EntryDocument> => ({
  lastAt: { $lte: asOf },
  $or: [{ closedAt: null }, { closedAt: { $lte: asOf } }],
});

const entryId = (flow: string, item: string): string => `${flow}/${item}`;

export class Quarantine {
  readonly #entries: Collection<EntryDocument>;

  constructor(database: Database) {
    this.#entries = database.book.collection<EntryDocument>('quarantine');
  }

  /** Opens or refreshes entries. Done twice in one run it counts one attempt. */
  async put(rejected: readonly Rejected[], run: string, now: Date, guard: LateGuard | null = null): Promise<void> {
    const newer = await this.#put(rejected, run, now, guard === null ? {} : untouchedSince(guard.asOf));
    if (newer.length === 0 || guard === null) return;
    await guard.confirm();
    await this.#put(newer, run, now, {});
  }

  /** Answers the entries that are there and do not match. */
  async #put(rejected: readonly Rejected[], run: string, now: Date, where: Filter<EntryDocument>): Promise<readonly Rejected[]> {
    if (rejected.length === 0) return [];
    const operations: AnyBulkWriteOperation<EntryDocument>[] = rejected.map((entry) => ({
      updateOne: {
        filter: { ...where, _id: entryId(entry.flow, entry.item) },
        update: [
          {
            $set: {
              ...Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, { $literal: value }])),
              attempts: { $cond: [{ $eq: ['$lastRun', run] }, '$attempts', { $add: [{ $ifNull: ['$attempts', 0] }, 1] }] },
              firstAt: { $ifNull: ['$firstAt', now] },
              lastAt: now,
              lastRun: run,
              state: 'open',
              closedAs: null,
              closedAt: null,
            },
          },
        ],
        upsert: true,
      },
    }));
    return await within('writing to quarantine', async () => {
      try {
        await this.#entries.bulkWrite(operations, { ordered: false });
        return [];
      } catch (error) {
        const failed = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
        if (failed.length === 0 || failed.some(({ code }) => !isDuplicateKey(code))) throw error;
        return failed.flatMap(({ index }) => rejected[index] ?? []);
      }
    });
  }

  /** Removes entries that this very call of `put` opened: it came too late, and they should never have been. */
  async removeWritten(flow: string, items: readonly string[], run: string, at: Date): Promise<void> {
    if (items.length === 0) return;
    const which = { _id: { $in: items.map((item) => entryId(flow, item)) }, lastRun: run, firstAt: at, lastAt: at };
    await within('taking back quarantine entries', () => this.#entries.deleteMany(which));
  }

  /** Closes whatever is open of these items. */
  async close(flow: string, items: readonly string[], closedAs: Closing, now: Date, guard: LateGuard | null = null): Promise<number> {
    if (items.length === 0) return 0;
    const open: Filter<EntryDocument> = { _id: { $in: items.map((item) => entryId(flow, item)) }, state: 'open' };
    const close = async (which: Filter<EntryDocument>): Promise<number> => {
      const set = { $set: { state: 'closed' as const, closedAs, closedAt: now } };
      return (await within(`closing quarantine entries of ${flow}`, () => this.#entries.updateMany(which, set))).modifiedCount;
    };
    if (guard === null) return await close(open);
    const closed = await close({ ...open, lastAt: { $lte: guard.asOf } });
    if (closed === items.length || (await this.openAmong(flow, items)).size === 0) return closed;
    await guard.confirm();
    return closed + (await close(open));
  }

  /** Which of these items have an open entry. */
  async openAmong(flow: string, items: readonly string[]): Promise<ReadonlySet<string>> {
    if (items.length === 0) return new Set();
    const found = await within('reading quarantine', () =>
      this.#entries
        .find({ _id: { $in: items.map((item) => entryId(flow, item)) }, state: 'open' }, { projection: { _id: 0, item: 1 } })
        .toArray(),
    );
    return new Set(found.map(({ item }) => item));
  }

  /** Which of these items are rightly not home: they have an open entry, or one that a person gave up. */
  async heldBackAmong(flow: string, items: readonly string[]): Promise<ReadonlySet<string>> {
    if (items.length === 0) return new Set();
    const found = await within('reading quarantine', () =>
      this.#entries
        .find(
          { _id: { $in: items.map((item) => entryId(flow, item)) }, $or: [{ state: 'open' }, { closedAs: 'dropped' }] },
          { projection: { _id: 0, item: 1 } },
        )
        .toArray(),
    );
    return new Set(found.map(({ item }) => item));
  }

  async list(
    flow: string | null,
    options: { readonly includeClosed?: boolean; readonly limit?: number } = {},
  ): Promise<readonly QuarantineEntry[]> {
    const filter = { ...(flow === null ? {} : { flow }), ...(options.includeClosed === true ? {} : { state: 'open' as const }) };
    return await within('reading quarantine', () =>
      this.#entries
        .find(filter, { projection: { _id: 0 } })
        .sort({ _id: 1 })
        .limit(options.limit ?? 0)
        .toArray(),
    );
  }

  /** Keys of all open entries of a flow, in byte order, one at a time: a list of any length in constant memory. */
  async *openItems(flow: string): AsyncGenerator<string> {
    const cursor = this.#entries.find({ flow, state: 'open' }, { projection: { item: 1 } }).sort({ _id: 1 });
    for await (const entry of cursor) yield entry.item;
  }

  /** All open entries of a flow, some at a time, in byte order of their items. */
  async *open(flow: string): AsyncGenerator<readonly QuarantineEntry[], void, undefined> {
    const cursor = this.#entries.find({ flow, state: 'open' }, { projection: { _id: 0 } }).sort({ _id: 1 });
    let batch: QuarantineEntry[] = [];
    for await (const entry of cursor) {
      batch.push(entry);
      if (batch.length < AT_ONCE) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  /** Removes what was kept under a name that no flow has: of a rebuild beside the live collections, when it was given up or taken over. */
  async forget(flow: string): Promise<void> {
    await within(`removing quarantine entries of ${flow}`, () => this.#entries.deleteMany({ flow }));
  }

  async show(flow: string, item: string): Promise<QuarantineEntry | null> {
    return await within('reading quarantine', () => this.#entries.findOne({ _id: entryId(flow, item) }, { projection: { _id: 0 } }));
  }

  async countByCode(flow: string): Promise<Readonly<Record<string, number>>> {
    const rows = await within('counting quarantine', () =>
      this.#entries
        .aggregate<{ _id: string; n: number }>([{ $match: { flow, state: 'open' } }, { $group: { _id: '$code', n: { $sum: 1 } } }])
        .toArray(),
    );
    return Object.fromEntries(rows.map(({ _id, n }) => [_id, n]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  }
}
