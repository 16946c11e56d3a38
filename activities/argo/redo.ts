import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { RebuildDependencies } from '../../src/argo/rebuild-begin.ts';
import { completeSwap } from '../../src/argo/rebuild-finish.ts';
import { nightToRedo, type PastNight, pagesOfNight, previewRedo } from '../../src/argo/redo.ts';
import type { RedoPreview } from '../../src/argo/redo-record.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import type { Runs } from '../../src/stores/runs.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';

export interface RedoRequest {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly fence: Fence;
  /** Run id of the night; null: the latest that had anything to load. */
  readonly night: string | null;
}

export interface PlannedRedo {
  readonly night: PastNight;
  readonly plan: PlanHeader;
}

/** Queue: transfer. On the host that reaches the mirror and its journal. */
export const redoActivities = (use: RebuildDependencies & { readonly runs: Runs }) => ({
  /** What the night's plan holds, and how it stands now. Nothing is written. */
  async previewRedo({ flow, night }: RedoRequest): Promise<RedoPreview> {
    const past = await nightToRedo(use, flow, night);
    const looking = previewRedo(use, { flow, signal: cancellationSignal() }, past);
    return await withSignsOfLife(looking, () => heartbeat({ phase: 'look' }));
  },

  /** Copies the night's pages into a plan of this run: how the night itself ended stays on record. */
  async planRedo({ flow, run, fence, night }: RedoRequest): Promise<PlannedRedo> {
    const onTick = (): void => heartbeat({ phase: 'plan' });
    const signal = cancellationSignal();
    const copy = async (): Promise<PlannedRedo> => {
      await completeSwap(use, { flow, fence, signal, onTick });
      const past = await nightToRedo(use, flow, night);
      const pages = pagesOfNight(use, { flow, signal }, past);
      return { night: past, plan: await use.plans.store(`redo-${run}-${fence.epoch}`, flow.name, pages, use.now()) };
    };
    return await withSignsOfLife(copy(), onTick);
  },
});
