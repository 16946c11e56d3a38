import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { generationOf } from '../../src/argo/between-swaps.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { RebuildLedger } from '../../src/argo/rebuild-ledger.ts';
import type { SummaryId } from '../../src/argo/summaries/ids.ts';
import { type SummariesMade, summariesMadeAt, summarise } from '../../src/argo/summaries/summarise.ts';
import { summaryWarnings } from '../../src/argo/summaries/warnings.ts';
import { didChange } from '../../src/argo/summaries/when.ts';
import type { Logger } from '../../src/observe/log.ts';
import type { Fence, Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { addOutcomes, noOutcome, type Plans } from '../../src/stores/plans.ts';
import type { Runs } from '../../src/stores/runs.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { ReportProgress } from '../common/report.ts';

export interface MakeSummaries {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly fence: Fence;
  /** Plans that this run loaded: where they changed nothing, and nobody else did, the summaries stay as they are. Null: make them anyway. */
  readonly unlessUnchanged: readonly string[] | null;
}

export interface SummariesDone {
  readonly state: 'made' | 'unchanged';
  readonly written: readonly SummaryId[];
  /** Sentences; empty: everything is there. */
  readonly warnings: readonly string[];
  readonly profiles: number;
}

export interface SummaryDependencies {
  readonly database: Database;
  readonly leases: Leases;
  readonly plans: Plans;
  readonly runs: Runs;
  readonly rebuilds: Pick<RebuildLedger, 'last'>;
  readonly report: ReportProgress;
  readonly log: Logger;
  /** Tells how many summaries failed. */
  readonly onMade: (flow: string, failed: number) => void;
  readonly now: () => Date;
}

/** Queue: load. */
export const summaryActivities = ({ database, leases, plans, runs, rebuilds, report, log, onMade, now }: SummaryDependencies) => {
  const isUnchanged = async (flow: ArgoFlow, run: string, loaded: readonly string[]): Promise<boolean> => {
    const outcomes = await Promise.all(loaded.map((plan) => plans.outcome(plan)));
    const madeAt = await summariesMadeAt(database.products(flow.database), flow);
    if (madeAt === null) return false;
    const others = (await runs.since(flow.name, madeAt)).filter((other) => other.run !== run);
    return !didChange(outcomes.reduce(addOutcomes, noOutcome), others, madeAt);
  };

  return {
    /** Replaces the summary documents. What fails is told, not thrown; only a lost lease and a database that is away are. */
    async makeSummaries({ flow, run, fence, unlessUnchanged }: MakeSummaries): Promise<SummariesDone> {
      if (unlessUnchanged !== null && (await isUnchanged(flow, run, unlessUnchanged))) {
        return { state: 'unchanged', written: [], warnings: [], profiles: 0 };
      }
      const assertSame = await generationOf(rebuilds, flow.name);
      const at = now();
      let profiles = 0;
      const tell = (): void => heartbeat({ phase: 'summaries', profiles });
      const making = summarise(database.products(flow.database), {
        flow,
        now: at,
        signal: cancellationSignal(),
        assertHeld: async () => {
          await leases.assertHeld(fence);
          await assertSame();
        },
        onProgress: (seen) => {
          profiles = seen.profiles;
          tell();
          report({ run, done: profiles, total: 0, bytes: 0 });
        },
      });
      const made: SummariesMade = await withSignsOfLife(making, tell);
      for (const { id, message } of made.failed) log.error({ event: 'summary_failed', flow: flow.name, summary: id, message });
      onMade(flow.name, made.failed.length);
      if (made.failed.length === 0) await runs.summarised(run, at);
      return { state: 'made', written: made.written, warnings: summaryWarnings(made.failed), profiles: made.profiles };
    },
  };
};
