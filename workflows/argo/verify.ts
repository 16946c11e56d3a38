import { continueAsNew } from '@temporalio/workflow';
import type { PlannedSample, verifyPlanActivities } from '../../activities/argo/verify.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type VerifyRecord, verifySentence } from '../../src/argo/verify/record.ts';
import type { PlanHeader } from '../../src/stores/plans.ts';
import { activitiesOf } from '../common/activities.ts';
import { carry, takeRetry } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { type JobEnd, underLease } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';
import type { Tally } from '../common/tracker.ts';
import { checkSample } from './check-sample.ts';

export interface VerifyInput {
  readonly flow: string;
  /** Profiles to check; absent: as many as the flow says. */
  readonly sample?: number;
  /** Draws the same sample again from the same documents; absent: another in every run. */
  readonly seed?: number;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: VerifyState;
}

/** Where the checks are: round 0 is the sample, later rounds what operators asked to have checked again meanwhile. */
export interface CheckStage {
  readonly round: number;
  readonly plan: PlanHeader;
  /** First profile not yet begun. */
  readonly next: number;
}

export interface VerifyState extends CarriedJob<ArgoFlow> {
  readonly sample: PlannedSample;
  readonly stage: CheckStage;
  readonly tally: Tally;
}

export interface VerifyResult {
  readonly flow: string;
  readonly state: 'done' | 'stopped' | 'unreachable';
  readonly message: string;
  readonly record: VerifyRecord;
}

/** As a client starts it. */
export type VerifyWorkflow = (input: VerifyInput) => Promise<VerifyResult>;

/** The roundtrip check: draw a sample, fetch its files again from the source, compare, keep the record. Changes no product. */
export async function verify({ flow, input, controls, tracker }: JobStart<ArgoFlow, VerifyInput>): Promise<VerifyResult> {
  const { goOn } = input;
  let sample: PlannedSample | null = goOn?.sample ?? null;
  controls.plan = () => sample;
  controls.width ??= 1;
  const { drawSample, planAgain, recordVerification } = activitiesOf<ReturnType<typeof verifyPlanActivities>>(
    'argo',
    activityOptions('verify', null),
  );

  return await underLease({ job: 'verify', flow: flow.name, kind: 'argo', access: 'read', tracker }, async (job) => {
    const { run } = job;
    if (sample === null) {
      await job.enter('draw');
      const { sample: wanted = flow.verify.sample, seed = null } = input;
      sample = await drawSample({ flow, run, plan: `verify-${run}`, sample: wanted, seed });
    }
    let stage: CheckStage = goOn?.stage ?? { round: 0, plan: sample, next: 0 };
    let tally: Tally | null = goOn?.tally ?? null;
    for (;;) {
      const { round, plan, next } = stage;
      await job.enter(round === 0 ? 'check' : 'retry', tally ?? { total: plan.items });
      const end = await checkSample(job, { flow, plan, from: next, controls, tracker });
      if (end.state === 'long') {
        const state = { flow, sample, stage: { ...stage, next: end.next }, controls: carry(controls), tally: tracker.tally };
        return await continueAsNew<VerifyWorkflow>({ flow: flow.name, goOn: state });
      }
      const items = end.state === 'finished' ? takeRetry(controls) : undefined;
      if (items === undefined) {
        controls.isClosing = true;
        await job.enter('record');
        return ended(await recordVerification({ flow, run, sample }), end.state);
      }
      stage = { round: round + 1, plan: await planAgain({ flow, run, plan: `verify-${run}-again-${round + 1}`, items }), next: 0 };
      tally = null;
    }
  });
}

function ended(record: VerifyRecord, end: 'finished' | 'stopped' | 'unreachable'): JobEnd<VerifyResult> {
  const sentence = verifySentence(record);
  switch (end) {
    case 'finished':
      return endOf(record, 'done', sentence, 'ok');
    case 'stopped':
      return endOf(record, 'stopped', `Stopped by an operator. ${sentence}`, 'stopped');
    case 'unreachable':
      return endOf(
        record,
        'unreachable',
        `The source could not be read, so the check was given up; the next one tries again. ${sentence}`,
        'failed',
      );
  }
}

function endOf(
  record: VerifyRecord,
  state: VerifyResult['state'],
  message: string,
  health: JobEnd<VerifyResult>['health'],
): JobEnd<VerifyResult> {
  return { result: { flow: record.flow, state, message, record }, health, says: message, record: { ...record, state, message } };
}
