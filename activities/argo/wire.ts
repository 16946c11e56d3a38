import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditReport } from '../../src/argo/audit/report.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { ProfileLoader } from '../../src/argo/load.ts';
import { completeSwap } from '../../src/argo/rebuild-finish.ts';
import { RebuildLedger } from '../../src/argo/rebuild-ledger.ts';
import { RULES_VERSION } from '../../src/argo/rules-version.ts';
import { upstreamFetcher } from '../../src/argo/verify/fetch.ts';
import { type Verified, Verifier } from '../../src/argo/verify/verifier.ts';
import { resolveSecret } from '../../src/config/secret.ts';
import type { PageOutcome } from '../../src/stores/plans.ts';
import { Verifications } from '../../src/stores/verifications.ts';
import { attemptTime } from '../common/time.ts';
import type { QueueActivities, Wiring } from '../common/wiring.ts';
import { auditActivities } from './audit.ts';
import { controlActivities } from './control.ts';
import { loadActivities } from './load.ts';
import { rebuildActivities } from './rebuild.ts';
import { redoActivities } from './redo.ts';
import { summaryActivities } from './summaries.ts';
import { transferActivities } from './transfer.ts';
import { verifyPlanActivities, verifyRequestActivities } from './verify.ts';

/** Builds what the activities of kind `argo` need. */
export function argoActivities(wiring: Wiring): QueueActivities {
  const { database, plans, runs, receipts, quarantine, leases, hdf5, log, report, metrics, versions, settings, now } = wiring;
  const password = async (flow: ArgoFlow): Promise<string | undefined> => {
    if (flow.upstream.password === undefined) return undefined;
    const purpose = `The rsync password of flow ${flow.name}`;
    return resolveSecret(flow.upstream.password, purpose, { env: process.env, readFile: (path) => readFileSync(path, 'utf8') }).reveal();
  };
  const loader = new ProfileLoader({ database, leases, receipts, quarantine, hdf5, log, now });
  const onOutcome = (flow: string, { bytes, ...ends }: PageOutcome): void => {
    for (const [outcome, items] of Object.entries(ends)) metrics.countItems({ flow, kind: 'argo', outcome }, items);
    metrics.countBytes({ flow, kind: 'argo' }, bytes);
  };
  const onSummaries = (flow: string, failed: number): void => metrics.setSummariesFailed({ flow }, failed);
  const onAudit = (flow: string, { counts: { missing, stale, unreceipted, extra } }: AuditReport): void => {
    for (const [finding, items] of Object.entries({ missing, stale, unreceipted, extra })) metrics.setAudit({ flow, finding }, items);
  };
  const onChecked = (flow: string, { verification: { state, counts } }: Verified): void => {
    metrics.countItems({ flow, kind: 'argo', outcome: `verified_${state}` });
    for (const [code, findings] of Object.entries(counts)) metrics.countFindings({ flow, code }, findings);
  };
  const countQuarantine = async (flow: string): Promise<Readonly<Record<string, number>>> => {
    const codes = await quarantine.countByCode(flow);
    metrics.setQuarantine(
      { flow },
      Object.values(codes).reduce((sum, n) => sum + n, 0),
    );
    return codes;
  };
  const verifications = new Verifications(database);
  const fetchUpstream = upstreamFetcher({ scratch: join(settings.home, 'scratch'), pauseMs: 1000 / settings.requestsPerSecond, password });
  const verifier = new Verifier({ database, leases, receipts, quarantine, verifications, fetchUpstream, hdf5, log, now });
  const made = { ...versions, argoRules: String(RULES_VERSION) };
  const rebuild = { database, leases, plans, receipts, quarantine, rebuilds: new RebuildLedger(database), runs, now };
  return {
    control: controlActivities({ plans, quarantine, runs, rebuilds: rebuild.rebuilds, countQuarantine, versions: made, now: attemptTime }),
    request: verifyRequestActivities({ plans, runs, verifier, onChecked, now }),
    transfer: {
      ...transferActivities({ plans, receipts, leases, password, report, completeSwap: (context) => completeSwap(rebuild, context), now }),
      ...rebuildActivities({ ...rebuild, versions: made }),
      ...redoActivities(rebuild),
    },
    load: {
      ...loadActivities({ plans, runs, loader, onOutcome, now }),
      ...summaryActivities({
        database,
        leases,
        plans,
        runs,
        rebuilds: rebuild.rebuilds,
        report,
        log,
        onMade: onSummaries,
        now: attemptTime,
      }),
    },
    verify: {
      ...auditActivities({
        database,
        receipts,
        quarantine,
        plans,
        rebuilds: rebuild.rebuilds,
        report,
        log,
        onReport: onAudit,
        now: attemptTime,
      }),
      ...verifyPlanActivities({ database, plans, receipts, runs, verifications, countQuarantine, versions: made, now }),
    },
  };
}
