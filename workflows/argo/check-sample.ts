import { condition } from '@temporalio/workflow';
import type { verifyRequestActivities } from '../../activities/argo/verify.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import { activitiesOf } from '../common/activities.ts';
import type { Controls } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';
import type { Tracker } from '../common/tracker.ts';
import { overPages, type WindowEnd } from '../common/window.ts';

/** The server could not be read for several profiles in a row, each asked for several times: more of them would tell nothing more. */
class ServerDown extends Error {}
const DOWN_IN_A_ROW = 3;

/** Checks the profiles of a plan from `from` on, with the flow's pause after each; an operator's stop or retry cuts a pause short. */
export async function checkSample(
  job: Job,
  {
    flow,
    plan,
    from,
    controls,
    tracker,
  }: {
    readonly flow: ArgoFlow;
    readonly plan: PlanHeader;
    readonly from: number;
    readonly controls: Controls;
    readonly tracker: Tracker;
  },
): Promise<WindowEnd | { readonly state: 'unreachable' }> {
  // Any worker reaches the facility, and one queue keeps the rate: no host of its own for this.
  const { checkProfile } = activitiesOf<ReturnType<typeof verifyRequestActivities>>('argo', activityOptions('request', null));
  let down = 0;
  const runPage = async (page: number): Promise<void> => {
    const { state, isServerDown } = await checkProfile({ flow, plan: plan.plan, page, run: job.run, fence: job.fence });
    tracker.add({ done: 1, failed: state === 'wrong' || state === 'failed' ? 1 : 0, bytes: 0 });
    down = isServerDown ? down + 1 : 0;
    if (down >= DOWN_IN_A_ROW) throw new ServerDown();
    const { retries } = controls;
    if (page + 1 < plan.pages && flow.verify.paceMs > 0)
      await condition(() => controls.isStopping || controls.retries > retries, flow.verify.paceMs);
  };
  try {
    return await overPages({ from, pages: plan.pages, controls, runPage });
  } catch (error) {
    if (error instanceof ServerDown) return { state: 'unreachable' };
    throw error;
  }
}
