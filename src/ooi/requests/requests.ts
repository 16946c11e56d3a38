import type { Collection } from 'mongodb';
import { Failure } from '../../errors.ts';
import { codeOf, type Database, isDuplicateKey, within } from '../../stores/mongo.ts';
import type { AcceptedRequest, TimeRange } from '../m2m/request.ts';
import type { History } from './history.ts';
import {
  isOutstanding,
  type Looks,
  NEVER_LOOKED,
  OUTSTANDING_STATES,
  type OwedRange,
  type RequestFiles,
  type RequestKind,
  type RequestRecord,
  type RequestState,
} from './record.ts';

type RequestDocument = RequestRecord & { readonly _id: string };

export type Claim =
  /** Written down, in state `asking`, not sent yet. */
  | { readonly state: 'claimed'; readonly record: RequestRecord }
  /** There is one of this stream and kind already. */
  | { readonly state: 'outstanding'; readonly record: RequestRecord };

export interface Wish {
  readonly table: string;
  readonly kind: RequestKind;
  readonly flow: string;
  readonly run: string;
  readonly range: TimeRange;
  readonly attempt: number;
}

/** What a change of state brings with it. */
export interface Change {
  readonly accepted?: AcceptedRequest;
  readonly owed?: readonly OwedRange[];
  readonly files?: RequestFiles;
}

/**
 * The data requests of all streams: `ooiRequests` of the book-keeping database, one document each.
 *
 * At most one of a stream and kind is outstanding. Its number is one above the last one's, which must have ended, and the id, of which the
 * number is a part, is a unique key: of two runs that want to ask, one writes its document and the other finds it.
 */
export class Requests {
  readonly #requests: Collection<RequestDocument>;
  readonly #history: History;

  constructor(database: Database, history: History) {
    this.#requests = database.book.collection<RequestDocument>('ooiRequests');
    this.#history = history;
  }

  /** Writes a request down before it is sent, unless one is outstanding. */
  async claim(wish: Wish, now: Date): Promise<Claim> {
    for (;;) {
      const last = await this.last(wish.table, wish.kind);
      if (last !== null && isOutstanding(last.state)) return { state: 'outstanding', record: last };
      const number = (last?.number ?? 0) + 1;
      const record: RequestRecord = {
        ...wish,
        id: `${wish.table}#${wish.kind}#${number}`,
        number,
        state: 'asking',
        why: null,
        createdAt: now,
        stateSince: now,
        sentAt: null,
        sends: 0,
        accepted: null,
        looks: NEVER_LOOKED,
        owed: [],
        files: null,
      };
      if (await this.#insert(record)) {
        await this.#history.ofRequest(record, 'asking', null, now);
        return { state: 'claimed', record };
      }
    }
  }

