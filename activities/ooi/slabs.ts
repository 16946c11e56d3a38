import { mkdir } from 'node:fs/promises';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { Failure, isFailure } from '../../src/errors.ts';
import type { Hdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { compareSlab } from '../../src/ooi/check/compare-slab.ts';
import { findingText } from '../../src/ooi/check/findings.ts';
import type { Slab } from '../../src/ooi/check/slabs.ts';
import { mergeSources } from '../../src/ooi/files/merge.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { listFiles } from '../../src/ooi/m2m/listing.ts';
import { poll } from '../../src/ooi/m2m/poll.ts';
import { type AcceptedRequest, askForData } from '../../src/ooi/m2m/request.ts';
import { fetchRequest } from '../../src/ooi/m2m/spool.ts';
import { isoOfTime } from '../../src/ooi/time-text.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import { hasChanged, readBesideChanges } from './changes.ts';
import type { OfStream } from './contracts.ts';
import type { OoiEnvironment } from './environment.ts';
import { streamOf } from './requests.ts';
import { dropSpool, withInput } from './spool.ts';

export interface OfSlab extends OfStream {
  readonly slab: Slab;
}

export interface OfAskedSlab extends OfSlab {
  readonly request: AcceptedRequest;
  readonly generation: string;
}

export type SlabAsked =
  | { readonly state: 'accepted'; readonly request: AcceptedRequest }
  | { readonly state: 'not_asked'; readonly says: string };

export interface SlabPolled {
  readonly state: 'waiting' | 'ready' | 'failed';
  readonly says: string;
}

export interface SlabCompared {
  readonly rows: { readonly both: number; readonly extra: number; readonly missing: number };
  /** Rows that were not judged: of a later request, or still asked for with every append. */
  readonly passed: number;
  /** Sentences, each with what to do. */
  readonly findings: readonly string[];
  /** Why it could not be compared: chunks of the store are not as they were written, which the check of all chunks says too; null: it was. */
  readonly notCompared: string | null;
}

export interface SlabDependencies {
  readonly environment: OoiEnvironment;
  readonly hdf5: Hdf5Pool;
}

/** A stretch of a series asked for again. Queue: request. */
export const slabRequestActivities = ({ environment }: Pick<SlabDependencies, 'environment'>) => ({
  /** Small, and asked for a few times at most: a lost answer costs the facility the work of some hours of data. */
  async askForSlab({ flow, slab }: OfSlab): Promise<SlabAsked> {
    const range = { begin: isoOfTime(slab.from) ?? '', end: isoOfTime(slab.to) ?? '' };
    const asking = askForData(environment.facility(flow), streamOf(flow), range, cancellationSignal());
    const asked = await withSignsOfLife(asking, () => heartbeat({ phase: 'ask' }));
    return asked.state === 'accepted' ? { state: 'accepted', request: asked.request } : { state: 'not_asked', says: asked.says };
  },

  async pollSlab({ flow, request }: Omit<OfAskedSlab, 'generation' | 'slab'>): Promise<SlabPolled> {
    const polling = poll(environment.facility(flow), request, flowTable(flow), cancellationSignal());
    const { status } = await withSignsOfLife(polling, () => heartbeat({ phase: 'poll' }));
    if (status.state === 'absent') return { state: 'waiting', says: 'The facility works on it.' };
    return status.state === 'complete' ? { state: 'ready', says: '' } : { state: 'failed', says: status.message };
  },
});

/** Queue: verify, on the host that reaches the store. */
export const slabActivities = ({ environment, hdf5 }: SlabDependencies) => ({
  /** Fetches what the facility gives for the stretch, compares it value by value, and keeps nothing of it. */
  async compareWithFacility({ flow, slab, request, generation }: OfAskedSlab): Promise<SlabCompared> {
    const signal = cancellationSignal();
    const folder = environment.spool(flow, `verify-${request.id}`);
    const comparing = (async () => {
      const facility = environment.facility(flow);
      await mkdir(environment.scratch, { recursive: true });
      const listing = await listFiles(facility, request, flowTable(flow), signal);
      if (listing.state === 'absent') throw gone(request.id);
      await fetchRequest(facility, { request, files: listing.files, folder, width: flow.upstream.downloads, signal });
      return await environment.withSeries(flow, async ({ store, objects }) => {
        const live = await store.open(generation);
        const isChanged = () => hasChanged(objects, flowTable(flow), live);
        const asked = { id: request.id, kind: 'append' as const, requestedAt: request.requestedAt, begin: '', end: '' };
        const input = {
          request: asked,
          table: flowTable(flow),
          folder,
          hdf5,
          scratch: environment.scratch,
          maximum: flow.maximum,
          signal,
          known: live.state.notes,
        };
        const { result } = await withInput(input, (opened) =>
          readBesideChanges(
            compareSlab({
              store: { store: live.chunks, group: live.group },
              record: live.segments,
              plan: store.plan(live),
              slab,
              fetched: mergeSources(opened.sources, { signal }),
              fetchedAt: request.requestedAt,
              settledUntil: (live.state.lastTime ?? 0) - flow.lookBackMs / 1000,
              signal,
            }),
            isChanged,
          ),
        );
        return result;
      });
    })();
    try {
      const { rows, passed, findings } = await withSignsOfLife(comparing, () => heartbeat({ phase: 'compare' }));
      return { rows, passed: passed.newer + passed.unsettled, findings: findings.map(findingText), notCompared: null };
    } catch (error) {
      if (!isFailure(error, 'missing_chunk', 'damaged_chunk')) throw error;
      return { rows: { both: 0, extra: 0, missing: 0 }, passed: 0, findings: [], notCompared: error.message };
    } finally {
      await dropSpool(folder);
    }
  },
});

const gone = (id: string): Failure =>
  new Failure({ kind: 'stop', code: 'results_gone', happened: `The results of request ${id}, which was to be compared, are gone` });
