import type { Queue } from '../src/config/queues.ts';
import { argoActivities } from './argo.ts';
import type { Wiring } from './wiring.ts';

/** Activities by the queue they are served on. */
export type QueueActivities = Partial<Record<Queue, Readonly<Record<string, (...args: never[]) => unknown>>>>;

/** One line a kind. */
export const kindActivities: readonly ((wiring: Wiring) => QueueActivities)[] = [argoActivities];
