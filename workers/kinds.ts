import { argoActivities } from '../activities/argo/wire.ts';
import type { QueueActivities, Wiring } from '../activities/common/wiring.ts';

/** One line a kind. */
export const kindActivities: readonly ((wiring: Wiring) => QueueActivities)[] = [argoActivities];
