import { argoActivities } from '../activities/argo/wire.ts';
import type { QueueActivities, Wiring } from '../activities/common/wiring.ts';
import { ooiActivities } from '../activities/ooi/wire.ts';

/** One line a kind. Its activities are registered as `<kind>.<name>`. */
export const kindActivities: Readonly<Record<string, (wiring: Wiring) => QueueActivities>> = {
  argo: argoActivities,
  ooi: ooiActivities,
};
