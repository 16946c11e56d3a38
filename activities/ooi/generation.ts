import { mkdir } from 'node:fs/promises';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { flowTable } from '../../src/ooi/form.ts';
import { reportRefresh } from '../../src/ooi/report/write-report.ts';
import type { RequestRef } from '../../src/ooi/series.ts';
import type { Generation, SeriesStore } from '../../src/ooi/store/contract.ts';
import { placesOf } from '../../src/ooi/store/places.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import { type ConvertDependencies, changeOptions, generationId, markOf, spoolInput } from './append.ts';
import { hasChanged } from './changes.ts';
import type { Built, Compared, OfRequest, OfStream, Publication } from './contracts.ts';
import { dropSpool, withInput } from './spool.ts';

export interface BuildGeneration extends OfRequest {
  /** Of the refresh's own lease: nobody sees what is built. */
  readonly fence: Fence;
}

export interface CompareGeneration extends BuildGeneration {
  readonly generation: string;
  /** Files left out for a reason that degrades. */
  readonly leftOut: number;
  /** Sub-jobs of the facility failed. */
  readonly isDegraded: boolean;
  readonly accept: readonly string[];
}

export interface PublishGeneration extends OfRequest {
  readonly generation: string;
  /** Of the flow's own lease. */
  readonly fence: Fence;
  /** Appends that came since the comparison are added now, while nobody else may write; otherwise they make it outdated. */
  readonly isLast: boolean;
}

