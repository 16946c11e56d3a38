import type { controlActivities } from '../../activities/argo/control.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import { type Controls, takeRetry } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import type { Tally, Tracker } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { loadPlan } from './load.ts';

/** Where a load is: round 0 loads the plan, later rounds what operators asked to have tried again meanwhile. */
export interface LoadStage {
  readonly round: number;
  readonly plan: PlanHeader;
  /** First page not yet started. */
  readonly next: number;
  /** Plans of the rounds after the first. */
  readonly retries: readonly string[];
}

export type LoadEnd =
  | { readonly state: 'finished'; readonly retries: readonly string[] }
  | { readonly state: 'stopped' }
  | { readonly state: 'long'; readonly stage: LoadStage };

export interface LoadRounds {
  /** The flow as it is loaded to: its collections, and the name its receipts have. */
  readonly flow: ArgoFlow;
  readonly plan: PlanHeader;
  /** Every profile is made anew, even where receipts match. Retried ones always are. */
  readonly isForced: boolean;
  /** Receipts name this run instead of the one at work. */
  readonly madeBy?: string;
  readonly stage: LoadStage | null;
  readonly tally: Partial<Tally> | null;
  readonly controls: Controls;
  readonly tracker: Tracker;
}

/** Loads a plan, then, round by round, what operators asked for while it was loading: named items, or the whole quarantine. */
export async function loadRounds(job: Job, load: LoadRounds): Promise<LoadEnd> {
  const { flow, controls, tracker, madeBy } = load;
  const { planItems } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);
  let stage = load.stage ?? { round: 0, plan: load.plan, next: 0, retries: [] };
  let tally = load.tally;
  for (;;) {
    const { round, plan, next, retries } = stage;
    await job.enter(round === 0 ? 'load' : 'retry', tally ?? { total: plan.items });
    const isForced = round > 0 || load.isForced || controls.isForced;
    const made = madeBy === undefined ? {} : { madeBy };
    const end = await loadPlan(job, { flow, plan, from: next, isForced, ...made, controls, tracker });
    if (end.state === 'stopped') return end;
    if (end.state === 'long') return { state: 'long', stage: { ...stage, next: end.next } };

    const items = takeRetry(controls);
    if (items === undefined) {
      controls.isClosing = true;
      return { state: 'finished', retries };
    }
    const name = `${load.plan.plan}-retry-${round + 1}`;
    stage = { round: round + 1, plan: await planItems({ flow, plan: name, items }), next: 0, retries: [...retries, name] };
    tally = null;
  }
}
