import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { ProfileLoader } from '../../src/argo/load.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { PageOutcome, Plans } from '../../src/stores/plans.ts';
import type { Runs } from '../../src/stores/runs.ts';

export interface LoadPage {
  readonly flow: ArgoFlow;
  readonly plan: string;
  readonly page: number;
  readonly run: string;
  readonly fence: Fence;
  /** Load even where the receipt matches. */
  readonly isForced: boolean;
  /** A person has accepted that the source, and so the mirror, holds nothing any more. */
  readonly acceptsEmptyMirror: boolean;
}

export interface LoadDependencies {
  readonly plans: Plans;
  readonly runs: Runs;
  readonly loader: ProfileLoader;
  readonly onOutcome: (flow: string, outcome: PageOutcome) => void;
  readonly now: () => Date;
}

/** Queue: load. */
export const loadActivities = ({ plans, runs, loader, onOutcome, now }: LoadDependencies) => ({
  /**
   * Loads one page of a plan. Receipts are its memory: an attempt that follows a killed one skips what that one finished,
   * and counts it as this run's work.
   */
  async loadPage({ flow, plan, page, run, fence, isForced, acceptsEmptyMirror }: LoadPage): Promise<PageOutcome> {
    const { items, outcome: known } = await plans.page(plan, page);
    if (known !== null) return known;

    const signal = cancellationSignal();
    const outcome = await loader.load({
      flow,
      items,
      run,
      fence,
      isForced,
      acceptsEmptyMirror,
      signal,
      onChunk: (done) => heartbeat({ page, done, of: items.length, attempt: activityInfo().attempt }),
    });
    const isFirst = await plans.finish(plan, page, outcome);
    if (isFirst) {
      const { loaded, unchanged, rejected, removed, bytes } = outcome;
      await runs.advance(run, { done: loaded + unchanged + rejected + removed, failed: rejected, bytes }, now());
      onOutcome(flow.name, outcome);
    }
    return outcome;
  },
});
