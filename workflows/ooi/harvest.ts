import { continueAsNew } from '@temporalio/workflow';
import type { convertActivities } from '../../activities/ooi/append.ts';
import type { Appended, Asked, Fetched, HeldRequest } from '../../activities/ooi/contracts.ts';
import type { recordActivities } from '../../activities/ooi/record.ts';
import { formatCount, formatItems } from '../../src/observe/counts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { type Controls, carry, mayGoOn } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import type { Job, JobEnd } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { withLease } from '../common/with-lease.ts';
import { besideStore, ooiActivities } from './activities.ts';
import { ended, type OoiResult } from './ended.ts';
import { fetchFiles } from './fetch.ts';
import { tellSetOfWaits } from './member-waits.ts';
import { NOTHING_ASKED, type Obtained, type Obtaining, obtain } from './obtain.ts';
import { ooiJob } from './ooi-job.ts';
import { type RefreshGiven, startRefresh } from './start-refresh.ts';

/** What an operator types for a harvest or a refresh. */
export interface AskInput {
  readonly flow: string;
  readonly force?: boolean;
  readonly request?: string;
  readonly accept?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly dryRun?: boolean;
}

export interface HarvestInput extends AskInput {
  readonly refresh?: boolean;
  /** Set by Landfall when a long wait goes on as new. */
  readonly goOn?: AskState;
}

/** What a harvest or a refresh takes along while it waits. */
export interface AskState extends CarriedJob<StreamFlow> {
  readonly obtaining: Obtaining;
  readonly asked: Asked;
  readonly accept: readonly string[];
}

export type HarvestResult = OoiResult<'done' | 'unchanged' | 'skipped' | 'refresh' | 'failed' | 'stopped' | 'dry'>;

/** As a client starts it. */
export type HarvestWorkflow = (input: HarvestInput) => Promise<HarvestResult>;

/** One stream, one day: ask for what is new, wait for it, fetch it, append it. The flow's lease is held only while the store changes. */
export async function harvest({ flow, input, controls, tracker }: JobStart<StreamFlow, HarvestInput>): Promise<HarvestResult> {
  const { goOn, dryRun: isDryRun = false } = input;
  const asked = goOn?.asked ?? askedIn(input);
  const accept = goOn?.accept ?? input.accept ?? [];
  let request: HeldRequest | null = goOn?.obtaining.request ?? null;
  controls.plan = () => request;
  return await ooiJob<HarvestResult>({ job: 'harvest', flow, tracker }, async (job) => {
    if (input.refresh === true) return await refreshInstead(job, flow, { asked, accept, isDryRun }, 'A refresh was asked for.');
    const [from, onWait] = [goOn?.obtaining ?? NOTHING_ASKED, tellSetOfWaits(flow.name)];
    const obtained = await obtain(job, { flow, kind: 'append', asked, isDryRun, from, controls, onWait });
    if (obtained.state === 'long') {
      const state = { flow, obtaining: obtained.at, asked, accept, controls: carry(controls) };
      return await continueAsNew<HarvestWorkflow>({ flow: flow.name, goOn: state });
    }
    if (obtained.state === 'refresh' && !isDryRun) return await refreshInstead(job, flow, { asked, accept, isDryRun }, obtained.says);
    if (obtained.state !== 'ready') return await withoutData(job, flow, obtained);

    ({ request } = obtained);
    const fetched = await fetchFiles(job, { flow, request, controls });
    if (fetched === null) return await stopped(job, flow, request, 'before all its files were fetched');
    const appended = await append(job, flow, obtained, controls);
    if (appended === null) return await stopped(job, flow, request, 'before it was appended');
    return await recorded(job, flow, obtained, fetched, appended);
  });
}

export const askedIn = ({ force = false, request, start, end }: AskInput): Asked => ({
  force,
  request: request === 'reuse' || request === 'replace' ? request : 'auto',
  start: start ?? null,
  end: end ?? null,
});

/** Under the flow's own lease, one change of the store at a time. A pause puts it down and gives the lease back; what was done is not done twice. */
async function append(
  job: Job,
  flow: StreamFlow,
  { request, isReused }: Obtained & { readonly state: 'ready' },
  controls: Controls,
): Promise<Appended | null> {
  const { appendRequest } = ooiActivities<ReturnType<typeof convertActivities>>('convert', flow);
  while (await mayGoOn(controls)) {
    await job.enter('append');
    const appended = await withLease(job, { lease: flow.name, jobName: 'harvest', controls }, (fence) =>
      untilPutDown(controls, () =>
        appendRequest.executeWithOptions({ summary: request.id }, [{ flow, run: job.run, request, fence, isReused }]),
      ),
    );
    controls.wantsQuarantine = false;
    if (appended !== null) return appended;
  }
  return null;
}

