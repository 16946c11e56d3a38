import { continueAsNew, patched } from '@temporalio/workflow';
import type { Built, Compared, Fetched, HeldRequest, Publication } from '../../activities/ooi/contracts.ts';
import type { generationActivities } from '../../activities/ooi/generation.ts';
import type { recordActivities } from '../../activities/ooi/record.ts';
import { formatCount, formatItems } from '../../src/observe/counts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { isAccepted } from '../common/ask.ts';
import { type Controls, carry, mayGoOn } from '../common/controls.ts';
import type { JobStart } from '../common/dispatch.ts';
import type { Job, JobEnd } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { withLease } from '../common/with-lease.ts';
import { besideStore, ooiActivities } from './activities.ts';
import { ended, type OoiResult } from './ended.ts';
import { fetchFiles } from './fetch.ts';
import { type AskInput, type AskState, askedIn } from './harvest.ts';
import { inTurn } from './in-turn.ts';
import { NOTHING_ASKED, type Obtained, obtain } from './obtain.ts';
import { ooiJob } from './ooi-job.ts';

export interface RefreshInput extends AskInput {
  /** Set by Landfall when a long wait goes on as new. */
  readonly goOn?: AskState;
}

export type RefreshResult = OoiResult<'published' | 'unchanged' | 'skipped' | 'refused' | 'failed' | 'stopped' | 'dry'>;

/** As a client starts it. */
export type RefreshWorkflow = (input: RefreshInput) => Promise<RefreshResult>;

/** So often a build is compared again because appends came; after that the appends of a moment are added while nobody else may write. */
const ROUNDS = 3;

/**
 * The whole series anew: asked for, built beside the live store, read back, compared, and put in its place in one step.
 * A failure anywhere, and an operator's stop, leaves the old one. Daily appends go on meanwhile and are in the new one too.
 */
export async function refresh({ flow, input, controls, tracker }: JobStart<StreamFlow, RefreshInput>): Promise<RefreshResult> {
  const { goOn, dryRun: isDryRun = false } = input;
  const asked = goOn?.asked ?? askedIn(input);
  const accept = goOn?.accept ?? input.accept ?? [];
  let request: HeldRequest | null = goOn?.obtaining.request ?? null;
  controls.plan = () => request;
  return await ooiJob<RefreshResult>({ job: 'refresh', flow, tracker }, async (job) => {
    const obtained = await obtain(job, { flow, kind: 'refresh', asked, isDryRun, from: goOn?.obtaining ?? NOTHING_ASKED, controls });
    if (obtained.state === 'long') {
      const state = { flow, obtaining: obtained.at, asked, accept, controls: carry(controls) };
      return await continueAsNew<RefreshWorkflow>({ flow: flow.name, goOn: state });
    }
    if (obtained.state !== 'ready') return await withoutData(job, flow, obtained);

    const { request: held } = obtained;
    request = held;
    const made = await inTurn(job, controls, () => make(job, flow, held, controls));
    if (made === null) return await stopped(job, flow, held, 'Stopped by an operator before the new series was built.');
    const { fetched, built } = made;
    const published = await publishWhenAccepted(job, { flow, request: held, built, isDegraded: obtained.isDegraded, accept, controls });
    if (published.publication === null) return await stopped(job, flow, held, published.says);
    return await recorded(job, flow, held, fetched, built, published.compared, published.publication);
  });
}

async function make(
  job: Job,
  flow: StreamFlow,
  request: HeldRequest,
  controls: Controls,
): Promise<{ readonly fetched: Fetched; readonly built: Built } | null> {
  const fetched = await fetchFiles(job, { flow, request, controls });
  const built = fetched === null ? null : await build(job, flow, request, controls);
  return fetched === null || built === null ? null : { fetched, built };
}

/** Beside the live store, read back. A pause puts it down; it then begins anew. */
async function build(job: Job, flow: StreamFlow, request: HeldRequest, controls: Controls): Promise<Built | null> {
  const { buildGeneration } = ooiActivities<ReturnType<typeof generationActivities>>('convert', flow);
  while (await mayGoOn(controls)) {
    await job.enter('build');
    const built = await untilPutDown(controls, () =>
      buildGeneration.executeWithOptions({ summary: request.id }, [{ flow, run: job.run, request, fence: job.fence }]),
    );
    controls.wantsQuarantine = false;
    if (built !== null) return built;
  }
  return null;
}

type Published =
  | { readonly publication: Extract<Publication, { readonly state: 'published' }>; readonly compared: Compared }
  | { readonly publication: null; readonly says: string };

