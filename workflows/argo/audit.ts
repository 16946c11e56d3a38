import { continueAsNew } from '@temporalio/workflow';
import type { auditActivities } from '../../activities/argo/audit.ts';
import type { controlActivities } from '../../activities/argo/control.ts';
import { type AuditReport, auditSentence } from '../../src/argo/audit/report.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { PageOutcome } from '../../src/stores/plans.ts';
import { isAccepted } from '../common/ask.ts';
import { type Controls, carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { type Job, type JobEnd, underLease } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import type { Tally } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { loadPlan } from './load.ts';

export interface AuditInput {
  readonly flow: string;
  /** Load again what differs, and remove what nothing in the mirror stands behind. */
  readonly repair?: boolean;
  /** Accept the loss that a repair would otherwise ask about. */
  readonly force?: boolean;
  /** Set by Landfall when a long repair goes on as new. */
  readonly goOn?: AuditState;
}

export interface AuditState extends CarriedJob<ArgoFlow> {
  readonly report: AuditReport;
  /** First page of the repair not yet started. */
  readonly next: number;
  readonly tally: Tally;
}

export interface AuditResult {
  readonly flow: string;
  readonly state: 'done' | 'stopped';
  readonly message: string;
  readonly report: AuditReport | null;
  readonly repair: PageOutcome | null;
  readonly record: Readonly<Record<string, unknown>>;
}

/** As a client starts it. */
export type AuditWorkflow = (input: AuditInput) => Promise<AuditResult>;

/** Compares mirror and database, and puts right what differs when it is asked to. Only a repair takes the flow's own lease. */
export async function audit({ flow, input, controls, tracker }: JobStart<ArgoFlow, AuditInput>): Promise<AuditResult> {
  const { goOn } = input;
  const repairs = input.repair === true;
  let report: AuditReport | null = goOn?.report ?? null;
  controls.plan = () => report;
  if (input.force === true) controls.isForced = true;
  controls.width ??= flow.load.width;

  return await underLease({ job: 'audit', flow: flow.name, kind: 'argo', access: repairs ? 'write' : 'read', tracker }, async (job) => {
    report ??= await auditUntilSafe(job, flow, controls, repairs);
    if (report === null) return ended(flow, 'stopped', 'Stopped by an operator before everything was compared.', null, null);
    if (!repairs || report.plan.items === 0) return ended(flow, 'done', auditSentence(report), report, null);

    await job.enter('repair', goOn?.tally ?? { total: report.plan.items });
    const loaded = await loadPlan(job, { flow, plan: report.plan, from: goOn?.next ?? 0, isForced: true, controls, tracker });
    if (loaded.state === 'long') {
      const state = { flow, report, next: loaded.next, controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<AuditWorkflow>({ flow: flow.name, repair: true, goOn: state });
    }
    const { planOutcome } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);
    const { pagesOpen, ...repair } = await planOutcome({ flow: flow.name, plan: report.plan.plan });
    const state = loaded.state === 'finished' && pagesOpen === 0 ? 'done' : 'stopped';
    const repaired = `Repair: ${repair.loaded} loaded, ${repair.rejected} rejected, ${repair.removed} removed.`;
    return ended(flow, state, `${auditSentence(report)} ${repaired}`, report, repair);
  });
}

/** Compares until a repair may begin. One that would remove more documents than the flow allows asks first. Null: the run is to stop. */
async function auditUntilSafe(job: Job, flow: ArgoFlow, controls: Controls, repairs: boolean): Promise<AuditReport | null> {
  const { auditMirror } = argoActivities<ReturnType<typeof auditActivities>>('verify', flow);
  for (let look = 1; await mayGoOn(controls); look += 1) {
    await job.enter('compare');
    const report = await untilPutDown(controls, () => auditMirror({ flow, run: job.run, look }));
    if (report === null) continue;
    if (!repairs || report.question === null || controls.isForced) return report;

    if (await isAccepted(job, controls, report.question, 'Nothing was removed.')) return report;
  }
  return null;
}

function ended(
  flow: ArgoFlow,
  state: AuditResult['state'],
  message: string,
  report: AuditReport | null,
  repair: PageOutcome | null,
): JobEnd<AuditResult> {
  const findings = report === null ? [] : Object.entries(report.samples).flatMap(([sort, lines]) => lines.map((line) => `${sort} ${line}`));
  const record = { ...report?.counts, ...repair, findings, plan: report?.plan.plan ?? null };
  const result = { flow: flow.name, state, message, report, repair, record };
  return { result, health: state === 'done' ? 'ok' : 'stopped', says: message, record: { ...record, state, message } };
}