async function recorded(
  job: Job,
  flow: StreamFlow,
  obtained: Obtained & { readonly state: 'ready' },
  { bytes, missing }: Fetched,
  appended: Appended,
): Promise<JobEnd<HarvestResult>> {
  const { noteEnding } = ooiActivities<ReturnType<typeof recordActivities>>(besideStore(flow), flow);
  const { request, isDegraded } = obtained;
  const { added, corrected, inserted, files, leftOut, rowsDropped, problems, rows, firstTime, lastTime } = appended;
  await job.enter('record');
  const parts = [
    appended.state === 'unchanged'
      ? `Nothing in ${formatItems(files, 'file')} was new`
      : `${formatItems(added, 'row')} added, ${formatCount(corrected)} corrected, ${formatCount(inserted)} inserted`,
    ...(appended.state === 'grown'
      ? [`the store is a new generation, ${appended.generation}: ${appended.why ?? 'its form has changed'}`]
      : []),
    ...(leftOut > 0 ? [`${formatItems(leftOut, 'file')} left out`] : []),
    ...(rowsDropped > 0 ? [`${formatItems(rowsDropped, 'row')} without a usable time dropped`] : []),
    ...(isDegraded ? [obtained.says.replace(/\.$/, '')] : []),
  ];
  const message = [`${parts.join('; ')}.`, ...appended.recovered, ...problems].join(' ');
  const { owed, seconds } = await noteEnding({
    flow,
    run: job.run,
    job: 'harvest',
    request,
    outcome: 'appended',
    says: message,
    range: { firstTime, lastTime },
    brought: appended,
  });
  const record = {
    request: request.id,
    begin: request.begin,
    end: request.end,
    added,
    corrected,
    inserted,
    files,
    leftOut: appended.leftOutFiles.map(({ name, reason }) => `${name}: ${reason}`),
    missing,
    dropped: rowsDropped,
    rows,
    generation: appended.generation,
    owed: owed.map(({ begin, end }) => `${begin} to ${end}`),
    bytesFetched: bytes,
    bytesWritten: appended.bytesWritten,
    chunks: appended.chunks,
    seconds,
  };
  const state = appended.state === 'unchanged' ? 'unchanged' : 'done';
  return ended(flow, state, message, problems.length > 0 ? 'failed' : 'ok', record);
}

/** The run ends without anything to append. */
async function withoutData(
  job: Job,
  flow: StreamFlow,
  { state, says, request }: Exclude<Obtained, { readonly state: 'ready' | 'long' }>,
): Promise<JobEnd<HarvestResult>> {
  const { noteEnding } = ooiActivities<ReturnType<typeof recordActivities>>(besideStore(flow), flow);
  if (state === 'dry' || state === 'refresh') return ended(flow, 'dry', says, 'ok', {});
  const outcome = state;
  const { owed, seconds } = await noteEnding({ flow, run: job.run, job: 'harvest', request, outcome, says, range: null, brought: null });
  const record = { request: request?.id ?? null, owed: owed.map(({ begin, end }) => `${begin} to ${end}`), seconds };
  if (state === 'failed' || state === 'refused') return ended(flow, 'failed', says, 'failed', record);
  if (state === 'stopped') return ended(flow, 'stopped', says, 'stopped', record);
  return ended(flow, state === 'skipped' ? 'skipped' : 'unchanged', says, 'ok', record);
}

const stopped = async (job: Job, flow: StreamFlow, request: HeldRequest, when: string): Promise<JobEnd<HarvestResult>> =>
  await withoutData(job, flow, {
    state: 'stopped',
    request,
    says: `Stopped by an operator, request ${request.id} ${when}; the next run goes on with it.`,
  });

async function refreshInstead(job: Job, flow: StreamFlow, given: RefreshGiven, why: string): Promise<JobEnd<HarvestResult>> {
  await job.enter('refresh');
  const says = `${why} ${await startRefresh(flow, given)}`;
  return ended(flow, 'refresh', says, 'ok', {});
}