/** Compares, asks about what nobody has accepted, and publishes under the flow's own lease, with the appends that came meanwhile. */
async function publishWhenAccepted(
  job: Job,
  {
    flow,
    request,
    built,
    isDegraded,
    accept,
    controls,
  }: {
    readonly flow: StreamFlow;
    readonly request: HeldRequest;
    readonly built: Built;
    readonly isDegraded: boolean;
    readonly accept: readonly string[];
    readonly controls: Controls;
  },
): Promise<Published> {
  const { recoverStore, compareGeneration, publishGeneration } = ooiActivities<ReturnType<typeof generationActivities>>('convert', flow);
  if (patched('recoverFirst'))
    await withLease(job, { lease: flow.name, jobName: 'refresh', controls }, (fence) => recoverStore({ flow, run: job.run, fence }));
  let accepted = accept;
  let { generation, replayed, fromLive = [] } = built;
  for (let round = 1; await mayGoOn(controls); ) {
    await job.enter('compare');
    const compared = await untilPutDown(controls, () =>
      compareGeneration({
        flow,
        run: job.run,
        request,
        generation,
        leftOut: built.degrading,
        isDegraded,
        accept: accepted,
        fence: job.fence,
      }),
    );
    controls.wantsQuarantine = false;
    if (compared === null) continue;
    ({ generation } = compared);
    replayed = [...replayed, ...compared.replayed];
    fromLive = [...fromLive, ...(compared.fromLive ?? [])];
    if (compared.needs.length > 0) {
      if (await isAccepted(job, controls, compared.says, 'The live store is as it was.')) accepted = [...accepted, ...compared.needs];
      continue;
    }
    await job.enter('publish');
    const isLast = round >= ROUNDS;
    const publication = await withLease(job, { lease: flow.name, jobName: 'refresh', controls }, (fence) =>
      publishGeneration({ flow, run: job.run, request, generation, fence, isLast }),
    );
    if (publication === null) break;
    if (publication.state === 'published')
      return {
        publication: {
          ...publication,
          replayed: [...replayed, ...publication.replayed],
          fromLive: [...fromLive, ...(publication.fromLive ?? [])],
        },
        compared,
      };
    round += 1;
  }
  return {
    publication: null,
    says: `Stopped by an operator; the new series ${generation} was not published, and the live store is as it was.`,
  };
}

async function recorded(
  job: Job,
  flow: StreamFlow,
  request: HeldRequest,
  { bytes }: Fetched,
  built: Built,
  compared: Compared,
  { generation, replaced, replayed, fromLive = [], reach = built }: Extract<Publication, { readonly state: 'published' }>,
): Promise<JobEnd<RefreshResult>> {
  const { noteEnding } = ooiActivities<ReturnType<typeof recordActivities>>(besideStore(flow), flow);
  await job.enter('record');
  const { rows, files, leftOut, rowsDropped } = built;
  const { firstTime, lastTime } = reach;
  const parts = [
    `${formatItems(rows, 'row')} of ${formatItems(files, 'file')} published as ${generation}`,
    ...(replaced === null ? [] : [`${replaced} is kept and can be rolled back to`]),
    ...(leftOut > 0 ? [`${formatItems(leftOut, 'file')} left out`] : []),
    ...(rowsDropped > 0 ? [`${formatItems(rowsDropped, 'row')} without a usable time dropped`] : []),
    ...(replayed.length > 0
      ? [`${formatItems(replayed.length, 'append that came meanwhile is', 'appends that came meanwhile are')} in it`]
      : []),
    ...(fromLive.length > 0
      ? [`the rows of ${formatCount(fromLive.length)} of them were taken from the live store, since their files are gone`]
      : []),
  ];
  const message = `${parts.join('; ')}. ${compared.says}`.trim();
  const { owed, seconds } = await noteEnding({
    flow,
    run: job.run,
    job: 'refresh',
    request,
    outcome: 'published',
    says: message,
    range: { firstTime, lastTime },
    brought: built,
  });
  const record = {
    request: request.id,
    generation,
    replaced,
    rows: reach.rows,
    files,
    leftOut: built.leftOutFiles.map(({ name, reason }) => `${name}: ${reason}`),
    dropped: rowsDropped,
    replayed,
    fromLive,
    report: compared.report,
    difference: compared.counts,
    owed: owed.map(({ begin, end }) => `${begin} to ${end}`),
    bytesFetched: bytes,
    bytesWritten: built.bytesWritten,
    chunks: built.chunks,
    seconds,
  };
  return ended(flow, 'published', message, 'ok', record);
}

async function withoutData(
  job: Job,
  flow: StreamFlow,
  { state, says, request }: Exclude<Obtained, { readonly state: 'ready' | 'long' }>,
): Promise<JobEnd<RefreshResult>> {
  const { noteEnding } = ooiActivities<ReturnType<typeof recordActivities>>(besideStore(flow), flow);
  if (state === 'dry' || state === 'refresh') return ended(flow, 'dry', says, 'ok', {});
  const { seconds } = await noteEnding({ flow, run: job.run, job: 'refresh', request, outcome: state, says, range: null, brought: null });
  const record = { request: request?.id ?? null, seconds };
  switch (state) {
    case 'failed':
    case 'refused':
      return ended(flow, state, says, 'failed', record);
    case 'stopped':
      return ended(flow, 'stopped', says, 'stopped', record);
    case 'skipped':
      return ended(flow, 'skipped', says, 'ok', record);
    case 'nothing_new':
      return ended(flow, 'unchanged', says, 'ok', record);
  }
}

const stopped = (job: Job, flow: StreamFlow, request: HeldRequest, says: string): Promise<JobEnd<RefreshResult>> =>
  withoutData(job, flow, { state: 'stopped', request, says });
