import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { type AuditDependencies, audit } from '../../src/argo/audit/audit.ts';
import { type AuditReport, findingText, noCounts } from '../../src/argo/audit/report.ts';
import { betweenSwaps } from '../../src/argo/between-swaps.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { RebuildLedger } from '../../src/argo/rebuild-ledger.ts';
import type { Logger } from '../../src/observe/log.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { ReportProgress } from '../common/report.ts';

export interface AuditMirror {
  readonly flow: ArgoFlow;
  readonly run: string;
  /** 1 for the first look; a later one compares again. */
  readonly look: number;
}

export interface AuditActivityDependencies extends AuditDependencies {
  readonly rebuilds: Pick<RebuildLedger, 'last'>;
  readonly report: ReportProgress;
  readonly log: Logger;
  readonly onReport: (flow: string, report: AuditReport) => void;
  readonly now: () => Date;
}

/** Findings beyond this are in the plan, not in the log. */
const LOGGED = 1_000;

/** Queue: verify. */
export const auditActivities = ({ report, log, onReport, now, rebuilds, ...use }: AuditActivityDependencies) => ({
  /** Compares mirror and database. What a repair would load again is kept as a plan; an attempt that follows a killed one begins anew. */
  async auditMirror({ flow, run, look }: AuditMirror): Promise<AuditReport> {
    let counts = noCounts;
    let logged = 0;
    const total = await withSignsOfLife(use.receipts.count(flow.name), () => heartbeat({ phase: 'count' }));
    const tell = (): void => {
      heartbeat({ profiles: counts.profiles, of: total });
      report({ run, done: counts.profiles, total, bytes: 0 });
    };
    const auditing = betweenSwaps(rebuilds, flow.name, () =>
      audit(use, {
        flow,
        plan: `audit-${run}-${look}-${activityInfo().attempt}`,
        now: now(),
        signal: cancellationSignal(),
        onProgress: (seen) => {
          counts = seen;
        },
        onFinding: (finding) => {
          if (finding.state === 'rejected') return;
          logged += 1;
          if (logged <= LOGGED) log.warn({ event: 'audit_finding', flow: flow.name, finding: finding.state, what: findingText(finding) });
        },
      }),
    );
    const found = await withSignsOfLife(auditing, tell);
    onReport(flow.name, found);
    return found;
  },
});
