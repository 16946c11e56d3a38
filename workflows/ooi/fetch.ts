import type { Fetched, HeldRequest } from '../../activities/ooi/contracts.ts';
import type { fetchActivities } from '../../activities/ooi/fetch.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { untilPutDown } from '../common/put-down.ts';
import { ooiActivities } from './activities.ts';

/** Brings the files of a request home. A pause puts it down; files that are home are not fetched again. Null: the run is to stop. */
export async function fetchFiles(
  job: Job,
  { flow, request, controls }: { readonly flow: StreamFlow; readonly request: HeldRequest; readonly controls: Controls },
): Promise<Fetched | null> {
  const { fetchRequest } = ooiActivities<ReturnType<typeof fetchActivities>>('transfer', flow);
  while (await mayGoOn(controls)) {
    await job.enter('fetch');
    const fetched = await untilPutDown(controls, () =>
      fetchRequest.executeWithOptions({ summary: request.id }, [{ flow, run: job.run, request }]),
    );
    controls.wantsQuarantine = false;
    if (fetched !== null) return fetched;
  }
  return null;
}
