import { assertNotSwapping } from '../../src/argo/between-swaps.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { parseKeyText } from '../../src/argo/names.ts';
import type { NightRecord } from '../../src/argo/night.ts';
import { pagesOfItems } from '../../src/argo/pages.ts';
import type { RebuildLedger } from '../../src/argo/rebuild-ledger.ts';
import { Failure } from '../../src/errors.ts';
import { addOutcomes, noOutcome, type PageOutcome, type PlanHeader, type Plans } from '../../src/stores/plans.ts';
import type { Quarantine } from '../../src/stores/quarantine.ts';
import type { Runs } from '../../src/stores/runs.ts';
import type { ListedChanges } from './transfer.ts';

export interface ControlDependencies {
  readonly plans: Plans;
  readonly quarantine: Quarantine;
  readonly runs: Runs;
  readonly rebuilds: Pick<RebuildLedger, 'last'>;
  /** The open entries of a flow by code; tells the metrics how many there are. */
  readonly countQuarantine: (flow: string) => Promise<Readonly<Record<string, number>>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly now: () => Date;
}

export interface RecordNight {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly plan: string;
  /** Plans of what operators had tried again in the same run. */
  readonly retries: readonly string[];
  readonly listed: ListedChanges;
  /** Sentences from the copy: files that vanished or could not be read. */
  readonly warnings: readonly string[];
}

export interface PlanItems {
  readonly flow: ArgoFlow;
  readonly plan: string;
  /** Keys `<dac>/<wmo>_<number>`; null: the flow's open quarantine. */
  readonly items: readonly string[] | null;
}

export interface PlanOf {
  readonly flow: string;
  readonly plan: string;
}

/** Book-keeping of the argo jobs. Queue: control. */
export const controlActivities = ({ plans, quarantine, runs, rebuilds, countQuarantine, versions, now }: ControlDependencies) => {
  return {
    /** A plan of named profiles, or of what is in quarantine. */
    async planItems({ flow, plan, items }: PlanItems): Promise<PlanHeader> {
      const known = await plans.header(plan);
      if (known !== null) return known;
      // Completing a swap takes longer than a small activity may.
      await assertNotSwapping(rebuilds, flow.name);
      for (const item of items ?? []) {
        if (parseKeyText(item) !== null) continue;
        throw new Failure({
          kind: 'stop',
          code: 'bad_item',
          happened: `"${item}" names no profile`,
          expected: '<dac>/<wmo>_<number>, such as aoml/13857_001',
          remedy: 'Look at the keys with: landfall quarantine list',
        });
      }
      const source = items === null ? quarantine.openItems(flow.name) : items.toSorted();
      return await plans.store(plan, flow.name, pagesOfItems(source, flow.load.batch), now());
    },

    async planOutcome({ flow, plan }: PlanOf): Promise<PageOutcome & { readonly pagesOpen: number }> {
      await countQuarantine(flow);
      return await plans.outcome(plan);
    },

    /** Adds the night up from what its pages kept, so that no crash can make it count twice. */
    async recordNight({ flow, run, plan, retries, listed, warnings }: RecordNight): Promise<NightRecord> {
      const [header, outcome, retried, begun, codes] = await Promise.all([
        plans.header(plan),
        plans.outcome(plan),
        Promise.all(retries.map((retry) => plans.outcome(retry))),
        runs.get(run),
        countQuarantine(flow.name),
      ]);
      const endedAt = now();
      const startedAt = begun?.startedAt ?? endedAt;
      const { loaded, unchanged, rejected, removed } = outcome;
      return {
        flow: flow.name,
        run,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
        seconds: (endedAt.getTime() - startedAt.getTime()) / 1000,
        seen: header?.items ?? 0,
        loaded,
        unchanged,
        rejected,
        removed,
        retried: retried.length === 0 ? null : sumOf(retried),
        bytesRead: outcome.bytes,
        filesCopied: listed.filesToCopy,
        bytesCopied: listed.bytesToCopy,
        filesDeleted: listed.filesToDelete,
        unknownNames: listed.unknownNames,
        warnings: [...listed.warnings, ...warnings],
        quarantine: codes,
        versions,
      };
    },
  };
};

function sumOf(outcomes: readonly PageOutcome[]): PageOutcome {
  const { loaded, unchanged, rejected, removed, bytes } = outcomes.reduce(addOutcomes, noOutcome);
  return { loaded, unchanged, rejected, removed, bytes };
}
