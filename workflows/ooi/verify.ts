import { continueAsNew, patched, workflowInfo } from '@temporalio/workflow';
import type { StoreChecked, verifyActivities } from '../../activities/ooi/verify.ts';
import { formatCount, formatItems } from '../../src/observe/counts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { type Controls, carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import type { Job } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import type { Tally } from '../common/tracker.ts';
import { ooiActivities } from './activities.ts';
import { checkSlab } from './check-slab.ts';
import { ended, type OoiResult } from './ended.ts';
import { ooiJob } from './ooi-job.ts';
import { type Found, foundIn, gaveUp, isSilent, withSlab } from './verify-found.ts';

export interface VerifyStreamInput {
  readonly flow: string;
  readonly slabs?: number;
  readonly seed?: number;
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: VerifyStreamState;
}

export interface VerifyStreamState extends CarriedJob<StreamFlow> {
  readonly store: StoreChecked;
  readonly found: Found;
  /** First stretch that is not compared yet. */
  readonly next: number;
  readonly tally: Tally;
}

export type VerifyStreamResult = OoiResult<'done' | 'wrong' | 'stopped'>;

/** As a client starts it. */
export type VerifyStreamWorkflow = (input: VerifyStreamInput) => Promise<VerifyStreamResult>;

/** Holds the whole store against the record of what was written, then random stretches of it against the facility. Changes nothing. */
export async function verify({ flow, input, controls, tracker }: JobStart<StreamFlow, VerifyStreamInput>): Promise<VerifyStreamResult> {
  const { slabs: wanted = flow.verify.slabs, seed: given = null, goOn } = input;
  return await ooiJob<VerifyStreamResult>({ job: 'verify', flow, tracker }, async (job) => {
    const store = goOn?.store ?? (await wholeStore(job, flow, wanted, given, controls));
    if (store === null) return ended(flow, 'stopped', 'Stopped by an operator before the whole store was read.', 'stopped', {});

    let found = goOn?.found ?? foundIn(store);
    const { slabs } = store;
    await job.enter('compare', goOn?.tally ?? { total: slabs.length });
    for (const [at, slab] of slabs.entries()) {
      if (at < (goOn?.next ?? 0)) continue;
      if (isSilent(found) && patched('verifyGivesUp')) {
        found = gaveUp(found, slabs.length - at);
        break;
      }
      const end = await checkSlab(job, flow, slab, store.generation, controls);
      if (end.state === 'stopped')
        return ended(flow, 'stopped', 'Stopped by an operator before everything was compared.', 'stopped', found.tally);
      found = withSlab(found, end);
      tracker.add({ done: 1, failed: end.state === 'compared' && end.findings.length > 0 ? 1 : 0, bytes: 0 });
      if (workflowInfo().continueAsNewSuggested && patched('verifyGoesOn')) {
        const state = { flow, store, found, next: at + 1, tally: tracker.tally, controls: carry(controls) };
        return await continueAsNew<VerifyStreamWorkflow>({ flow: flow.name, goOn: state });
      }
    }
    const { generation, seed, counts, says } = store;
    const { tally, findings, wrong, notCompared } = found;
    const compared = `${formatCount(tally.compared)} of ${formatItems(slabs.length, 'stretch', 'stretches')} compared with the facility, ${formatItems(tally.rowsCompared, 'row')}; ${says}`;
    const message = [compared, ...findings.slice(0, 5), ...notCompared.slice(0, 2)].join(' ');
    const record = { ...counts, ...tally, findings, notCompared, generation, seed };
    return wrong === 0 ? ended(flow, 'done', message, 'ok', record) : ended(flow, 'wrong', message, 'failed', record);
  });
}

async function wholeStore(
  job: Job,
  flow: StreamFlow,
  slabs: number,
  seed: number | null,
  controls: Controls,
): Promise<StoreChecked | null> {
  const { checkWholeStore } = ooiActivities<ReturnType<typeof verifyActivities>>('verify', flow);
  while (await mayGoOn(controls)) {
    await job.enter('store');
    const store = await untilPutDown(controls, () => checkWholeStore({ flow, run: job.run, seed, slabs }));
    controls.wantsQuarantine = false;
    if (store !== null) return store;
  }
  return null;
}
