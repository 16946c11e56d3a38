import type { controlActivities } from '../../activities/argo/control.ts';
import type { ListedChanges, PlannedNight } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import { type Controls, takeRetry } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import type { Tally, Tracker } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { loadPlan } from './load.ts';

/** What is copied and waits to be loaded. */
export interface Night {
  readonly listed: ListedChanges;
  readonly plan: PlannedNight;
  /** Sentences from the copy: files that vanished or could not be read. */
  readonly warnings: readonly string[];
}

/** Where the load is: round 0 loads the night's plan, later rounds what operators asked to have tried again meanwhile. */
export interface LoadStage {
  readonly round: number;
  readonly plan: PlanHeader;
  /** First page not yet started. */
  readonly next: number;
  /** Plans of the rounds after the first. */
  readonly retries: readonly string[];
}

export type NightEnd =
  | { readonly state: 'finished'; readonly retries: readonly string[] }
  | { readonly state: 'stopped' }
  | { readonly state: 'long'; readonly stage: LoadStage };

/** Loads the night's plan, then, round by round, what operators asked for while it was loading: named items, or the whole quarantine. */
export async function loadNight(
  job: Job,
  flow: ArgoFlow,
  night: Night,
  from: { readonly stage: LoadStage | null; readonly tally: Tally | null; readonly controls: Controls; readonly tracker: Tracker },
): Promise<NightEnd> {
  const { planItems } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);
  const { controls, tracker } = from;
  let stage = from.stage ?? { round: 0, plan: night.plan, next: 0, retries: [] };
  let tally = from.tally;
  for (;;) {
    const { round, plan, next, retries } = stage;
    await job.enter(round === 0 ? 'load' : 'retry', tally ?? { total: plan.items });
    const isForced = round > 0 || controls.isForced;
    const end = await loadPlan(job, { flow, plan, from: next, isForced, controls, tracker });
    if (end.state === 'stopped') return end;
    if (end.state === 'long') return { state: 'long', stage: { ...stage, next: end.next } };

    const items = takeRetry(controls);
    if (items === undefined) {
      controls.isClosing = true;
      return { state: 'finished', retries };
    }
    const name = `${night.plan.plan}-retry-${round + 1}`;
    stage = { round: round + 1, plan: await planItems({ flow, plan: name, items }), next: 0, retries: [...retries, name] };
    tally = null;
  }
}
