import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import { type Database, within } from './mongo.ts';

interface TurnDocument {
  readonly _id: string;
  /** The first moment, by the database's clock, that nobody has. */
  readonly free: Date;
}

/** Longer apart than the rate alone asks for, so that no stretch of a second holds one more when a message is on its way a little longer or shorter. */
const SLACK = 1.05;
/** Whoever wakes later than this has slept past his turn, and takes another. */
const LATE_MS = 25;
/** An answer that took longer tells the time too roughly: the database is asked again, so often. */
const PROMPT_MS = 10;
const ASKED = 10;
/** Clocks drift; the database's is asked for so often. */
const CLOCK_KEPT_MS = 300_000;

/**
 * Turns at something that all workers ask together, so many a second and no two at once. A queue's own rate in Temporal lets what was saved up
 * go in one burst, and is no limit over a second.
 */
export class Turns {
  readonly #turns: Collection<TurnDocument>;
  readonly #clock: () => Promise<Date>;
  readonly #real: () => number;
  #aheadMs = 0;
  #clockReadAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, real: () => number = Date.now) {
    this.#turns = database.book.collection<TurnDocument>('turns');
    this.#real = real;
    this.#clock = async () => {
      const { localTime } = await within('asking the database for its time', () => database.book.command({ hello: 1 }));
      return localTime instanceof Date ? localTime : new Date(this.#real());
    };
  }

  /** Waits for a turn at `what`. */
  async take(what: string, perSecond: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const inMs = (await this.reserve(what, perSecond)).getTime() - (await this.#now());
      const due = performance.now() + inMs;
      if (inMs > 0) await sleep(inMs, undefined, { signal });
      signal.throwIfAborted();
      if (performance.now() - due <= LATE_MS) return;
    }
  }

  /** The next moment that nobody has, by the database's clock: from now on it is the caller's. */
  async reserve(what: string, perSecond: number): Promise<Date> {
    const apartMs = Math.ceil((1000 / perSecond) * SLACK);
    const now = new Date(await this.#now());
    const after = await within(`taking a turn at ${what}`, () =>
      this.#turns.findOneAndUpdate({ _id: what }, [{ $set: { free: { $add: [{ $max: ['$free', now] }, apartMs] } } }], {
        upsert: true,
        returnDocument: 'after',
      }),
    );
    return new Date((after?.free ?? now).getTime() - apartMs);
  }

  /** Of the database's clock: of workers whose clocks differ none waits for another's. */
  async #now(): Promise<number> {
    if (performance.now() - this.#clockReadAt > CLOCK_KEPT_MS) {
      this.#aheadMs = await this.#ahead();
      this.#clockReadAt = performance.now();
    }
    return this.#real() + this.#aheadMs;
  }

  /** How far the database's clock is ahead of this process's, by the promptest of some answers: the error is half of what it took at most. */
  async #ahead(): Promise<number> {
    let best = { tookMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
    for (let asked = 0; asked < ASKED && best.tookMs > PROMPT_MS; asked += 1) {
      const [before, theirs] = [this.#real(), (await this.#clock()).getTime()];
      const after = this.#real();
      if (after - before < best.tookMs) best = { tookMs: after - before, aheadMs: theirs - (before + after) / 2 };
    }
    return best.aheadMs;
  }
}
