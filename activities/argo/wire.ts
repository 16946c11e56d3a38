import { readFileSync } from 'node:fs';
import type { AuditReport } from '../../src/argo/audit/report.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { ProfileLoader } from '../../src/argo/load.ts';
import { RULES_VERSION } from '../../src/argo/rules-version.ts';
import { resolveSecret } from '../../src/config/secret.ts';
import type { PageOutcome } from '../../src/stores/plans.ts';
import { attemptTime } from '../common/time.ts';
import type { QueueActivities, Wiring } from '../common/wiring.ts';
import { auditActivities } from './audit.ts';
import { controlActivities } from './control.ts';
import { loadActivities } from './load.ts';
import { summaryActivities } from './summaries.ts';
import { transferActivities } from './transfer.ts';

/** Builds what the activities of kind `argo` need. */
export function argoActivities(wiring: Wiring): QueueActivities {
  const { database, plans, runs, receipts, quarantine, leases, hdf5, log, report, metrics, versions, now } = wiring;
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
  const onQuarantine = (flow: string, items: number): void => metrics.setQuarantine({ flow }, items);
  const onSummaries = (flow: string, failed: number): void => metrics.setSummariesFailed({ flow }, failed);
  const onAudit = (flow: string, { counts: { missing, stale, unreceipted, extra } }: AuditReport): void => {
    for (const [finding, items] of Object.entries({ missing, stale, unreceipted, extra })) metrics.setAudit({ flow, finding }, items);
  };
  return {
    control: controlActivities({
      plans,
      quarantine,
      runs,
      onQuarantine,
      versions: { ...versions, argoRules: String(RULES_VERSION) },
      now: attemptTime,
    }),
    transfer: transferActivities({ plans, receipts, leases, password, report, now }),
    load: {
      ...loadActivities({ plans, runs, loader, onOutcome, now }),
      ...summaryActivities({ database, leases, plans, runs, report, log, onMade: onSummaries, now: attemptTime }),
    },
    verify: auditActivities({ database, receipts, quarantine, plans, report, log, onReport: onAudit, now: attemptTime }),
  };
}
