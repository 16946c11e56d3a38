import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { Failure } from '../../src/errors.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { listFiles } from '../../src/ooi/m2m/listing.ts';
import type { AcceptedRequest } from '../../src/ooi/m2m/request.ts';
import { fetchRequest } from '../../src/ooi/m2m/spool.ts';
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
    const { flow, run, request } = wanted;
    const signal = cancellationSignal();
    const facility = environment.facility(flow);
    const accepted = await acceptedRequest(wanted);
    const fetching = (async () => {
      const listing = await listFiles(facility, accepted, flowTable(flow), signal);
      if (listing.state === 'absent') throw gone(request.id);
      return await fetchRequest(facility, {
        request: accepted,
        files: listing.files,
        folder: environment.spool(flow, request.id),
        width: flow.upstream.downloads,
        signal,
        onProgress: ({ files, filesDone, bytes }) => report({ run, done: filesDone, total: files, bytes }),
      });
    })();
    const { files, leftOut, bytes } = await withSignsOfLife(fetching, () => heartbeat({ phase: 'fetch' }));
    return { files: files.length, bytes, missing: leftOut.length };
  },
});

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