/** Whole series beside the live one. Queue: convert, on the host that has the spool. */
export const generationActivities = (use: ConvertDependencies) => {
  const { environment, now } = use;
  const lively = <T>(phase: string, work: Promise<T>): Promise<T> => withSignsOfLife(work, () => heartbeat({ phase }));

  /** Appends that are in the live store, were asked for after the refresh, and are not in the new series. */
  const missingIn = async (store: SeriesStore, generation: string, refresh: RequestRef): Promise<readonly RequestRef[]> => {
    const live = await store.live();
    if (live === null) return [];
    const there = new Set((await store.requests(generation)).map(({ id }) => id));
    const consumed = (await store.requests(live.id)).filter(({ kind, id }) => kind === 'append' && !there.has(id));
    return consumed
      .filter(({ requestedAt }) => requestedAt > refresh.requestedAt)
      .toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
  };

  /** Where one does not fit into the form of the new series, that grows into a further generation: the id that is to be published is answered. */
  const replay = async (
    store: SeriesStore,
    { flow, run }: OfStream,
    generation: string,
    requests: readonly RequestRef[],
    fence: Fence,
  ): Promise<{ readonly generation: string; readonly replayed: readonly string[] }> => {
    const options = changeOptions(use, run, environment.fence(fence));
    let at = generation;
    for (const request of requests) {
      const { notes: known } = (await store.open(at)).state;
      const { result } = await withInput(spoolInput(use, flow, request, { known }), async (opened) => {
        const { state } = await store.append(opened, { ...options, into: at });
        if (state !== 'needs_generation') return at;
        return (await store.grow({ id: `${at}-${markOf(request.id)}`, inputs: [opened] }, { ...options, from: at })).id;
      });
      at = result;
    }
    return { generation: at, replayed: requests.map(({ id }) => id) };
  };

  return {
    /** Repeated after a kill it begins anew, or finds what is whole already. */
    async buildGeneration({ flow, run, request, fence }: BuildGeneration): Promise<Built> {
      await mkdir(environment.scratch, { recursive: true });
      return await environment.withSeries(flow, ({ store }) =>
        lively(
          'build',
          (async (): Promise<Built> => {
            const options = changeOptions(use, run, environment.fence(fence));
            const id = generationId(request);
            const { result, brought } = await withInput(spoolInput(use, flow, request), (opened) =>
              store.build({ id, inputs: [opened] }, options),
            );
            const { generation, replayed } = await replay(store, { flow, run }, id, await missingIn(store, id, request), fence);
            const { length: rows, firstTime, lastTime } = (await store.open(generation)).state;
            const { chunks, bytesWritten } = result;
            return { generation, rows, firstTime, lastTime, chunks, bytesWritten, replayed, ...brought };
          })(),
        ),
      );
    },

    /** Writes the report of what would change, and says what nobody has accepted yet. */
    async compareGeneration({
      flow,
      run,
      request,
      generation: built,
      leftOut,
      isDegraded,
      accept,
      fence,
    }: CompareGeneration): Promise<Compared> {
      return await environment.withSeries(flow, ({ store, objects }) =>
        lively(
          'compare',
          (async (): Promise<Compared> => {
            const { generation, replayed } = await replay(store, { flow, run }, built, await missingIn(store, built, request), fence);
            const [live, fresh] = [await store.live(), await store.open(generation)];
            const degraded =
              isDegraded || leftOut > 0 ? [`${leftOut} files were left out${isDegraded ? ', and parts of the request failed' : ''}`] : [];
            if (live === null) return { ...verdict(null, degraded, [], accept, null, {}, ''), generation, replayed };
            const target = {
              objects,
              folder: placesOf(flowTable(flow)).report(generation),
              title: flowTable(flow),
              old: live.id,
              new: generation,
              now: now(),
            };
            const signal = cancellationSignal();
            const outcome = await reportRefresh({ old: viewOf(live), new: viewOf(fresh) }, target, {
              signal,
              fence: environment.fence(fence),
              hasChanged: () => hasChanged(objects, flowTable(flow), live),
            });
            const { both, onlyOld, onlyNew } = outcome.rows;
            const counts = {
              rowsBoth: both,
              rowsGone: onlyOld,
              rowsNew: onlyNew,
              variablesDifferent: outcome.variables.different,
              valuesChanged: outcome.changedValues,
            };
            const shorter = outcome.coverage.isShorter ? outcome.coverage.losses.slice(0, 3).map(({ text }) => text) : [];
            const report = `${objects.place}/${outcome.files.page}`;
            const says = `Against ${live.id}: ${onlyNew} rows more, ${onlyOld} gone, ${outcome.changedValues} values changed; the report is ${report}.`;
            return { ...verdict(live.id, degraded, shorter, accept, report, counts, says), generation, replayed };
          })(),
        ),
      );
    },

    async publishGeneration({ flow, run, request, generation: built, fence, isLast }: PublishGeneration): Promise<Publication> {
      return await environment.withSeries(flow, ({ store, objects }) =>
        lively(
          'publish',
          (async (): Promise<Publication> => {
            const options = changeOptions(use, run, environment.fence(fence));
            await store.recover(options);
            const missing = await missingIn(store, built, request);
            if (missing.length > 0 && !isLast) return { state: 'outdated', says: `${missing.length} appends came meanwhile.` };
            const { generation, replayed } = await replay(store, { flow, run }, built, missing, fence);
            const { replaced } = await store.publish(generation, options);
            await store.expire(flow.store.keepMs, options);
            await objects.sweep(SWEEP_MS, { signal: cancellationSignal() });
            for (const { id } of [request, ...(await store.requests(generation))]) await dropSpool(environment.spool(flow, id));
            return { state: 'published', generation, replaced: replaced === generation ? null : replaced, replayed };
          })(),
        ),
      );
    },
  };
};

/** No living writer takes so long over one object: what is older was left by one that was killed. */
const SWEEP_MS = 3 * 86_400_000;

const viewOf = ({ chunks, group }: Generation) => ({ store: chunks, group });

function verdict(
  live: string | null,
  degraded: readonly string[],
  shorter: readonly string[],
  accept: readonly string[],
  report: string | null,
  counts: Readonly<Record<string, number>>,
  compared: string,
): Omit<Compared, 'generation' | 'replayed'> {
  const needs = [
    ...(degraded.length > 0 && !accept.includes('degraded') ? ['degraded'] : []),
    ...(shorter.length > 0 && !accept.includes('shorter') ? ['shorter'] : []),
  ];
  if (needs.length === 0) return { live, needs, says: compared, report, counts };
  const why = [...(needs.includes('degraded') ? degraded : []), ...(needs.includes('shorter') ? shorter : [])];
  const sentences = why.map((text) => (text.endsWith('.') ? text : `${text}.`)).join(' ');
  return { live, needs, says: `The new series is not published unasked: ${sentences} ${compared}`.trim(), report, counts };
}
