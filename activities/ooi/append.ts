import { mkdir } from 'node:fs/promises';
import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../../src/errors.ts';
import type { Hdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { RequestRef } from '../../src/ooi/series.ts';
import { addRequest } from '../../src/ooi/store/add-request.ts';
import type { ChangeOptions, SeriesStore, StoreProgress } from '../../src/ooi/store/contract.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { ReportProgress } from '../common/report.ts';
import { changing } from './changing.ts';
import type { Appended, OfRequest } from './contracts.ts';
import type { OoiEnvironment } from './environment.ts';
import { refOf, withInput } from './spool.ts';

export interface ConvertDependencies {
  readonly environment: OoiEnvironment;
  readonly hdf5: Hdf5Pool;
  readonly report: ReportProgress;
  readonly now: () => Date;
}

export interface AppendRequest extends OfRequest {
  /** Of the flow's own lease. */
  readonly fence: Fence;
  /** An earlier run has reported what the request did. */
  readonly isReused: boolean;
}

/** Conversion of a request into the live store. Queue: convert, on the host that has the spool. */
export const convertActivities = (use: ConvertDependencies) => ({
  /** Repeated, whatever it was killed at, it ends in the same store: rows that are there are not added again. */
  async appendRequest({ flow, run, request, fence, isReused }: AppendRequest): Promise<Appended> {
    const { environment } = use;
    await mkdir(environment.scratch, { recursive: true });
    return await environment.withSeries(flow, async ({ store }) => {
      const options = changeOptions(use, run, environment.fence(fence));
      const working = (async (): Promise<Appended> => {
        const { did } = await store.recover(options);
        const known = (await store.live())?.state.notes;
        const { result, brought } = await withInput(spoolInput(use, flow, request, known === undefined ? {} : { known }), (opened) =>
          addRequest(store, opened, { id: generationId(request), isReported: isReused }, options),
        );
        await store.expireReplaced(flow.store.keepMs, options);
        const problems = await sampled(store);
        return { ...result, ...brought, problems, recovered: did };
      })();
      return await changing('append', working);
    });
  },
});

/** Chunks that are read back after each append, besides those that it wrote. */
const SAMPLE = 16;

async function sampled(store: SeriesStore): Promise<readonly string[]> {
  const signal = cancellationSignal();
  const { problems } = await store.validate(null, { sample: { chunks: SAMPLE, seed: Date.now() % 2 ** 32 }, signal });
  return problems.map(({ what }) => what).slice(0, 10);
}

/** Named by when its request was made: `20240912T101500Z-609c7970`. */
export function generationId({ requestedAt, id }: RequestRef): string {
  const stamp = requestedAt.replaceAll(/[-:]/g, '').replace(/\..*$/, '').replace(/Z?$/, 'Z');
  const mark = markOf(id);
  if (/^\d{8}T\d{6}Z$/.test(stamp) && mark !== '') return `${stamp}-${mark}`;
  throw new Failure({ kind: 'stop', code: 'bad_request', happened: `No generation can be named after request ${id} of ${requestedAt}` });
}

export const markOf = (id: string): string => id.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 8);

export const spoolInput = (
  { environment, hdf5 }: ConvertDependencies,
  flow: StreamFlow,
  request: RequestRef,
  more: Pick<Parameters<typeof withInput>[0], 'known'> = {},
): Parameters<typeof withInput>[0] => ({
  request: refOf(request),
  table: flowTable(flow),
  folder: environment.spool(flow, request.id),
  hdf5,
  scratch: environment.scratch,
  maximum: flow.maximum,
  signal: cancellationSignal(),
  ...more,
});

/** Under a fence, cancellable, with progress that is told as it comes. */
export const changeOptions = ({ report }: Pick<ConvertDependencies, 'report'>, run: string, fence: () => Promise<void>): ChangeOptions => ({
  fence,
  signal: cancellationSignal(),
  onProgress: ({ done, total }: StoreProgress) => report({ run, done, total: total ?? 0, bytes: 0 }),
});
