import { condition } from '@temporalio/workflow';
import type { SlabCompared, slabActivities, slabRequestActivities } from '../../activities/ooi/slabs.ts';
import type { Slab } from '../../src/ooi/check/slabs.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { ooiActivities } from './activities.ts';

export type SlabEnd =
  | ({ readonly state: 'compared' } & SlabCompared)
  /** The facility gave nothing to compare with; `unfinished`: within the time that is waited. */
  | { readonly state: 'not_compared' | 'unfinished'; readonly says: string }
  | { readonly state: 'stopped' };

/** Looks at one request; a facility that takes longer than about a day for some hours of data is not waited for. */
const LOOKS = 50;
const RAREST = 30;

/** Asks the facility for a stretch, waits for it by timers, and compares. */
export async function checkSlab(job: Job, flow: StreamFlow, slab: Slab, generation: string, controls: Controls): Promise<SlabEnd> {
  const { askForSlab, pollSlab } = ooiActivities<ReturnType<typeof slabRequestActivities>>('request', flow);
  const { compareWithFacility } = ooiActivities<ReturnType<typeof slabActivities>>('verify', flow);
  if (!(await mayGoOn(controls))) return { state: 'stopped' };
  const asked = await askForSlab({ flow, run: job.run, slab });
  if (asked.state === 'not_asked') return { state: 'not_compared', says: asked.says };
  const { request } = asked;
  for (let look = 0; look < LOOKS; look += 1) {
    const { retries } = controls;
    const { state, says } = await pollSlab({ flow, run: job.run, request });
    if (state === 'failed') return { state: 'not_compared', says };
    if (state === 'ready') {
      const compared = await compareWithFacility({ flow, run: job.run, slab, request, generation });
      return compared.notCompared === null ? { state: 'compared', ...compared } : { state: 'not_compared', says: compared.notCompared };
    }
    await condition(() => controls.retries > retries || controls.isStopping, flow.upstream.lookMs * Math.min(2 ** look, RAREST));
    controls.wantsQuarantine = false;
    if (!(await mayGoOn(controls))) return { state: 'stopped' };
  }
  return { state: 'unfinished', says: `Request ${request.id} was not finished after ${LOOKS} looks.` };
}
