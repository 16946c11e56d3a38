import { mkdir } from 'node:fs/promises';
import { cancellationSignal } from '@temporalio/activity';
import { formatCount, formatItems } from '../../src/observe/counts.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { reportRefresh } from '../../src/ooi/report/write-report.ts';
import type { Generation } from '../../src/ooi/store/contract.ts';
import { placesOf } from '../../src/ooi/store/places.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { UNFINISHED_AFTER_MS } from '../../src/stores/objects/contract.ts';
import { changeOptions, generationId, spoolInput } from './append.ts';
import { hasChanged } from './changes.ts';
import { changing } from './changing.ts';
import type { Built, Compared, OfRequest, OfStream, Publication } from './contracts.ts';
import { ifReadable } from './readable.ts';
import { missingIn, type ReplayDependencies, replay } from './replay.ts';
import { dropSpool, withInput } from './spool.ts';

export interface BuildGeneration extends OfRequest {
  /** Of the refresh's own lease: nobody sees what is built. */
  readonly fence: Fence;
}

export interface RecoverStore extends OfStream {
  /** Of the flow's own lease. */
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
export const generationActivities = (use: ReplayDependencies) => {
  const { environment, now } = use;
  return {
    /** Repeated after a kill it begins anew, or finds what is whole already. */
    async buildGeneration({ flow, run, request, fence }: BuildGeneration): Promise<Built> {
      await mkdir(environment.scratch, { recursive: true });
      return await environment.withSeries(flow, (open) =>
        changing(
          'build',
          (async (): Promise<Built> => {
            const options = changeOptions(use, run, environment.fence(fence));
            const { store } = open;
            const id = generationId(request);
            const { result, brought } = await withInput(spoolInput(use, flow, request), (opened) =>
              store.build({ id, inputs: [opened] }, options),
            );
            const { generation, ...added } = await replay(use, open, { flow, run }, id, await missingIn(open, id, request), fence);
            const { length: rows, firstTime, lastTime } = (await store.open(generation)).state;
            const { chunks, bytesWritten } = result;
            return { generation, rows, firstTime, lastTime, chunks, bytesWritten, ...added, ...brought };
          })(),
        ),
      );
    },

    /** Ends what a writer of the live store that is no more had begun: until then it cannot be compared with anything. */
    async recoverStore({ flow, run, fence }: RecoverStore): Promise<readonly string[]> {
      const options = changeOptions(use, run, environment.fence(fence));
      return await environment.withSeries(flow, ({ store }) =>
        changing(
          'recover',
          store.recover(options).then(({ did }) => did),
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
      return await environment.withSeries(flow, (open) =>
        changing(
          'compare',
          (async (): Promise<Compared> => {
            const { store, objects } = open;
            const { generation, ...added } = await replay(use, open, { flow, run }, built, await missingIn(open, built, request), fence);
            const fresh = await store.open(generation);
            const found = await ifReadable(() => store.live());
            const degraded =
              isDegraded || leftOut > 0
                ? [`${formatItems(leftOut, 'file was', 'files were')} left out${isDegraded ? ', and parts of the request failed' : ''}`]
                : [];
            const unreadable = (why: string): Compared => {
              const shorter = [`The live store cannot be read, and nobody can tell whether it had more. ${why}`];
              // what is asked says it already
              const compared = accept.includes('shorter') ? shorter.join('') : '';
              return { ...verdict(null, degraded, shorter, accept, null, {}, compared), generation, ...added };
            };
            if (found.state === 'unreadable') return unreadable(found.why);
            const live = found.value;
            if (live === null) return { ...verdict(null, degraded, [], accept, null, {}, ''), generation, ...added };
            const target = {
              objects,
              folder: placesOf(flowTable(flow)).report(generation),
              title: flowTable(flow),
              old: live.id,
              new: generation,
              now: now(),
            };
            const signal = cancellationSignal();
            const reported = await ifReadable(() =>
              reportRefresh({ old: viewOf(live), new: viewOf(fresh) }, target, {
                signal,
                fence: environment.fence(fence),
                hasChanged: () => hasChanged(objects, flowTable(flow), live),
              }),
            );
            if (reported.state === 'unreadable') return unreadable(reported.why);
            const outcome = reported.value;
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
            const says = `Against ${live.id}: ${formatItems(onlyNew, 'row')} more, ${formatCount(onlyOld)} gone, ${formatItems(outcome.changedValues, 'value')} changed; the report is ${report}.`;
            return { ...verdict(live.id, degraded, shorter, accept, report, counts, says), generation, ...added };
          })(),
        ),
      );
    },

    async publishGeneration({ flow, run, request, generation: built, fence, isLast }: PublishGeneration): Promise<Publication> {
      return await environment.withSeries(flow, (open) =>
        changing(
          'publish',
          (async (): Promise<Publication> => {
            const options = changeOptions(use, run, environment.fence(fence));
            const { store, objects } = open;
            await store.recover(options);
            const missing = await missingIn(open, built, request);
            if (missing.length > 0 && !isLast)
              return { state: 'outdated', says: `${formatItems(missing.length, 'append')} came meanwhile.` };
            const { generation, ...added } = await replay(use, open, { flow, run }, built, missing, fence);
            const { length: rows, firstTime, lastTime } = (await store.open(generation)).state;
            const { replaced } = await store.publish(generation, options);
            await store.expire(flow.store.keepMs, options);
            await objects.sweep(UNFINISHED_AFTER_MS, { prefix: flowTable(flow), signal: cancellationSignal() });
            for (const { id } of [request, ...(await store.requests(generation))]) await dropSpool(environment.spool(flow, id));
            const reach = { rows, firstTime, lastTime };
            return { state: 'published', generation, replaced: replaced === generation ? null : replaced, ...added, reach };
          })(),
        ),
      );
    },
  };
};

const viewOf = ({ chunks, group }: Generation) => ({ store: chunks, group });

function verdict(
  live: string | null,
  degraded: readonly string[],
  shorter: readonly string[],
  accept: readonly string[],
  report: string | null,
  counts: Readonly<Record<string, number>>,
  compared: string,
): Omit<Compared, 'generation' | 'replayed' | 'fromLive'> {
  const needs = [
    ...(degraded.length > 0 && !accept.includes('degraded') ? ['degraded'] : []),
    ...(shorter.length > 0 && !accept.includes('shorter') ? ['shorter'] : []),
  ];
  if (needs.length === 0) return { live, needs, says: compared, report, counts };
  const why = [...(needs.includes('degraded') ? degraded : []), ...(needs.includes('shorter') ? shorter : [])];
  const sentences = why.map((text) => (text.endsWith('.') ? text : `${text}.`)).join(' ');
  return { live, needs, says: `The new series is not published unasked: ${sentences} ${compared}`.trim(), report, counts };
}
