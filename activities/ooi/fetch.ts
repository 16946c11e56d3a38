import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { Failure } from '../../src/errors.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { listFiles } from '../../src/ooi/m2m/listing.ts';
import type { AcceptedRequest } from '../../src/ooi/m2m/request.ts';
import { fetchRequest, type Spooled, type SpoolProgress } from '../../src/ooi/m2m/spool.ts';
import type { Requests } from '../../src/ooi/requests/requests.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { ReportProgress } from '../common/report.ts';
import type { Fetched, OfRequest } from './contracts.ts';
import type { OoiEnvironment } from './environment.ts';

export interface FetchDependencies {
  readonly environment: OoiEnvironment;
  /** Where the results of a request are. */
  readonly acceptedRequest: (request: OfRequest) => Promise<AcceptedRequest>;
  readonly report: ReportProgress;
}

/** Queue: transfer. */
export const fetchActivities = ({ environment, acceptedRequest, report }: FetchDependencies) => ({
  /** Brings the data files of a request into its spool folder; what is there already is not fetched again. */
  async fetchRequest(wanted: OfRequest): Promise<Fetched> {
    const { flow, run } = wanted;
    const accepted = await acceptedRequest(wanted);
    const onProgress = ({ files, filesDone, bytes }: SpoolProgress): void => report({ run, done: filesDone, total: files, bytes });
    const fetching = filesHome(environment, flow, accepted, cancellationSignal(), onProgress);
    const { files, leftOut, bytes } = await withSignsOfLife(fetching, () => heartbeat({ phase: 'fetch' }));
    return { files: files.length, bytes, missing: leftOut.length };
  },
});

/** What the facility has of a request, into its spool folder. @throws {Failure} `results_gone` (replan), as `fetchRequest` of the facility */
export async function filesHome(
  environment: Pick<OoiEnvironment, 'facility' | 'spool'>,
  flow: StreamFlow,
  accepted: AcceptedRequest,
  signal: AbortSignal,
  onProgress?: (progress: SpoolProgress) => void,
): Promise<Spooled> {
  const facility = environment.facility(flow);
  const listing = await listFiles(facility, accepted, flowTable(flow), signal);
  if (listing.state === 'absent') throw gone(accepted.id);
  return await fetchRequest(facility, {
    request: accepted,
    files: listing.files,
    folder: environment.spool(flow, accepted.id),
    width: flow.upstream.downloads,
    signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

const gone = (id: string): Failure =>
  new Failure({
    kind: 'replan',
    code: 'results_gone',
    happened: `The results of request ${id} are no longer at the facility`,
    remedy: 'Start the job again with request: replace',
  });

/** Where the results of a request are, by its record. */
export const acceptedIn =
  (requests: Pick<Requests, 'get'>) =>
  async ({ request }: OfRequest): Promise<AcceptedRequest> => {
    const accepted = (await requests.get(request.record))?.accepted ?? null;
    if (accepted !== null) return accepted;
    throw gone(request.id);
  };
