import type { ActivityInterfaceFor } from '@temporalio/workflow';
import type { Queue } from '../../src/config/queues.ts';
import type { OoiFlow } from '../../src/ooi/flow.ts';
import { activitiesOf } from '../common/activities.ts';
import { activityOptions } from '../common/policies.ts';

/** Beside the one answer that is waited for: the turn of others before it, and looks at what it named. */
const MARGIN_MS = 600_000;

/** Small work that looks at a store or a spool: anywhere, or on the host that the flow names, among its downloads. */
export const besideStore = ({ queueSuffix }: OoiFlow): Queue => (queueSuffix === null ? 'control' : 'transfer');

/** Activities of kind `ooi` on a queue; those that touch the spool or a store on disk, of the host that the flow names, where it names one. */
export function ooiActivities<Activities>(queue: Queue, flow: OoiFlow): ActivityInterfaceFor<Activities> {
  if (queue !== 'request') return activitiesOf<Activities>('ooi', activityOptions(queue, flow.queueSuffix));
  // Any worker reaches the facility, and one queue keeps the rate.
  const startToCloseTimeout = flow.upstream.timeoutMs + MARGIN_MS;
  return activitiesOf<Activities>('ooi', { ...activityOptions('request', null), startToCloseTimeout });
}
