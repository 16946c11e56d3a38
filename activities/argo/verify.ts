import { hash } from 'node:crypto';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { listName, parseKeyText } from '../../src/argo/names.ts';
import { type DrawDependencies, type DrawnSample, drawSample } from '../../src/argo/verify/draw.ts';
import { BOUND_DAYS, type VerifyRecord, verifyRecord } from '../../src/argo/verify/record.ts';
import type { Verified, Verifier } from '../../src/argo/verify/verifier.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { PlanHeader, PlanPage, Plans } from '../../src/stores/plans.ts';
import type { Receipts } from '../../src/stores/receipts.ts';
import type { Runs } from '../../src/stores/runs.ts';
import type { VerificationState, Verifications } from '../../src/stores/verifications.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';

export interface DrawRun {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly plan: string;
  readonly sample: number;
  /** Null: one made from the run, so that each run draws another sample. */
  readonly seed: number | null;
}

/** A drawn sample whose ids are in the plan. */
export interface PlannedSample extends PlanHeader, Omit<DrawnSample, 'ids'> {
  readonly seed: number;
}

export interface CheckAgain {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly plan: string;
  /** Keys `<dac>/<wmo>_<number>`; null: what this run found wrong or could not fetch. */
  readonly items: readonly string[] | null;
}

export interface RecordRun {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly sample: PlannedSample;
}

export interface PlanDependencies extends DrawDependencies {
  readonly plans: Plans;
  readonly receipts: Receipts;
  readonly runs: Runs;
  readonly verifications: Verifications;
  /** Tells how many entries of a flow are open. */
  readonly countQuarantine: (flow: string) => Promise<unknown>;
  readonly versions: Readonly<Record<string, string>>;
  readonly now: () => Date;
}

/** Draws what is to be checked, and adds up what came of it. Queue: verify. */
export const verifyPlanActivities = (use: PlanDependencies) => {
  const { plans, receipts, runs, verifications, countQuarantine, versions, now } = use;
  return {
    /** Repeated after a crash it draws again: nothing was checked yet. */
    async drawSample({ flow, run, plan, sample, seed: wanted }: DrawRun): Promise<PlannedSample> {
      const seed = wanted ?? hash('sha256', run, 'buffer').readUInt32LE();
      const drawing = drawSample(use, { flow, sample, seed, now: now(), onTick: () => cancellationSignal().throwIfAborted() });
      const { ids, ...strata } = await withSignsOfLife(drawing, () => heartbeat({ phase: 'draw' }));
      const header = await plans.store(plan, flow.name, pagesOf(ids), now(), async () => heartbeat({ phase: 'store' }));
      return { ...header, ...strata, seed };
    },

    async planAgain({ flow, run, plan, items }: CheckAgain): Promise<PlanHeader> {
      const known = await plans.header(plan);
      if (known !== null) return known;
      const products = items === null ? verifications.productsOf(run, ['wrong', 'failed']) : await productsOf(receipts, flow.name, items);
      return await plans.store(plan, flow.name, pagesOf(products), now());
    },

    /** Adds the run up from what is kept of its checks, so that no crash can make one count twice. */
    async recordVerification({ flow, run, sample }: RecordRun): Promise<VerifyRecord> {
      const endedAt = now();
      const from = new Date(endedAt.getTime() - BOUND_DAYS * 86_400_000);
      const adding = Promise.all([
        verifications.totals(run),
        verifications.since(flow.name, from),
        runs.get(run),
        countQuarantine(flow.name),
      ]);
      const [totals, since, begun] = await withSignsOfLife(adding, () => heartbeat({ phase: 'record' }));
      const { seed, items: drawn, recent, centres, ages } = sample;
      return verifyRecord({
        flow: flow.name,
        run,
        startedAt: begun?.startedAt ?? endedAt,
        endedAt,
        seed,
        sample: { drawn, recent, centres, ages },
        totals,
        since,
        versions,
      });
    },
  };
};

/** One profile a page: the rate of the queue is then the rate of requests to the host. */
async function* pagesOf(products: Iterable<string> | AsyncIterable<string>): AsyncGenerator<PlanPage> {
  for await (const product of products) yield { items: [product], count: 1 };
}

async function productsOf(receipts: Receipts, flow: string, items: readonly string[]): Promise<readonly string[]> {
  const known = await receipts.find(flow, items);
  return items.flatMap((item) => {
    const key = parseKeyText(item);
    return known.get(item)?.product ?? (key === null ? [] : listName(key));
  });
}

export interface CheckPage {
  readonly flow: ArgoFlow;
  readonly plan: string;
  readonly page: number;
  readonly run: string;
  readonly fence: Fence;
}

/** Small: the findings themselves are in the database. */
export interface Checked {
  readonly state: VerificationState;
  readonly findings: number;
  /** The server could not be read, however often it was asked. */
  readonly isServerDown: boolean;
}

export interface CheckPageDependencies {
  readonly plans: Pick<Plans, 'page'>;
  readonly runs: Pick<Runs, 'advance'>;
  readonly verifier: Pick<Verifier, 'verify'>;
  readonly onChecked: (flow: string, verified: Verified) => void;
  readonly now: () => Date;
}

/** So often a server that cannot be read is asked for one profile's files. */
const PATIENT_ATTEMPTS = 3;

/** Fetches from the facility. Queue: request, whose rate the server keeps over all workers. */
export const verifyRequestActivities = ({ plans, runs, verifier, onChecked, now }: CheckPageDependencies) => ({
  async checkProfile({ flow, plan, page, run, fence }: CheckPage): Promise<Checked> {
    const [id] = (await plans.page(plan, page)).items;
    if (id === undefined) return { state: 'skipped', findings: 0, isServerDown: false };
    const isPatienceOver = activityInfo().attempt >= PATIENT_ATTEMPTS;
    const checking = verifier.verify({ flow, id, plan, run, fence, isPatienceOver, signal: cancellationSignal() });
    const verified = await withSignsOfLife(checking, () => heartbeat({ page, id }));
    const { state, counts } = verified.verification;
    if (verified.isFirst) {
      await runs.advance(run, { done: 1, failed: isTrouble(state) ? 1 : 0, bytes: 0 }, now());
      onChecked(flow.name, verified);
    }
    const findings = Object.values(counts).reduce((sum, n) => sum + n, 0);
    return { state, findings, isServerDown: verified.isServerDown };
  },
});

const isTrouble = (state: VerificationState): boolean => state === 'wrong' || state === 'failed';
