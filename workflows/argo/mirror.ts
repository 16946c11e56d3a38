import { continueAsNew, patched } from '@temporalio/workflow';
import type { controlActivities } from '../../activities/argo/control.ts';
import type { ListedChanges, PlannedNight, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type NightRecord, nightSentence } from '../../src/argo/night.ts';
import { type Controls, carry } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { type Job, type JobEnd, underLease } from '../common/job.ts';
import type { Tally } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { copyListed } from './copy.ts';
import { listUntilSafe } from './list.ts';
import { type LoadStage, loadRounds } from './load-rounds.ts';
import { summariesOfNight } from './summaries.ts';

export interface MirrorInput {
  readonly flow: string;
  /** Accept a loss of profiles over the set share, and load what is listed even where receipts match. */
  readonly force?: boolean;
  /** Show what a night would do; nothing is copied, loaded or deleted. */
  readonly dryRun?: boolean;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: MirrorState;
}

/** Carried over when a run goes on as new: the copy is done, the load is somewhere in the middle. */
export interface MirrorState extends CarriedJob<ArgoFlow> {
  readonly night: Night;
  readonly stage: LoadStage;
  readonly tally: Tally;
}

export interface MirrorResult {
  readonly flow: string;
  readonly state: 'done' | 'dry_run' | 'stopped';
  readonly message: string;
  readonly listed: ListedChanges | null;
  readonly record: NightRecord | null;
}

/** What is copied and waits to be loaded. */
interface Night {
  readonly listed: ListedChanges;
  readonly plan: PlannedNight;
  /** Sentences from the copy: files that vanished or could not be read. */
  readonly warnings: readonly string[];
}

/** As a client starts it. */
export type MirrorWorkflow = (input: MirrorInput) => Promise<MirrorResult>;

/** The night: list what changed at the source, copy it, load it, keep the record. */
export async function mirror({ flow, input, controls, tracker }: JobStart<ArgoFlow, MirrorInput>): Promise<MirrorResult> {
  const { goOn } = input;
  let listed: ListedChanges | null = goOn?.night.listed ?? null;
  controls.plan = () => listed;
  if (input.force === true) controls.isForced = true;

  const { recordNight } = argoActivities<ReturnType<typeof controlActivities>>('control', flow);
  const { closeLists } = argoActivities<ReturnType<typeof transferActivities>>('transfer', flow);
  controls.width ??= flow.load.width;

  return await underLease({ job: 'mirror', flow: flow.name, kind: 'argo', access: 'write', tracker }, async (job) => {
    if (input.dryRun === true) {
      listed = await listUntilSafe(job, flow, controls, { look: 1, isDryRun: true, accepted: null });
      if (listed === null) return stopped(flow, 'before anything was listed', null);
      await closeLists({ flow, lists: [listed.list] });
      return ended(flow, 'dry_run', listed.sentence, listed, null);
    }
    const onListed = (seen: ListedChanges): void => {
      listed = seen;
    };
    const night = goOn?.night ?? (await bringHome(job, flow, controls, onListed));
    if (night === null) return stopped(flow, 'before everything was copied', listed);

    const from = { stage: goOn?.stage ?? null, tally: goOn?.tally ?? null };
    const end = await loadRounds(job, { flow, plan: night.plan, isForced: false, ...from, controls, tracker });
    if (end.state === 'stopped') return stopped(flow, 'before everything was loaded', listed);
    if (end.state === 'long') {
      const state = { flow, night, stage: end.stage, controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<MirrorWorkflow>({ flow: flow.name, goOn: state });
    }

    const { plan } = night;
    // Nights that were under way when there were no summaries yet are replayed without.
    const unsummarised = patched('summaries') ? await summariesOfNight(job, flow, [plan.plan, ...end.retries], controls) : [];

    await job.enter('record');
    const warnings = [...night.warnings, ...unsummarised];
    const record = await recordNight({ flow, run: job.run, plan: plan.plan, retries: end.retries, listed: night.listed, warnings });
    await closeLists({ flow, lists: plan.lists });
    return ended(flow, 'done', [nightSentence(record), ...unsummarised].join(' '), listed, record);
  });
}

/** Lists, copies and plans. A source that has moved on too far meanwhile is listed, and judged, again. Null: the run was stopped. */
async function bringHome(job: Job, flow: ArgoFlow, controls: Controls, onListed: (listed: ListedChanges) => void): Promise<Night | null> {
  const { planChanges } = argoActivities<ReturnType<typeof transferActivities>>('transfer', flow);
  let accepted: number | null = null;
  for (let look = 1; ; look += 1) {
    const listed: ListedChanges | null = await listUntilSafe(job, flow, controls, { look, isDryRun: false, accepted });
    if (listed === null) return null;
    onListed(listed);
    const copied = await copyListed(job, flow, listed, controls);
    if (copied.state !== 'complete') {
      if (copied.state === 'stopped') return null;
      // Who accepted a loss did not accept any greater one: past what never asks, the run asks again.
      accepted = listed.profilesToLose + flow.deletions.floor;
      continue;
    }
    await job.enter('plan');
    return { listed, plan: await planChanges({ flow, list: listed.list }), warnings: copied.warnings };
  }
}

function ended(
  flow: ArgoFlow,
  state: MirrorResult['state'],
  message: string,
  listed: ListedChanges | null,
  record: NightRecord | null,
): JobEnd<MirrorResult> {
  const result = { flow: flow.name, state, message, listed, record };
  return { result, health: state === 'stopped' ? 'stopped' : 'ok', says: message, record: { ...record, state, message } };
}

const stopped = (flow: ArgoFlow, when: string, listed: ListedChanges | null): JobEnd<MirrorResult> =>
  ended(flow, 'stopped', `Stopped by an operator ${when}; the next run goes on from there.`, listed, null);
