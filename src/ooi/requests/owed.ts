import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { type Database, within } from '../../stores/mongo.ts';
import type { TimeRange } from '../m2m/request.ts';
import { ASK_AGAIN_MS } from './judge.ts';
import { outside, overlaps } from './range.ts';
import type { OwedRange } from './record.ts';

/** A range that the store lacks because the facility could not give it: asked again with an append. */
export interface OwedEntry extends OwedRange {
  readonly table: string;
  readonly since: Date;
  /** Requests that brought it not; from the fourth on it is a finding and asks for nothing by itself. */
  readonly attempts: number;
  readonly lastAt: Date;
  /** The last request that should have brought it. */
  readonly request: string;
}

type OwedDocument = OwedEntry & { readonly _id: string };

/** Once, and three times again. */
export const OWED_ATTEMPTS = ASK_AGAIN_MS.length + 1;

export const isFinding = ({ attempts }: OwedEntry): boolean => attempts >= OWED_ATTEMPTS;

/** The owed ranges of all streams, in `ooiOwed`. */
export class Owed {
  readonly #owed: Collection<OwedDocument>;

  constructor(database: Database) {
    this.#owed = database.book.collection<OwedDocument>('ooiOwed');
  }

  /** In order of their begins. */
  async of(table: string): Promise<readonly OwedEntry[]> {
    return await within(`reading what is owed to ${table}`, () =>
      this.#owed
        .find({ table }, { projection: { _id: 0 } })
        .sort({ begin: 1 })
        .toArray(),
    );
  }

  /** Those that the next append asks for: owed not too often yet, and not just now. */
  async due(table: string, now: Date): Promise<readonly OwedEntry[]> {
    return (await this.of(table)).filter((entry) => !isFinding(entry) && now.getTime() - entry.lastAt.getTime() >= pauseMs(entry));
  }

  /**
   * After a request's rows are in the store: what it covered and brought is owed no more, what it could not bring is, and so is what of an owed
   * range lies before or behind its own. Repeated it changes nothing.
   * @param stillOwed  failed sub-jobs and files that were left out, each as a range.
   */
  async settle(table: string, range: TimeRange, stillOwed: readonly OwedRange[], request: string, now: Date): Promise<void> {
    const before = (await this.of(table)).filter((entry) => overlaps(entry, range));
    const owing = stillOwed.map((owed) => {
      const same = before.filter((entry) => overlaps(entry, owed));
      return entryOf(table, owed, same, request, now);
    });
    const beyond = before.flatMap((entry) => outside(entry, range).map((part): OwedEntry => ({ ...entry, ...part })));
    const kept = new Map([...beyond, ...owing].map((entry) => [idOf(table, entry), entry]));
    const writes: AnyBulkWriteOperation<OwedDocument>[] = [...kept].map(([_id, replacement]) => ({
      replaceOne: { filter: { _id }, replacement, upsert: true },
    }));
    const settled = before.map((entry) => idOf(table, entry)).filter((id) => !kept.has(id));
    await within(`noting what is owed to ${table}`, async () => {
      if (writes.length > 0) await this.#owed.bulkWrite(writes, { ordered: false });
      if (settled.length > 0) await this.#owed.deleteMany({ _id: { $in: settled } });
    });
  }
}

function entryOf(table: string, owed: OwedRange, before: readonly OwedEntry[], request: string, now: Date): OwedEntry {
  const repeated = before.find((entry) => entry.request === request);
  if (repeated !== undefined) return { ...repeated, ...owed };
  const attempts = Math.max(0, ...before.map((entry) => entry.attempts)) + 1;
  const since = new Date(Math.min(now.getTime(), ...before.map((entry) => entry.since.getTime())));
  return { ...owed, table, since, attempts, lastAt: now, request };
}

const pauseMs = ({ attempts }: OwedEntry): number => ASK_AGAIN_MS[attempts - 1] ?? 0;

const idOf = (table: string, { begin, end }: TimeRange): string => `${table}/${begin}/${end}`;
