import type { Database } from '../../stores/mongo.ts';
import type { Plans } from '../../stores/plans.ts';
import type { Quarantine } from '../../stores/quarantine.ts';
import type { Receipts } from '../../stores/receipts.ts';
import type { ArgoFlow } from '../flow.ts';
import { pagesOfItems } from '../pages.ts';
import { auditedFloats } from './floats.ts';
import { judgeFloat, type Suspicion } from './judge.ts';
import { type AuditCounts, type AuditReport, AuditTally, itemOf } from './report.ts';
import { type Settled, settle } from './settle.ts';

export interface AuditDependencies {
  readonly database: Database;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly plans: Plans;
}

export interface AuditRequest {
  readonly flow: ArgoFlow;
  /** Name of the plan that keeps what was found. */
  readonly plan: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** After each float. */
  readonly onProgress: (counts: AuditCounts) => void;
  readonly onFinding: (finding: Settled) => void;
}

/** Suspicions are looked up together; whole floats, so that a float's items stay in one page of the plan. */
const TOGETHER = 500;

/**
 * Compares mirror, receipts and documents of a flow in one ordered merge, and keeps what is to be loaded again as a plan.
 * Memory does not grow with the archive. Changes nothing but the plan.
 */
export async function audit(use: AuditDependencies, request: AuditRequest): Promise<AuditReport> {
  const { flow, plan, now } = request;
  const tally = new AuditTally();
  const header = await use.plans.store(plan, flow.name, pagesOfItems(itemsToRepair(use, request, tally), flow.load.batch), now);
  return tally.report(header, flow.deletions);
}

async function* itemsToRepair(use: AuditDependencies, request: AuditRequest, tally: AuditTally): AsyncGenerator<string, void, undefined> {
  for await (const settled of findings(use, request, tally)) {
    tally.find(settled);
    for (const finding of settled) {
      request.onFinding(finding);
      const item = itemOf(finding);
      if (item !== null) yield item;
    }
  }
}

async function* findings(
  use: AuditDependencies,
  { flow, signal, onProgress }: AuditRequest,
  tally: AuditTally,
): AsyncGenerator<readonly Settled[], void, undefined> {
  let suspicions: Suspicion[] = [];
  const settleAll = async (): Promise<readonly Settled[]> => {
    const all = suspicions;
    suspicions = [];
    return await settle({ ...use, flow }, all);
  };
  const onForeign = (document: string): void => {
    tally.add({ profiles: 0, receipts: 0, documents: 1 });
    suspicions.push({ suspects: { state: 'extra', document, item: null, why: 'not_an_id' }, unlessReceiptFor: document });
  };
  for await (const float of auditedFloats({ database: use.database, flow, signal, onForeign })) {
    tally.add({ profiles: float.profiles.length, receipts: float.receipts.length, documents: float.documents.size });
    suspicions.push(...judgeFloat(float));
    onProgress(tally.counts);
    if (suspicions.length >= TOGETHER) yield await settleAll();
  }
  yield await settleAll();
}
