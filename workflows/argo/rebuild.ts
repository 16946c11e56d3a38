import { continueAsNew } from '@temporalio/workflow';
import type { RebuildPreview, rebuildActivities } from '../../activities/argo/rebuild.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { BegunRebuild } from '../../src/argo/rebuild-begin.ts';
import type { CheckedRebuild } from '../../src/argo/rebuild-check.ts';
import { brokenSentences, previewSentence, type RebuildRecord, rebuildSentence, swappedSentence } from '../../src/argo/rebuild-record.ts';
import { targetFlow } from '../../src/argo/rebuild-target.ts';
import { isAccepted } from '../common/ask.ts';
import { type Controls, carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import { type Job, type JobEnd, underLease } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import type { Tally } from '../common/tracker.ts';
import { argoActivities } from './activities.ts';
import { type LoadStage, loadRounds } from './load-rounds.ts';
import { summariesOfNight } from './summaries.ts';

export interface RebuildInput {
  readonly flow: string;
  /** Load beside the live collections, and swap when everything is there. */
  readonly beside?: boolean;
  /** Begin anew even where an unfinished rebuild could be taken up. */
  readonly fresh?: boolean;
  /** Accept what the rebuild would ask about. */
  readonly force?: boolean;
  /** Count what the mirror holds; nothing is loaded. */
  readonly dryRun?: boolean;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: CarriedJob<ArgoFlow> & {
    readonly begun: BegunRebuild;
    readonly stage: LoadStage;
    readonly tally: Tally;
  };
}

export interface RebuildResult {
  readonly flow: string;
  readonly state: 'done' | 'dry_run' | 'stopped';
  readonly message: string;
  readonly preview: RebuildPreview | null;
  readonly record: RebuildRecord | null;
}

/** As a client starts it. */
export type RebuildWorkflow = (input: RebuildInput) => Promise<RebuildResult>;

/** Makes every document anew from the mirror alone: plan, load, balance the books, and, beside the live collections, swap. */
export async function rebuild({ flow, input, controls, tracker }: JobStart<ArgoFlow, RebuildInput>): Promise<RebuildResult> {
  const { goOn } = input;
  let begun: BegunRebuild | null = goOn?.begun ?? null;
  controls.plan = () => begun;
  if (input.force === true) controls.isForced = true;
  controls.width ??= flow.load.width;
  const target = goOn?.begun.target ?? (input.beside === true ? 'beside' : 'live');
  const { previewRebuild, planRebuild, swapRebuild, recordRebuild } = argoActivities<ReturnType<typeof rebuildActivities>>(
    'transfer',
    flow,
  );

  return await underLease({ job: 'rebuild', flow: flow.name, kind: 'argo', access: 'write', tracker }, async (job) => {
    const step = { flow, target, run: job.run, fence: job.fence };
    if (input.dryRun === true) {
      await job.enter('look');
      const preview = await previewRebuild(step);
      return ended(flow, 'dry_run', previewSentence(preview, target), { preview });
    }
    while (begun === null) {
      if (!(await mayGoOn(controls))) return stopped(flow, 'before anything was planned');
      await job.enter('plan');
      begun = await untilPutDown(controls, () =>
        planRebuild({ ...step, isFresh: input.fresh === true, acceptsEmptyMirror: controls.isForced }),
      );
    }

    let books: Books | null = null;
    if (!begun.isLoaded) {
      const end = await loadRounds(job, {
        flow: targetFlow(flow, target),
        plan: begun.plan,
        isForced: true,
        madeBy: begun.rebuild,
        stage: goOn?.stage ?? { round: 0, plan: begun.plan, next: begun.from, retries: [] },
        tally: goOn?.tally ?? tallyOf(begun),
        controls,
        tracker,
      });
      if (end.state === 'stopped') return stopped(flow, 'before everything was loaded');
      if (end.state === 'long') {
        const state = { flow, begun, stage: end.stage, controls: carry(controls), tally: tracker.tally };
        return await continueAsNew<RebuildWorkflow>({ flow: flow.name, goOn: state });
      }
      books = await balance(job, flow, begun, controls);
      if (books === null) return stopped(flow, 'before its question was answered');
    }

    if (target === 'beside') {
      await job.enter('swap');
      await swapRebuild(step);
    }
    const warnings = await summariesOfNight(job, flow, null, controls);
    await job.enter('record');
    const record = await recordRebuild({
      ...step,
      warnings,
      begun,
      checked: books?.checked ?? null,
      leftoversRemoved: books?.leftoversRemoved ?? 0,
    });
    const message = books === null ? swappedSentence(record) : rebuildSentence(record, brokenSentences(books.checked.balance));
    return ended(flow, 'done', [message, ...warnings].join(' '), { record });
  });
}

interface Books {
  readonly checked: CheckedRebuild;
  readonly leftoversRemoved: number;
}

/** Compares what was planned with what is there, and removes what no file accounts for. Null: the run was stopped. */
async function balance(job: Job, flow: ArgoFlow, { rebuild: id, target, plan }: BegunRebuild, controls: Controls): Promise<Books | null> {
  const { checkRebuild, removeLeftovers } = argoActivities<ReturnType<typeof rebuildActivities>>('transfer', flow);
  const step = { flow, target, run: job.run, fence: job.fence };
  for (let look = 1; await mayGoOn(controls); look += 1) {
    await job.enter('check');
    const checked = await checkRebuild({ ...step, rebuild: id, plan: plan.plan, look });
    const { question, leftovers, staleReceipts } = checked;
    const goesOn = question === null || controls.isForced || (await isAccepted(job, controls, question, 'Nothing was removed or swapped.'));
    if (!goesOn) continue;
    if (leftovers === null && staleReceipts === 0) return { checked, leftoversRemoved: 0 };
    return { checked, leftoversRemoved: await removeLeftovers({ ...step, rebuild: id, checked: { leftovers, staleReceipts } }) };
  }
  return null;
}

/** What earlier runs of the rebuild did counts. */
function tallyOf({ plan, before }: BegunRebuild): Tally {
  const { loaded, unchanged, rejected, removed, bytes } = before;
  return { total: plan.items, done: loaded + unchanged + rejected + removed, failed: rejected, bytes };
}

function ended(
  flow: ArgoFlow,
  state: RebuildResult['state'],
  message: string,
  found: Partial<Pick<RebuildResult, 'preview' | 'record'>>,
): JobEnd<RebuildResult> {
  const { preview = null, record = null } = found;
  const result = { flow: flow.name, state, message, preview, record };
  const isBroken = record !== null && !record.isWhole;
  const health = state === 'stopped' ? 'stopped' : isBroken ? 'failing' : 'ok';
  return { result, health, says: message, record: { ...record, state, message } };
}

const stopped = (flow: ArgoFlow, when: string): JobEnd<RebuildResult> =>
  ended(flow, 'stopped', `Stopped by an operator ${when}; the next rebuild goes on from there.`, {});
