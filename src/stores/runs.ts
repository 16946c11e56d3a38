import type { Collection } from 'mongodb';
import { type Database, within } from './mongo.ts';

export type Health = 'ok' | 'asks' | 'failing' | 'failed' | 'stopped';

export interface Progress {
  readonly phase: string;
  readonly done: number;
  /** 0 while not known. */
  readonly total: number;
  readonly failed: number;
  readonly bytes: number;
}

/** What is known of one run of a flow; its record is written when it ends. */
export interface Run {
  /** First run id of the workflow's chain. */
  readonly run: string;
  readonly flow: string;
  readonly kind: string;
  readonly job: string;
  readonly workflowId: string;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
  readonly health: Health;
  /** What the run waits for or why it ended, as a sentence. */
  readonly says: string | null;
  readonly progress: Progress;
  /** When the present phase began. */
  readonly phaseSince: Date;
  readonly record: Readonly<Record<string, unknown>> | null;
  /** When it last made all summaries of its flow, if it did. */
  readonly summarisedAt?: Date;
  /** It only says what a run would do. */
  readonly isDryRun?: boolean;
}

type RunDocument = Run & { readonly _id: string; readonly troubledAt?: Date };

export const noProgress: Progress = { phase: 'starting', done: 0, total: 0, failed: 0, bytes: 0 };

export class Runs {
  readonly #runs: Collection<RunDocument>;

  constructor(database: Database) {
    this.#runs = database.book.collection<RunDocument>('runs');
  }

  async begin(run: Pick<Run, 'run' | 'flow' | 'kind' | 'job' | 'workflowId' | 'isDryRun'>, now: Date): Promise<void> {
    const fresh = { startedAt: now, phaseSince: now, endedAt: null, health: 'ok' as const, says: null, progress: noProgress, record: null };
    await within('noting the start of a run', () =>
      this.#runs.updateOne({ _id: run.run }, { $setOnInsert: { ...run, ...fresh, updatedAt: now } }, { upsert: true }),
    );
    // A reset in Temporal runs the same run again, after its end too.
    await within('noting that a run begins again', () =>
      this.#runs.updateOne({ _id: run.run, endedAt: { $ne: null } }, { $set: { ...fresh, updatedAt: now } }),
    );
  }

  async phase(run: string, progress: Progress, health: Health, says: string | null, now: Date): Promise<void> {
    await within('noting the phase of a run', () =>
      this.#runs.updateOne({ _id: run, endedAt: null }, { $set: { progress, health, says, phaseSince: now, updatedAt: now } }),
    );
  }

  /** An attempt of the run failed and will be made again: said until something moves. */
  async trouble(run: string, says: string, now: Date): Promise<void> {
    await within('noting trouble of a run', () =>
      this.#runs.updateOne({ _id: run, endedAt: null }, { $set: { health: 'failing', says, updatedAt: now, troubledAt: now } }),
    );
  }

  /** It moves again. What the failed attempt itself had still to say does not count. */
  async #recovered(run: string, now: Date): Promise<void> {
    await within('noting the recovery of a run', () =>
      this.#runs.updateOne(
        { _id: run, endedAt: null, health: 'failing', troubledAt: { $lt: now } },
        { $set: { health: 'ok', says: null } },
      ),
    );
  }

  /** Finer progress from inside an activity. */
  async progress(run: string, progress: Partial<Progress>, now: Date): Promise<void> {
    const fields = Object.fromEntries(Object.entries(progress).map(([key, value]) => [`progress.${key}`, value]));
    await within('noting the progress of a run', () => this.#runs.updateOne({ _id: run }, { $set: { ...fields, updatedAt: now } }));
    if ((progress.done ?? 0) > 0 || (progress.bytes ?? 0) > 0) await this.#recovered(run, now);
  }

  /** Adds what one batch did. */
  async advance(run: string, by: Pick<Progress, 'done' | 'failed' | 'bytes'>, now: Date): Promise<void> {
    await within('noting the progress of a run', () =>
      this.#runs.updateOne(
        { _id: run },
        { $inc: { 'progress.done': by.done, 'progress.failed': by.failed, 'progress.bytes': by.bytes }, $set: { updatedAt: now } },
      ),
    );
    await this.#recovered(run, now);
  }

  async end(run: string, health: Health, says: string | null, record: Readonly<Record<string, unknown>>, now: Date): Promise<void> {
    await within('keeping the record of a run', () =>
      this.#runs.updateOne({ _id: run }, { $set: { health, says, record, endedAt: now, updatedAt: now, 'progress.phase': 'ended' } }),
    );
  }

  /** A run that ended without keeping its record: terminated, or its history was lost. A run that kept one is left as it is. */
  async abandon(run: string, says: string, now: Date): Promise<void> {
    await within('closing an abandoned run', () =>
      this.#runs.updateOne(
        { _id: run, endedAt: null },
        { $set: { health: 'failed', says, endedAt: now, updatedAt: now, 'progress.phase': 'ended' } },
      ),
    );
  }

  async get(run: string): Promise<Run | null> {
    return await within('reading a run', () => this.#runs.findOne({ _id: run }, { projection: { _id: 0 } }));
  }

  async summarised(run: string, at: Date): Promise<void> {
    await within('noting the summaries of a run', () => this.#runs.updateOne({ _id: run }, { $set: { summarisedAt: at } }));
  }

  /** Runs of a flow that were at work, or ended, after a time. */
  async since(flow: string, time: Date): Promise<readonly Run[]> {
    return await within('reading runs', () => this.#runs.find({ flow, updatedAt: { $gt: time } }, { projection: { _id: 0 } }).toArray());
  }

  /** The run of these jobs that is, or was, the last to do their work: one that only says what it would do counts while it is under way. */
  async last(flow: string, jobs: readonly string[]): Promise<Run | null> {
    const filter = { flow, job: { $in: [...jobs] }, $or: [{ isDryRun: { $ne: true } }, { endedAt: null }] };
    const [last] = await within('reading runs', () =>
      this.#runs
        .find(filter, { projection: { _id: 0 } })
        .sort({ startedAt: -1 })
        .limit(1)
        .toArray(),
    );
    return last ?? null;
  }

  /** The last run of a job that did its work and noted a field in its record: this value of it, or any. */
  async lastNoting(flow: string, job: string, field: string, value?: unknown): Promise<Run | null> {
    const filter = { flow, job, isDryRun: { $ne: true }, [`record.${field}`]: value ?? { $exists: true } };
    const newest = { sort: { startedAt: -1 as const }, projection: { _id: 0 } };
    return await within('reading runs', () => this.#runs.findOne(filter, newest));
  }

  /** Latest runs first; of one flow or of all, of some jobs or of all. */
  async latest(flow: string | null, limit: number, jobs?: readonly string[]): Promise<readonly Run[]> {
    const filter = { ...(flow === null ? {} : { flow }), ...(jobs === undefined ? {} : { job: { $in: [...jobs] } }) };
    return await within('reading runs', () =>
      this.#runs
        .find(filter, { projection: { _id: 0 } })
        .sort({ startedAt: -1 })
        .limit(limit)
        .toArray(),
    );
  }
}
