import type { StoreChecked, verifyActivities } from '../../activities/ooi/verify.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { JobStart } from '../common/dispatch.ts';
import type { Job, JobEnd } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { ooiActivities } from './activities.ts';
import { checkSlab } from './check-slab.ts';
import { ooiJob } from './ooi-job.ts';

export interface VerifyStreamInput {
  readonly flow: string;
  readonly slabs?: number;
  readonly seed?: number;
}

export interface VerifyStreamResult {
  readonly flow: string;
  readonly state: 'done' | 'wrong' | 'stopped';
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** As a client starts it. */
export type VerifyStreamWorkflow = (input: VerifyStreamInput) => Promise<VerifyStreamResult>;

/** Holds the whole store against the record of what was written, then random stretches of it against the facility. Changes nothing. */
export async function verify({ flow, input, controls, tracker }: JobStart<StreamFlow, VerifyStreamInput>): Promise<VerifyStreamResult> {
  const { slabs: wanted = flow.verify.slabs, seed: given = null } = input;
  return await ooiJob({ job: 'verify', flow, tracker }, async (job) => {
    const store = await wholeStore(job, flow, wanted, given, controls);
    if (store === null) return ended(flow, 'stopped', 'Stopped by an operator before the whole store was read.', {});

    await job.enter('compare', { total: store.slabs.length });
    const tally = { compared: 0, rowsCompared: 0, rowsNotJudged: 0 };
    const findings = [...store.findings];
    const notCompared: string[] = [];
    for (const slab of store.slabs) {
      const end = await checkSlab(job, flow, slab, store.generation, controls);
      if (end.state === 'stopped') return ended(flow, 'stopped', 'Stopped by an operator before everything was compared.', tally);
      if (end.state === 'not_compared') notCompared.push(end.says);
      else {
        tally.compared += 1;
        tally.rowsCompared += end.rows.both;
        tally.rowsNotJudged += end.passed;
        findings.push(...end.findings);
      }
      tracker.add({ done: 1, failed: end.state === 'compared' && end.findings.length > 0 ? 1 : 0, bytes: 0 });
    }
    const { generation, seed, counts, says } = store;
    const compared = `${tally.compared} of ${store.slabs.length} stretches compared with the facility, ${tally.rowsCompared} rows; ${says}`;
    const message = [compared, ...findings.slice(0, 5), ...notCompared.slice(0, 2)].join(' ');
    const record = { ...counts, ...tally, findings, notCompared, generation, seed };
    return ended(flow, findings.length === 0 ? 'done' : 'wrong', message, record);
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

const HEALTH = { done: 'ok', wrong: 'failed', stopped: 'stopped' } as const;

function ended(
  flow: StreamFlow,
  state: VerifyStreamResult['state'],
  message: string,
  record: Readonly<Record<string, unknown>>,
): JobEnd<VerifyStreamResult> {
  return {
    result: { flow: flow.name, state, message, record },
    health: HEALTH[state],
    says: message,
    record: { ...record, state, message },
  };
}
