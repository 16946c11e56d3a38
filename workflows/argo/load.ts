import type { loadActivities } from '../../activities/argo/load.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import type { Controls } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import type { Tracker } from '../common/tracker.ts';
import { overPages, type WindowEnd } from '../common/window.ts';
import { argoActivities } from './activities.ts';

/** Loads the pages of a plan from `from` on, `controls.width` batches at once. */
export function loadPlan(
  job: Job,
  {
    flow,
    plan,
    from,
    isForced,
    madeBy,
    controls,
    tracker,
  }: {
    readonly flow: ArgoFlow;
    readonly plan: PlanHeader;
    readonly from: number;
    /** Load even where receipts match. */
    readonly isForced: boolean;
    /** The run that receipts name; absent: this one. */
    readonly madeBy?: string;
    readonly controls: Controls;
    readonly tracker: Tracker;
  },
): Promise<WindowEnd> {
  const { loadPage } = argoActivities<ReturnType<typeof loadActivities>>('load', flow);
  const acceptsEmptyMirror = controls.isForced;
  return overPages({
    from,
    pages: plan.pages,
    controls,
    runPage: async (page) => {
      const made = madeBy === undefined ? {} : { madeBy };
      const input = { flow, plan: plan.plan, page, run: job.run, ...made, fence: job.fence, isForced, acceptsEmptyMirror };
      const outcome = await loadPage.executeWithOptions({ summary: `page ${page + 1} of ${plan.pages}` }, [input]);
      const { loaded, unchanged, rejected, removed, bytes } = outcome;
      tracker.add({ done: loaded + unchanged + rejected + removed, failed: rejected, bytes });
    },
  });
}
