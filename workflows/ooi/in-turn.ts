import type { Controls } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { withSlot } from '../common/with-slot.ts';
import { ofSet } from './of-set.ts';

/**
 * Fetching and building of a refresh. Of those that a set has started only some do it at once, in the order in which their data were ready: their
 * whole series lie in the spool, and days are appended on the same workers. One that a person started does not stand in the line. Null: the run is to stop.
 */
export async function inTurn<T>(job: Job, controls: Controls, body: () => Promise<T | null>): Promise<T | null> {
  const of = ofSet();
  if (of === null) return await body();
  const { set, refreshes: width } = of;
  return await withSlot(job, { slots: `${set}/refreshes`, width, jobName: 'refresh', controls, words: `refreshes of set ${set}` }, body);
}
