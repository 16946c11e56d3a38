import { proxyActivities } from '@temporalio/workflow';
import type { controlActivities } from '../../activities/argo/control.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { Controls } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';
import type { Tracker } from '../common/tracker.ts';
import { loadPlan } from './load.ts';

/** Loads again what operators asked for while the run was loading: named items, or (signal `retry`) the whole quarantine of the flow. */
export async function retryAsked(job: Job, flow: ArgoFlow, controls: Controls, tracker: Tracker): Promise<void> {
  const { planItems } = proxyActivities<ReturnType<typeof controlActivities>>(activityOptions('control', null));
  for (let round = 1; controls.retryItems.length > 0 || controls.wantsQuarantine; round += 1) {
    const items = controls.wantsQuarantine ? null : controls.retryItems.splice(0);
    controls.wantsQuarantine = false;
    const plan = await planItems({ flow, plan: `${job.run}-retry-${round}`, items });
    if (plan.items === 0) continue;
    await job.enter('retry', { total: plan.items });
    const end = await loadPlan(job, { flow, plan, from: 0, isForced: true, controls, tracker });
    if (end.state !== 'finished') return;
  }
}
