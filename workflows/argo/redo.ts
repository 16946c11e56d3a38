import { continueAsNew } from '@temporalio/workflow';
import type { controlActivities } from '../../activities/argo/control.ts';
import type { PlannedRedo, redoActivities } from '../../activities/argo/redo.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { previewSentence, type RedoPreview } from '../../src/argo/redo-record.ts';
import type { PageOutcome } from '../../src/stores/plans.ts';
import { carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { type JobEnd, underLease } from '../common/job.ts';
import type { Tally } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { type LoadStage, loadRounds } from './load-rounds.ts';
import { summariesOfNight } from './summaries.ts';

export interface RedoInput {
  readonly flow: string;
  /** Run id of the night; absent: the latest that had anything to load. */
  readonly night?: string;
  /** Show what the plan holds; nothing is loaded. */
  readonly dryRun?: boolean;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: CarriedJob<ArgoFlow> & {
    readonly planned: PlannedRedo;
    readonly stage: LoadStage;
    readonly tally: Tally;
  };
}

export interface RedoRecord extends PageOutcome {
  readonly flow: string;
  readonly run: string;
  /** Run id of the night that was done again. */
  readonly night: string;
  readonly seen: number;
  readonly pages: number;
  /** What became of the summaries, where that is worth a word. */
  readonly warnings: readonly string[];
}

export interface RedoResult {
  readonly flow: string;
  readonly state: 'done' | 'dry_run' | 'stopped';
  readonly message: string;
  readonly preview: RedoPreview | null;
  readonly record: RedoRecord | null;
}

/** As a client starts it. */
export type RedoWorkflow = (input: RedoInput) => Promise<RedoResult>;

/** Loads what a past night named, from the mirror as it is now. Nothing is asked of the source. */
export async function redo({ flow, input, controls, tracker }: JobStart<ArgoFlow, RedoInput>): Promise<RedoResult> {
  const { goOn } = input;
  let planned: PlannedRedo | null = goOn?.planned ?? null;
  controls.plan = () => planned;
  controls.width ??= flow.load.width;
  const { planRedo, previewRedo } = argoActivities<ReturnType<typeof redoActivities>>('transfer', flow);
  const { planOutcome } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);

  return await underLease({ job: 'redo', flow: flow.name, kind: 'argo', access: 'write', tracker }, async (job) => {
    const request = { flow, run: job.run, fence: job.fence, night: input.night ?? null };
    if (input.dryRun === true) {
      await job.enter('look');
      const preview = await previewRedo(request);
      return ended(flow, 'dry_run', previewSentence(preview), { preview });
    }
    if (planned === null) {
      if (!(await mayGoOn(controls))) return ended(flow, 'stopped', 'Stopped by an operator before anything was planned.', {});
      await job.enter('plan');
      planned = await planRedo(request);
    }
    const { night, plan } = planned;

    const from = { stage: goOn?.stage ?? null, tally: goOn?.tally ?? null };
    const end = await loadRounds(job, { flow, plan, isForced: true, ...from, controls, tracker });
    if (end.state === 'long') {
      const state = { flow, planned, stage: end.stage, controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<RedoWorkflow>({ flow: flow.name, goOn: state });
    }
    const warnings = end.state === 'stopped' ? [] : await summariesOfNight(job, flow, [plan.plan, ...end.retries], controls);
    await job.enter('record');
    const { pagesOpen, ...outcome } = await planOutcome({ flow: flow.name, plan: plan.plan });
    const record = { flow: flow.name, run: job.run, night: night.night, seen: plan.items, pages: plan.pages, ...outcome, warnings };
    const { loaded, rejected, removed } = outcome;
    const sum = `Night ${night.night} done again: ${plan.items} profiles, ${loaded} loaded, ${rejected} rejected, ${removed} removed`;
    if (end.state === 'stopped') return ended(flow, 'stopped', `${sum}; stopped by an operator with ${pagesOpen} pages to go.`, { record });
    return ended(flow, 'done', [`${sum}.`, ...warnings].join(' '), { record });
  });
}

function ended(
  flow: ArgoFlow,
  state: RedoResult['state'],
  message: string,
  found: Partial<Pick<RedoResult, 'preview' | 'record'>>,
): JobEnd<RedoResult> {
  const { preview = null, record = null } = found;
  const result = { flow: flow.name, state, message, preview, record };
  return { result, health: state === 'stopped' ? 'stopped' : 'ok', says: message, record: { ...record, state, message } };
}
