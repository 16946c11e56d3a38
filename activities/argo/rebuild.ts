import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import {
  type BegunRebuild,
  beginRebuild,
  type RebuildDependencies,
  type StepContext,
  withRebuildPlan,
} from '../../src/argo/rebuild-begin.ts';
import { type CheckedRebuild, checkRebuild, removeLeftovers } from '../../src/argo/rebuild-check.ts';
import { completeSwap, swapRebuild } from '../../src/argo/rebuild-finish.ts';
import type { RebuildSummary } from '../../src/argo/rebuild-plan.ts';
import { isWhole, type RebuildRecord, unaccountedOf } from '../../src/argo/rebuild-record.ts';
import type { RebuildTarget } from '../../src/argo/rebuild-target.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { Runs } from '../../src/stores/runs.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import { attemptTime } from '../common/time.ts';

export interface RebuildActivityDependencies extends RebuildDependencies {
  readonly runs: Runs;
  readonly versions: Readonly<Record<string, string>>;
}

/** What every step of a rebuild is told. */
export interface RebuildStep {
  readonly flow: ArgoFlow;
  readonly target: RebuildTarget;
  readonly run: string;
  readonly fence: Fence;
}

export interface PlanRebuild extends RebuildStep {
  /** Begin anew even where an unfinished one could be taken up. */
  readonly isFresh: boolean;
  readonly acceptsEmptyMirror: boolean;
}

export interface CheckRebuild extends RebuildStep {
  readonly rebuild: string;
  readonly plan: string;
  /** 1 for the first look at the books; a later one looks again. */
  readonly look: number;
}

export interface ClearRebuild extends RebuildStep {
  readonly rebuild: string;
  readonly checked: Pick<CheckedRebuild, 'leftovers' | 'staleReceipts'>;
}

export interface RecordRebuild extends RebuildStep {
  readonly begun: BegunRebuild;
  /** Null: the run only completed a swap. */
  readonly checked: CheckedRebuild | null;
  readonly leftoversRemoved: number;
  readonly warnings: readonly string[];
}

/** What a rebuild would do. */
export interface RebuildPreview extends RebuildSummary {
  readonly documents: number;
  /** An earlier rebuild that would be taken up instead of beginning anew. */
  readonly unfinished: { readonly rebuild: string; readonly startedAt: string; readonly isSwapping: boolean } | null;
}

/** Queue: transfer. On the host that reaches the mirror. */
export const rebuildActivities = (use: RebuildActivityDependencies) => {
  const alive = <T>(phase: string, step: Omit<RebuildStep, 'target'>, work: (context: Omit<StepContext, 'target'>) => Promise<T>) => {
    const onTick = (): void => heartbeat({ phase });
    const { flow, run, fence } = step;
    return withSignsOfLife(work({ flow, run, fence, signal: cancellationSignal(), onTick }), onTick);
  };

  return {
    /** Looks at the mirror, and writes nothing. */
    async previewRebuild(step: RebuildStep): Promise<RebuildPreview> {
      const { flow, target } = step;
      return await alive('look', step, async (context) => {
        const summary = await withRebuildPlan(context, null, async (planned) => planned.summary);
        const last = await use.rebuilds.last(flow.name, target);
        const documents = await use.database.products(flow.database).collection(flow.collections.argo).countDocuments();
        const isOpen = last !== null && last.state !== 'done';
        const unfinished = isOpen
          ? { rebuild: last.rebuild, startedAt: last.startedAt.toISOString(), isSwapping: last.state === 'swapping' }
          : null;
        return { ...summary, documents, unfinished };
      });
    },

    async planRebuild(step: PlanRebuild): Promise<BegunRebuild> {
      const { target } = step;
      return await alive('plan', step, async (context) => {
        if (target === 'live') await completeSwap(use, context);
        return await beginRebuild(use, { ...context, target }, step);
      });
    },

    /** The books: what was planned against what is there. */
    async checkRebuild(step: CheckRebuild): Promise<CheckedRebuild> {
      const { target } = step;
      return await alive('check', step, (context) => checkRebuild(use, { ...context, target }, step));
    },

    async removeLeftovers(step: ClearRebuild): Promise<number> {
      const { target, rebuild, checked } = step;
      return await alive('check', step, (context) => removeLeftovers(use, { ...context, target }, rebuild, checked));
    },

    async swapRebuild(step: RebuildStep): Promise<void> {
      await alive('swap', step, (context) => swapRebuild(use, context));
    },

    async recordRebuild(step: RecordRebuild): Promise<RebuildRecord> {
      return await alive('record', step, () => recordOf(use, step));
    },
  };
};

async function recordOf(use: RebuildActivityDependencies, step: RecordRebuild): Promise<RebuildRecord> {
  const { flow, target, run, begun, checked, leftoversRemoved, warnings } = step;
  const last = await use.rebuilds.last(flow.name, target);
  await use.leases.assertHeld(step.fence);
  if (last !== null && target === 'live') await use.rebuilds.note(last, { state: 'done' });
  const [began, outcome, quarantine] = [
    await use.runs.get(run),
    await use.plans.outcome(begun.plan.plan),
    await use.quarantine.countByCode(flow.name),
  ];
  const endedAt = attemptTime();
  const documents = await use.database.products(flow.database).collection(flow.collections.argo).countDocuments();
  const nobody = { count: 0, sample: [] };
  const balance = checked?.balance ?? null;
  return {
    flow: flow.name,
    run,
    rebuild: begun.rebuild,
    target,
    runs: begun.runs,
    startedAt: begun.startedAt,
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - (began?.startedAt ?? endedAt).getTime()) / 1000,
    platforms: last?.summary?.platforms ?? 0,
    planned: balance?.planned ?? last?.summary?.profiles ?? 0,
    rejected: balance?.rejected ?? Object.values(quarantine).reduce((sum, n) => sum + n, 0),
    removed: balance?.removed ?? 0,
    documents: documents - (balance?.foreign ?? 0),
    kept: balance?.kept ?? 0,
    leftovers: leftoversRemoved,
    firstLeftovers: balance?.leftovers.sample ?? [],
    twice: balance?.twice ?? nobody,
    missing: balance?.missing ?? nobody,
    unaccounted: balance === null ? 0 : unaccountedOf(balance),
    isWhole: balance === null || isWhole(balance),
    documentsBefore: checked?.documentsLive ?? null,
    old: last?.old ?? [],
    bytesRead: outcome.bytes,
    pages: begun.plan.pages,
    ignoredPrefixes: last?.summary?.ignoredPrefixes ?? {},
    warnings,
    quarantine,
    versions: use.versions,
  };
}
