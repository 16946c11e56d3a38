import { setTimeout as delay } from 'node:timers/promises';
import { endedBy, untilStopped } from './until-stopped.ts';

/** What is still starting when the end comes is waited for this long, to end it in order; after that it dies with the process. Milliseconds. */
const LATE_MS = 3_000;

/**
 * What a command has running, ended in the reverse order of starting whatever happens. From the moment it is made, a signal no longer ends
 * the process: it cuts short what the command waits for.
 */
export class Lifetime {
  readonly stopped: Promise<NodeJS.Signals> = untilStopped();
  readonly #cutShort: Promise<never>;
  readonly #ending: (() => Promise<void>)[] = [];

  /** @param what  the subject of the sentence when a signal cuts it short. */
  constructor(what: string, remedy: string) {
    this.#cutShort = this.stopped.then((signal) => {
      throw endedBy(signal, what, remedy);
    });
    this.#cutShort.catch(() => undefined);
  }

  /** Waits for what is being started, and has it stopped at the end. @throws {Failure} `ended_by_…`: a signal came first. */
  async start<T>(starting: Promise<T>, stop: (started: T) => Promise<void>): Promise<T> {
    this.#ending.unshift(async () => {
      const late = delay(LATE_MS, null, { ref: false });
      const started = await Promise.race([starting.then((value) => ({ value })), late]).catch(() => null);
      if (started !== null) await stop(started.value);
    });
    return await this.unlessStopped(starting);
  }

  /** @throws {Failure} `ended_by_…`: a signal came before the work was done. */
  unlessStopped<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#cutShort]);
  }

  /** Stops everything. One that cannot be stopped keeps none of the others running. */
  async end(): Promise<void> {
    const failed: unknown[] = [];
    for (const end of this.#ending.splice(0)) await end().catch((error: unknown) => failed.push(error));
    if (failed.length > 0) throw failed[0];
  }
}
