import { CancellationScope, condition, continueAsNew, getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { memberActivities } from '../../activities/ooi/members.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { type Controls, carry } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import type { Job, JobEnd } from '../common/job.ts';
import type { Tally, Tracker } from '../common/tracker.ts';
import { ooiActivities } from './activities.ts';
import { type Member, type MemberEnd, startMember, watchCarried } from './member.ts';
import { ooiJob } from './ooi-job.ts';

export interface HarvestAllInput {
  readonly flow: string;
  readonly force?: boolean;
  readonly refresh?: boolean;
  readonly streams?: readonly string[];
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: HarvestAllState;
}

export interface HarvestAllState extends CarriedJob<SetFlow> {
  readonly given: MemberInput;
  /** Names of the flows that were not yet begun. */
  readonly left: readonly string[];
  /** Children that go on while this run changes its history. */
  readonly open: readonly Member[];
  readonly ends: Ends;
  readonly tally: Tally;
}

/** What each member is started with. */
export interface MemberInput {
  readonly force?: true;
  readonly refresh?: true;
}

/** Names by how they ended. */
export type Ends = Readonly<Record<MemberEnd['state'], readonly string[]>>;

export interface HarvestAllResult {
  readonly flow: string;
  readonly state: 'done' | 'stopped';
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** As a client starts it. */
export type HarvestAllWorkflow = (input: HarvestAllInput) => Promise<HarvestAllResult>;

const NO_ENDS: Ends = { done: [], skipped: [], waiting: [], busy: [], stopped: [], failed: [] };

/** Every stream of the set as a run of its own, a bounded number at once. One that fails, or waits for a day, hurts no other. */
export async function harvestAll({ flow, input, controls, tracker }: JobStart<SetFlow, HarvestAllInput>): Promise<HarvestAllResult> {
  const { goOn } = input;
  const { listMembers } = ooiActivities<ReturnType<typeof memberActivities>>('control', flow);
  controls.width ??= flow.width;
  return await ooiJob({ job: 'harvestAll', flow, tracker }, async (job) => {
    const given = goOn?.given ?? givenIn(input);
    let left = goOn?.left ?? null;
    if (left === null) {
      await job.enter('list');
      left = (await listMembers({ flow, streams: input.streams ?? null })).streams;
    }
    const work = new Work(flow, given, left, goOn?.ends ?? NO_ENDS, controls, tracker);
    controls.plan = () => work.answer();
    await job.enter('harvest', goOn?.tally ?? { total: left.length });
    const isLong = await work.run(goOn?.open ?? []);
    if (isLong) {
      const state = { flow, given, ...work.carried(), controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<HarvestAllWorkflow>({ flow: flow.name, goOn: state });
    }
    return await ended(job, flow, work, controls);
  });
}

const givenIn = ({ force, refresh }: HarvestAllInput): MemberInput => ({
  ...(force === true ? { force } : {}),
  ...(refresh === true ? { refresh } : {}),
});

/** What is left, what is under way, and what came of it. */
class Work {
  readonly #flow: SetFlow;
  readonly #given: MemberInput;
  readonly #controls: Controls;
  readonly #tracker: Tracker;
  readonly #open = new Map<string, Member>();
  readonly #left: string[];
  #ends: Ends;
  #starting = 0;

  constructor(flow: SetFlow, given: MemberInput, left: readonly string[], ends: Ends, controls: Controls, tracker: Tracker) {
    this.#flow = flow;
    this.#given = given;
    this.#left = [...left];
    this.#ends = ends;
    this.#controls = controls;
    this.#tracker = tracker;
  }

  get ends(): Ends {
    return this.#ends;
  }

  get left(): readonly string[] {
    return this.#left;
  }

  answer(): unknown {
    return { open: [...this.#open.keys()], left: this.#left.length, ends: this.#ends };
  }

  carried(): { readonly left: readonly string[]; readonly open: readonly Member[]; readonly ends: Ends } {
    return { left: this.#left, open: [...this.#open.values()], ends: this.#ends };
  }

  /** True: the history has grown long, and what is open goes on while the run does so as new. */
  async run(open: readonly Member[]): Promise<boolean> {
    const passing = { isOver: false };
    void this.#passOnStop(passing);
    void this.#watchCarried(open);
    try {
      for (;;) {
        await condition(() => isLong() || this.#mayStart() || (this.#busy === 0 && !this.#hasMore()));
        if (isLong()) {
          await condition(() => this.#starting === 0);
          return this.#busy > 0 || this.#hasMore();
        }
        if (!this.#mayStart()) return false;
        const name = this.#left.shift();
        if (name !== undefined) void this.#begin(name);
      }
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => this.#cancelOpen());
      throw error;
    } finally {
      passing.isOver = true;
    }
  }

  get #busy(): number {
    return this.#open.size + this.#starting;
  }

  #hasMore(): boolean {
    return this.#left.length > 0 && !this.#controls.isStopping;
  }

  #mayStart(): boolean {
    return this.#hasMore() && !this.#controls.isPaused && this.#busy < (this.#controls.width ?? 1);
  }

  async #begin(name: string): Promise<void> {
    this.#starting += 1;
    const started = await startMember(name, this.#flow.name, this.#given);
    this.#starting -= 1;
    if ('state' in started) this.#ended(name, started);
    else this.#watch(started.member, started.ended);
  }

  /** Not waited for when the run goes on as new: the next one looks at what is kept of its end. */
  #watch(member: Member, ended: Promise<MemberEnd>): void {
    this.#open.set(member.flow, member);
    void ended.then((end) => this.#ended(member.flow, end));
  }

  async #watchCarried(members: readonly Member[]): Promise<void> {
    for (const member of members) this.#open.set(member.flow, member);
    try {
      await watchCarried(members, ({ flow }, end) => this.#ended(flow, end));
    } catch (error) {
      // Then the whole run is being cancelled, and they with it.
      if (!isCancellation(error)) throw error;
    }
  }

  #ended(name: string, { state, says }: MemberEnd): void {
    this.#open.delete(name);
    this.#ends = { ...this.#ends, [state]: [...this.#ends[state], state === 'failed' ? `${name}: ${says}` : name] };
    this.#tracker.add({ done: 1, failed: state === 'failed' ? 1 : 0, bytes: 0 });
  }

  /** A stop is for every stream of the set: those that only wait end at once, the others when what is in flight is done. */
  async #passOnStop(passing: { readonly isOver: boolean }): Promise<void> {
    const told = new Set<string>();
    const untold = (): readonly Member[] => [...this.#open.values()].filter(({ runId }) => !told.has(runId));
    for (;;) {
      const isCancelled = await isOverOr(() => passing.isOver || (this.#controls.isStopping && untold().length > 0));
      if (isCancelled || passing.isOver) return;
      for (const { runId, workflowId } of untold()) {
        told.add(runId);
        await ignoringEnds(getExternalWorkflowHandle(workflowId).signal('stop'));
      }
    }
  }

  async #cancelOpen(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ workflowId }) => ignoringEnds(getExternalWorkflowHandle(workflowId).cancel())));
  }
}

const isLong = (): boolean => workflowInfo().continueAsNewSuggested;

/** Whether the run was cancelled before it was so. */
async function isOverOr(isSo: () => boolean): Promise<boolean> {
  try {
    await condition(isSo);
    return false;
  } catch (error) {
    if (isCancellation(error)) return true;
    throw error;
  }
}

/** Whoever is told may have ended in this very moment. */
const ignoringEnds = (telling: Promise<unknown>): Promise<unknown> => telling.catch(() => undefined);

/** Names are kept up to here; the counts say how many there are. */
const MOST_NAMES = 1_000;

async function ended(job: Job, flow: SetFlow, work: Work, controls: Controls): Promise<JobEnd<HarvestAllResult>> {
  await CancellationScope.nonCancellable(() => job.enter('record'));
  const isStopped = controls.isStopping && work.left.length > 0;
  const { ends } = work;
  const counts = Object.entries(ends).map(([state, names]) => `${names.length} ${WORDS[state] ?? state}`);
  const message = `${counts.join(', ')}${work.left.length > 0 ? `, ${work.left.length} not begun` : ''}.`;
  const record = {
    streams: Object.values(ends).reduce((sum, names) => sum + names.length, work.left.length),
    ...Object.fromEntries(Object.entries(ends).map(([state, names]) => [`${state}Count`, names.length])),
    ...Object.fromEntries(Object.entries(ends).map(([state, names]) => [state, names.toSorted().slice(0, MOST_NAMES)])),
  };
  const state = isStopped ? 'stopped' : 'done';
  const health = isStopped ? 'stopped' : ends.failed.length > 0 ? 'failed' : 'ok';
  return { result: { flow: flow.name, state, message, record }, health, says: message, record: { ...record, state, message } };
}

const WORDS: Readonly<Record<string, string>> = {
  done: 'harvested',
  skipped: 'with nothing new',
  waiting: 'left to a refresh',
  busy: 'under way already',
};