  async #insert(record: RequestRecord): Promise<boolean> {
    try {
      await this.#requests.insertOne({ _id: record.id, ...record });
      return true;
    } catch (error) {
      if (isDuplicateKey(codeOf(error))) return false;
      return await within(`writing down request ${record.id}`, () => Promise.reject(error));
    }
  }

  /** The last one of a stream and kind, outstanding or not. */
  async last(table: string, kind: RequestKind): Promise<RequestRecord | null> {
    const [last] = await within(`reading the requests of ${table}`, () =>
      this.#requests
        .find({ table, kind }, { projection: { _id: 0 } })
        .sort({ number: -1 })
        .limit(1)
        .toArray(),
    );
    return last ?? null;
  }

  async outstanding(table: string, kind: RequestKind): Promise<RequestRecord | null> {
    const last = await this.last(table, kind);
    return last !== null && isOutstanding(last.state) ? last : null;
  }

  async get(id: string): Promise<RequestRecord | null> {
    return await within(`reading request ${id}`, () => this.#requests.findOne({ _id: id }, { projection: { _id: 0 } }));
  }

  /** One of a table by the id that the facility gave it. */
  async acceptedAs(table: string, id: string): Promise<AcceptedRequest | null> {
    const found = await within(`reading the requests of ${table}`, () => this.#requests.findOne({ table, 'accepted.id': id }));
    return found?.accepted ?? null;
  }

  /** Latest first; of one stream. */
  async latest(table: string, limit: number): Promise<readonly RequestRecord[]> {
    return await within(`reading the requests of ${table}`, () =>
      this.#requests
        .find({ table }, { projection: { _id: 0 } })
        .sort({ createdAt: -1 })
        .limit(limit)
        .toArray(),
    );
  }

  /** All that are outstanding, of one flow or of all. */
  async allOutstanding(flow: string | null): Promise<readonly RequestRecord[]> {
    const filter = { state: { $in: [...OUTSTANDING_STATES] }, ...(flow === null ? {} : { flow }) };
    return await within('reading outstanding requests', () => this.#requests.find(filter, { projection: { _id: 0 } }).toArray());
  }

  /** Any accepted request: it tells where the account's folder is. Of this table if there is one. */
  async anyAccepted(table: string): Promise<AcceptedRequest | null> {
    const newest = async (filter: { readonly table?: string }) =>
      await this.#requests
        .find({ ...filter, accepted: { $ne: null } })
        .sort({ createdAt: -1 })
        .limit(1)
        .toArray();
    const [own] = await within('looking for an accepted request', () => newest({ table }));
    if (own !== undefined) return own.accepted;
    const [any] = await within('looking for an accepted request', () => newest({}));
    return any?.accepted ?? null;
  }

  /** Finished requests of a stream whose results may still be at the facility, latest first: for a person who says `reuse`. */
  async finished(table: string, kind: RequestKind): Promise<readonly RequestRecord[]> {
    const filter = { table, kind, state: { $in: ['ready', 'consumed'] as RequestState[] }, accepted: { $ne: null } };
    return await within(`reading the requests of ${table}`, () =>
      this.#requests
        .find(filter, { projection: { _id: 0 } })
        .sort({ number: -1 })
        .limit(20)
        .toArray(),
    );
  }

  /**
   * Notes that it is sent now, by this run and for this range, before it is. A crash after this leaves a request of which nobody knows whether
   * it was accepted. false: it is not as it was read, so somebody else is sending it.
   */
  async sending({ id, sends, sentAt }: RequestRecord, { run, range }: Pick<Wish, 'run' | 'range'>, now: Date): Promise<boolean> {
    const { modifiedCount } = await within(`noting that request ${id} is sent`, () =>
      this.#requests.updateOne({ _id: id, state: 'asking', sends, sentAt }, { $set: { sentAt: now, run, range, sends: sends + 1 } }),
    );
    return modifiedCount === 1;
  }

  /** It was surely not accepted: the connection failed before it, or the facility said that it has no time. */
  async notSent(id: string): Promise<void> {
    await this.#update(id, ['asking'], { $set: { sentAt: null }, $inc: { sends: -1 } });
  }

  async looked(id: string, looks: Looks): Promise<void> {
    await this.#update(id, ['waiting', 'ready'], { $set: { looks } });
  }

  /**
   * Moves a request to another state and writes that to the history. Repeated it changes nothing.
   * @throws {Failure} `request_moved` (stop): it is in none of the states it may come from, nor in the one it goes to.
   */
  async move(id: string, to: RequestState, why: string | null, now: Date, change: Change = {}): Promise<RequestRecord> {
    const before = await this.get(id);
    if (before === null) throw moved(id, to, 'gone');
    if (before.state === to) return before;
    if (!FROM[to].includes(before.state)) throw moved(id, to, before.state);
    await this.#history.ofRequest(before, to, why, now);
    await this.#update(id, [before.state], { $set: { state: to, why, stateSince: now, ...change } });
    const after = await this.get(id);
    if (after?.state !== to) throw moved(id, to, after?.state ?? 'gone');
    return after;
  }

  async #update(id: string, from: readonly RequestState[], update: Parameters<Collection<RequestDocument>['updateOne']>[1]): Promise<void> {
    await within(`noting what became of request ${id}`, () => this.#requests.updateOne({ _id: id, state: { $in: [...from] } }, update));
  }

  /** Brings a request in that somebody else made. One that is there under its id is left as it is. */
  async adopt(record: RequestRecord): Promise<boolean> {
    return await this.#insert(record);
  }
}

/** Where each state may be come to from. */
const FROM: Readonly<Record<RequestState, readonly RequestState[]>> = {
  asking: [],
  waiting: ['asking'],
  ready: ['waiting'],
  // A request that is used a second time has been consumed before.
  consumed: ['ready', 'waiting'],
  nothing_new: ['asking', 'waiting', 'ready'],
  failed: OUTSTANDING_STATES,
  expired: OUTSTANDING_STATES,
  gone: OUTSTANDING_STATES,
  replaced: OUTSTANDING_STATES,
  refused: ['asking'],
};

const moved = (id: string, to: RequestState, is: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'request_moved',
    happened: `Request ${id} cannot become ${to}: it is ${is}`,
    remedy: 'Another run has dealt with it; look at the history of the stream',
  });
