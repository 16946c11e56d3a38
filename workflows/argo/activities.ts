import type { ActivityInterfaceFor } from '@temporalio/workflow';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { Queue } from '../../src/config/queues.ts';
import { activitiesOf } from '../common/activities.ts';
import { activityOptions } from '../common/policies.ts';

/** Activities of kind `argo` on a queue; on those that touch the mirror, of the host that reaches it. */
export const argoActivities = <Activities>(queue: Queue, flow: ArgoFlow): ActivityInterfaceFor<Activities> =>
  activitiesOf<Activities>('argo', activityOptions(queue, flow.queueSuffix));
