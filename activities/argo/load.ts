import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { ProfileLoader } from '../../src/argo/load.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { PageOutcome, Plans } from '../../src/stores/plans.ts';
import type { Runs } from '../../src/stores/runs.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';

export interface LoadPage {
  readonly flow: ArgoFlow;
  readonly plan: string;
  readonly page: number;
  readonly run: string;
  /** The run that receipts name, when it is not this one: a rebuild's first run, whichever run goes on with it. */
  readonly madeBy?: string;
  readonly fence: Fence;
  /** Load even where the receipt matches. */
  readonly isForced: boolean;
  /** A person has accepted that the source, and so the mirror, holds nothing any more. */
  readonly acceptsEmptyMirror: boolean;
}

export interface LoadDependencies {
  readonly plans: Pick<Plans, 'page' | 'finish'>;
  readonly runs: Pick<Runs, 'advance'>;
  readonly loader: Pick<ProfileLoader, 'load'>;
  readonly onOutcome: (flow: string, outcome: PageOutcome) => void;
  readonly now: () => Date;
  /** How often a page says that it is alive. */
  readonly signsEveryMs?: number;
}

/** So often the database may fail on single documents for reasons no rule knows, before they go to quarantine and the others go on. */
const PATIENT_ATTEMPTS = 5;

/** Queue: load. */
export const loadActivities = ({ plans, runs, loader, onOutcome, now, signsEveryMs }: LoadDependencies) => ({
  /**
   * Loads one page of a plan. Receipts are its memory: an attempt that follows a killed one skips what that one finished,
   * and counts it as this run's work.
   */
  async loadPage({ flow, plan, page, run, madeBy = run, fence, isForced, acceptsEmptyMirror }: LoadPage): Promise<PageOutcome> {
    const { items, outcome: known } = await plans.page(plan, page);
    if (known !== null) return known;

    const signal = cancellationSignal();
    let done = 0;
    const tell = (): void => heartbeat({ page, done, of: items.length, attempt: activityInfo().attempt });
    const onChunk = (finished: number): void => {
      done = finished;
      tell();
    };
    const isPatienceOver = activityInfo().attempt >= PATIENT_ATTEMPTS;
    const loading = loader.load({ flow, items, run: madeBy, fence, isForced, acceptsEmptyMirror, isPatienceOver, signal, onChunk });
    // A chunk may take longer than the heartbeat allows: a damaged file that has to be given up, a database that is slow to answer.
    const outcome = await withSignsOfLife(loading, tell, signsEveryMs);
    const isFirst = await plans.finish(plan, page, outcome);
    if (isFirst) {
      const { loaded, unchanged, rejected, removed, bytes } = outcome;
      await runs.advance(run, { done: loaded + unchanged + rejected + removed, failed: rejected, bytes }, now());
      onOutcome(flow.name, outcome);
    }
    return outcome;
  },
});
