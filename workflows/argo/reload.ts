import { continueAsNew } from '@temporalio/workflow';
import type { controlActivities } from '../../activities/argo/control.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PageOutcome, PlanHeader } from '../../src/stores/plans.ts';
import { carry } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { underLease } from '../common/job.ts';
import type { Tally } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { loadPlan } from './load.ts';

export interface ReloadInput {
  readonly flow: string;
  /** Keys `<dac>/<wmo>_<number>`; absent: everything in the flow's quarantine. */
  readonly items?: readonly string[];
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: CarriedJob<ArgoFlow> & {
    readonly plan: PlanHeader;
    readonly next: number;
    readonly tally: Tally;
  };
}

export interface ReloadResult extends PageOutcome {
  readonly flow: string;
  readonly state: 'done' | 'stopped';
  readonly message: string;
}

/** As a client starts it. */
export type ReloadWorkflow = (input: ReloadInput) => Promise<ReloadResult>;

/** Loads named profiles, or the flow's quarantine, again from the mirror as it is now. */
export async function reload({ flow, input, controls, tracker }: JobStart<ArgoFlow, ReloadInput>): Promise<ReloadResult> {
  controls.plan = () => input.items ?? null;
  const { planItems, planOutcome } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);
  controls.width ??= flow.load.width;

  return await underLease({ job: 'reload', flow: flow.name, kind: 'argo', access: 'write', tracker }, async (job) => {
    const plan = input.goOn?.plan ?? (await planItems({ flow, plan: `reload-${job.run}-${job.fence.epoch}`, items: input.items ?? null }));

    await job.enter('load', input.goOn?.tally ?? { total: plan.items });
    const loaded = await loadPlan(job, { flow, plan, from: input.goOn?.next ?? 0, isForced: true, controls, tracker });
    if (loaded.state === 'long') {
      const goOn = { flow, plan, next: loaded.next, controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<ReloadWorkflow>({ flow: flow.name, goOn });
    }

    const { pagesOpen, ...outcome } = await planOutcome({ flow: flow.name, plan: plan.plan });
    const state = loaded.state === 'finished' && pagesOpen === 0 ? 'done' : 'stopped';
    const message = `${plan.items} profiles tried again: ${outcome.loaded} loaded, ${outcome.rejected} still rejected, ${outcome.removed} removed.`;
    const result = { flow: flow.name, state, message, ...outcome } as const;
    return { result, health: state === 'done' ? 'ok' : 'stopped', says: message, record: { ...result } };
  });
}
