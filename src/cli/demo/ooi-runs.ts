import { Failure } from '../../errors.ts';
import { resultOf, type Started, startJob } from '../run.ts';
import type { Stage } from './stage.ts';

/** One run of the tour and what it left on record. */
export interface DayRun {
  readonly name: string;
  readonly started: Started;
  readonly state: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

interface Ended {
  readonly state: string;
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** States of runs that went as the tour tells it. */
const WELL: readonly string[] = ['done', 'unchanged', 'published'];

/** Runs of one flow, one after the other. */
export class Days {
  readonly #stage: Stage;
  readonly #flow: string;
  readonly #table: string;

  constructor(stage: Stage, flow: string, table: string) {
    this.#stage = stage;
    this.#flow = flow;
    this.#table = table;
  }

  /** Of a stream that has no store: the harvest itself only starts the refresh. */
  async firstHarvest(): Promise<DayRun> {
    const { context, lifetime } = this.#stage;
    const begun = performance.now();
    await lifetime.unlessStopped(resultOf<Ended>(context, await lifetime.unlessStopped(startJob(context, 'harvest', this.#flow, {}))));
    const workflowId = `refresh/${this.#table}`;
    const handle = (await context.client()).workflow.getHandle(workflowId);
    const { runId: run } = await handle.describe();
    return this.#ended('first harvest', { workflowId, run, handle }, begun);
  }

  async run(name: string, job: string, input: Readonly<Record<string, unknown>>): Promise<DayRun> {
    const { context, lifetime } = this.#stage;
    const begun = performance.now();
    return this.#ended(name, await lifetime.unlessStopped(startJob(context, job, this.#flow, { input })), begun);
  }

  async #ended(name: string, started: Started, begun: number): Promise<DayRun> {
    const { context, lifetime } = this.#stage;
    const { state, record, message } = await lifetime.unlessStopped(resultOf<Ended>(context, started));
    if (WELL.includes(state)) return { name, started, state, record, seconds: (performance.now() - begun) / 1000 };
    throw new Failure({
      kind: 'stop',
      code: 'stopped',
      happened: `The ${name} ended ${state}: ${message}`,
      remedy: 'Start again with: npm start',
    });
  }
}
