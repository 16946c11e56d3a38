import { CancellationScope, condition, getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { SetFlow } from '../../src/ooi/flow.ts';
import type { Controls } from '../common/controls.ts';
import type { Tracker } from '../common/tracker.ts';
import { type Member, type MemberEnd, type MemberInput, startMember, watchCarried } from './member.ts';

/** Names by how they ended. */
export type Ends = Readonly<Record<MemberEnd['state'], readonly string[]>>;

export const NO_ENDS: Ends = { done: [], skipped: [], waiting: [], busy: [], stopped: [], failed: [] };

/** What the run over a set takes along when it goes on as new. */
export interface CarriedWork {
  /** Names of the flows that were not yet begun. */
  readonly left: readonly string[];
  /** Children that go on while this run changes its history. */
  readonly open: readonly Member[];
  /** Those of them that only wait. */
  readonly waits: readonly string[];
  readonly ends: Ends;
}

/** What is left, what is under way, and what came of it. */
export class SetWork {
  readonly #flow: SetFlow;
  readonly #given: MemberInput;
  readonly #controls: Controls;
  readonly #tracker: Tracker;
  readonly #open = new Map<string, Member>();
  readonly #waits = new Set<string>();
  readonly #left: string[];
  #ends: Ends;
  #starting = 0;
  #isPatient = true;

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

  /** Streams whose runs have not ended. */
  get open(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** A stream waits for the facility: another may begin meanwhile. */
  waits(name: string): void {
    this.#waits.add(name);
  }

  answer(): unknown {
    return { open: this.open, waits: [...this.#waits], left: this.#left.length, ends: this.#ends };
  }

  carried(): CarriedWork {
    return { left: this.#left, open: [...this.#open.values()], waits: [...this.#waits], ends: this.#ends };
  }

  /** True: the history has grown long, and what is open goes on while the run does so as new. */
  async run(from: CarriedWork | undefined, until: number): Promise<boolean> {
    const passing = { isOver: false };
    for (const name of from?.waits ?? []) this.waits(name);
    void this.#passOnStop(passing);
    void this.#watchCarried(from?.open ?? []);
    void this.#losePatience(passing, until);
    try {
      for (;;) {
        await condition(() => isLong() || this.#mayStart() || this.#isOver());
        if (isLong()) {
          await condition(() => this.#starting === 0);
          return !this.#isOver();
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

  /** Nothing is left to begin, and what is open is not waited for any longer. */
  #isOver(): boolean {
    return !this.#hasMore() && this.#starting === 0 && (this.#open.size === 0 || !this.#isPatient);
  }

  get #busy(): number {
    return this.open.filter((name) => !this.#waits.has(name)).length + this.#starting;
  }

  #hasMore(): boolean {
    return this.#left.length > 0 && !this.#controls.isStopping;
  }

  #mayStart(): boolean {
    return this.#hasMore() && !this.#controls.isPaused && this.#busy < (this.#controls.width ?? 1);
  }

  async #begin(name: string): Promise<void> {
    this.#starting += 1;
    const started = await startMember(name, this.#flow, this.#given);
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
    this.#waits.delete(name);
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

  async #losePatience(passing: { readonly isOver: boolean }, until: number): Promise<void> {
    await isOverOr(() => passing.isOver, Math.max(1, until - Date.now()));
    this.#isPatient = false;
  }

  async #cancelOpen(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ workflowId }) => ignoringEnds(getExternalWorkflowHandle(workflowId).cancel())));
  }
}

const isLong = (): boolean => workflowInfo().continueAsNewSuggested;

/** Whether the run was cancelled before it was so, or so long had gone by. */
async function isOverOr(isSo: () => boolean, withinMs?: number): Promise<boolean> {
  try {
    await (withinMs === undefined ? condition(isSo) : condition(isSo, withinMs));
    return false;
  } catch (error) {
    if (isCancellation(error)) return true;
    throw error;
  }
}

/** Whoever is told may have ended in this very moment. */
const ignoringEnds = (telling: Promise<unknown>): Promise<unknown> => telling.catch(() => undefined);
