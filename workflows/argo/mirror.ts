import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { controlActivities } from '../../activities/argo/control.ts';
import type { ListedChanges, PlannedNight, transferActivities } from '../../activities/argo/transfer.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { type NightRecord, nightSentence } from '../../src/argo/night.ts';
import { listen } from '../common/controls.ts';
import { type JobEnd, readably, underLease } from '../common/job.ts';
import { activityOptions } from '../common/policies.ts';
import { type Tally, Tracker } from '../common/tracker.ts';
import { type Copied, copyListed } from './copy.ts';
import { listUntilSafe } from './list.ts';
import { loadPlan } from './load.ts';
import { retryAsked } from './retry.ts';

export interface MirrorInput {
  readonly flow: string;
  /** Accept a loss of profiles over the set share, and load what is listed even where receipts match. */
  readonly force?: boolean;
  /** Show what a night would do; nothing is copied, loaded or deleted. */
  readonly dryRun?: boolean;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: MirrorState;
}

/** Carried over when a run goes on as new: the copy is done, the load is at page `next`. */
export interface MirrorState {
  readonly flow: ArgoFlow;
  readonly listed: ListedChanges;
  readonly plan: PlannedNight;
  readonly warnings: readonly string[];
  readonly next: number;
  readonly width: number;
  readonly isForced: boolean;
  readonly tally: Tally;
}

export interface MirrorResult {
  readonly flow: string;
  readonly state: 'done' | 'dry_run' | 'stopped';
  readonly message: string;
  readonly listed: ListedChanges | null;
  readonly record: NightRecord | null;
}

/** The night: list what changed at the source, copy it, load it, keep the record. */
export async function mirror(input: MirrorInput): Promise<MirrorResult> {
  const tracker = new Tracker(`mirror of ${input.flow}`);
  let listed: ListedChanges | null = input.goOn?.listed ?? null;
  const controls = listen(input.goOn?.width ?? null, tracker, () => listed);
  controls.isForced = input.goOn?.isForced ?? input.force === true;

  const { resolveArgo, recordNight } = proxyActivities<ReturnType<typeof controlActivities>>(activityOptions('control', null));
  const flow = input.goOn?.flow ?? (await readably(() => resolveArgo({ flow: input.flow })));
  controls.width ??= flow.load.width;
  const { planChanges, closeLists } = proxyActivities<ReturnType<typeof transferActivities>>(activityOptions('transfer', flow.queueSuffix));

  return await underLease({ job: 'mirror', flow: flow.name, kind: 'argo', tracker }, async (job) => {
    let plan = input.goOn?.plan ?? null;
    let warnings = input.goOn?.warnings ?? [];
    if (listed === null || plan === null) {
      let copied: Copied = { state: 'moved' };
      for (let look = 1; copied.state === 'moved'; look += 1) {
        listed = await listUntilSafe(job, flow, controls, { look, isDryRun: input.dryRun === true });
        if (listed === null) return stopped(flow, 'before anything was copied', null);
        if (input.dryRun === true) {
          await closeLists({ flow, lists: [listed.list] });
          return ended(flow, 'dry_run', listed.sentence, listed, null);
        }
        copied = await copyListed(job, flow, listed, controls);
      }
      if (listed === null || copied.state !== 'complete') return stopped(flow, 'before everything was copied', listed);

      ({ warnings } = copied);

      await job.enter('plan');
      plan = await planChanges({ flow, list: listed.list });
    }

    await job.enter('load', input.goOn?.tally ?? { total: plan.items });
    const { isForced } = controls;
    const loaded = await loadPlan(job, { flow, plan, from: input.goOn?.next ?? 0, isForced, controls, tracker });
    if (loaded.state === 'stopped') return stopped(flow, 'before everything was loaded', listed);
    if (loaded.state === 'long') {
      const goOn = {
        flow,
        listed,
        plan,
        warnings,
        next: loaded.next,
        width: controls.width ?? flow.load.width,
        isForced,
        tally: tracker.tally,
      };
      return await continueAsNew<typeof mirror>({ flow: flow.name, goOn });
    }
    await retryAsked(job, flow, controls, tracker);

    await job.enter('record');
    const record = await recordNight({ flow, run: job.run, plan: plan.plan, listed, warnings });
    await closeLists({ flow, lists: plan.lists });
    return ended(flow, 'done', nightSentence(record), listed, record);
  });
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
