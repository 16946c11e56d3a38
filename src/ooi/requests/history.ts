import type { Collection } from 'mongodb';
import { type Database, within } from '../../stores/mongo.ts';
import type { RequestRecord, RequestState } from './record.ts';

/** One thing that happened to a stream. */
export interface HistoryEntry {
  readonly table: string;
  readonly at: Date;
  /** `request` or what a job calls it: `published`, `rolled_back`, … */
  readonly event: string;
  /** The state it came to. */
  readonly state: string;
  /** As a sentence. */
  readonly says: string | null;
  readonly run: string | null;
  /** Id of the request, or of the generation. */
  readonly subject: string | null;
}

type HistoryDocument = HistoryEntry & { readonly _id: string };

/** Every change of state of every stream, in `ooiHistory`: only ever added to, and kept for two years. An entry has a key, so that a repeat adds nothing. */
export class History {
  readonly #entries: Collection<HistoryDocument>;

  constructor(database: Database) {
    this.#entries = database.book.collection<HistoryDocument>('ooiHistory');
  }

  /** A request comes to each state once. */
  async ofRequest(record: RequestRecord, state: RequestState, says: string | null, at: Date): Promise<void> {
    const { table, run, id: subject } = record;
    await this.add(`${subject}/${state}`, { table, at, event: `${record.kind} request`, state, says, run, subject });
  }

  /** @param key  unique for what happened; the first entry under a key stays. */
  async add(key: string, entry: HistoryEntry): Promise<void> {
    await within('writing the history of a stream', () => this.#entries.updateOne({ _id: key }, { $setOnInsert: entry }, { upsert: true }));
  }

  /** Of one stream, the latest first. */
  async latest(table: string, limit: number): Promise<readonly HistoryEntry[]> {
    return await within('reading the history of a stream', () =>
      this.#entries
        .find({ table }, { projection: { _id: 0 } })
        .sort({ at: -1 })
        .limit(limit)
        .toArray(),
    );
  }
}
