import type { Collection } from 'mongodb';
import { type Database, within } from '../../stores/mongo.ts';
import { isOutstanding, type RequestKind, type RequestRecord, type RequestState } from './record.ts';

/** How the last attempt to put rows into the store went. */
export type ProcessState = 'pending' | 'failed' | 'success';
/** Of the last request, in the words of the existing status records. */
export type RequestWord = 'started' | 'pending' | 'failed' | 'success' | 'discontinued' | 'unknown';

/** What is known of one stream, for people and for export. The store itself is the truth about what it covers. Times are ISO texts, UTC. */
export interface StreamStatus {
  readonly table: string;
  readonly flow: string | null;
  readonly request: {
    readonly state: RequestWord;
    /** Which record is in use: an id of `ooiRequests`, or the name of an existing record that was imported. */
    readonly record: string | null;
    readonly kind: RequestKind | null;
    readonly requestedAt: string | null;
    readonly isReady: boolean;
    readonly isOutstanding: boolean;
  };
  readonly process: { readonly state: ProcessState | null; readonly at: string | null };
  /** Of the live store; nulls: none yet. */
  readonly store: { readonly location: string | null; readonly first: string | null; readonly last: string | null };
  readonly lastRefresh: string | null;
  readonly advancedQaqcEnd: string | null;
  readonly updatedAt: string;
}

type StatusDocument = StreamStatus & { readonly _id: string };

export const newStatus = (table: string, updatedAt: string): StreamStatus => ({
  table,
  flow: null,
  request: { state: 'unknown', record: null, kind: null, requestedAt: null, isReady: false, isOutstanding: false },
  process: { state: null, at: null },
  store: { location: null, first: null, last: null },
  lastRefresh: null,
  advancedQaqcEnd: null,
  updatedAt,
});

const WORDS: Readonly<Record<RequestState, RequestWord>> = {
  asking: 'started',
  waiting: 'pending',
  ready: 'success',
  consumed: 'success',
  nothing_new: 'success',
  failed: 'failed',
  refused: 'failed',
  expired: 'failed',
  gone: 'failed',
  replaced: 'unknown',
};

/** What a status says of a request: written with every change of the request's state. */
export const requestStatus = ({ id, kind, state, accepted }: RequestRecord): StreamStatus['request'] => ({
  state: WORDS[state],
  record: id,
  kind,
  requestedAt: accepted?.requestedAt ?? null,
  isReady: WORDS[state] === 'success',
  isOutstanding: isOutstanding(state),
});

/** Parts of a status that a step changes; each part is replaced whole. */
export type StatusChange = Partial<Omit<StreamStatus, 'table' | 'updatedAt'>>;

/** One status document per stream, in `ooiStatus`. Steps change only their own part, so runs beside each other overwrite nothing. */
export class Statuses {
  readonly #statuses: Collection<StatusDocument>;

  constructor(database: Database) {
    this.#statuses = database.book.collection<StatusDocument>('ooiStatus');
  }

  async get(table: string): Promise<StreamStatus | null> {
    return await within(`reading the status of ${table}`, () => this.#statuses.findOne({ _id: table }, { projection: { _id: 0 } }));
  }

  async all(): Promise<readonly StreamStatus[]> {
    return await within('reading the status of all streams', () =>
      this.#statuses
        .find({}, { projection: { _id: 0 } })
        .sort({ _id: 1 })
        .toArray(),
    );
  }

  async change(table: string, change: StatusChange, now: Date): Promise<void> {
    const updatedAt = now.toISOString();
    const fresh = Object.fromEntries(
      Object.entries(newStatus(table, updatedAt)).filter(([key]) => key !== 'updatedAt' && !(key in change)),
    );
    await within(`noting the status of ${table}`, () =>
      this.#statuses.updateOne({ _id: table }, { $set: { ...change, updatedAt }, $setOnInsert: fresh }, { upsert: true }),
    );
  }

  /** A request has come to another state: said where the status speaks of this very request, and not of a later one. */
  async follow(record: RequestRecord, now: Date): Promise<void> {
    await within(`noting the status of ${record.table}`, () =>
      this.#statuses.updateOne(
        { _id: record.table, 'request.record': record.id },
        { $set: { request: requestStatus(record), updatedAt: now.toISOString() } },
      ),
    );
  }

  /** Brings in a status that was kept elsewhere; one that is there is left as it is. Answers whether it was brought in. */
  async adopt(status: StreamStatus): Promise<boolean> {
    const { upsertedCount } = await within(`bringing in the status of ${status.table}`, () =>
      this.#statuses.updateOne({ _id: status.table }, { $setOnInsert: status }, { upsert: true }),
    );
    return upsertedCount === 1;
  }
}
