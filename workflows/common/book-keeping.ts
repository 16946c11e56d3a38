import { type ActivityInterfaceFor, proxyActivities } from '@temporalio/workflow';
import { activityOptions } from './policies.ts';

/** The small activities of any job: leases, slots, phases, records. */
export const bookKeeping = <Activities>(): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>(activityOptions('control', null));
