import type { PageOutcome } from '../../stores/plans.ts';
import type { Run } from '../../stores/runs.ts';

/** Jobs that never change a document of a profile. */
const READERS: ReadonlySet<string> = new Set(['verify', 'audit', 'summarise']);

/**
 * Whether documents may have changed since the summaries were made, or not all of them could be made then.
 *
 * @param loaded  what the present run loaded.
 * @param others  other runs of the flow that were at work since: a night that was ended before it made its summaries, a repair, a rebuild.
 *                One that kept no count of what it changed may have changed anything.
 */
export const didChange = (loaded: PageOutcome, others: readonly Pick<Run, 'job' | 'record' | 'summarisedAt'>[], madeAt: Date): boolean =>
  loaded.loaded + loaded.removed > 0 ||
  others.some(({ job, record, summarisedAt }) => (summarisedAt === undefined || summarisedAt < madeAt) && changedBy(job, record) > 0);

function changedBy(job: string, record: Run['record']): number {
  const count = (name: string): number | null => {
    const value = record?.[name];
    return typeof value === 'number' ? value : null;
  };
  const [loaded, removed] = [count('loaded'), count('removed')];
  if (loaded === null || removed === null) return READERS.has(job) ? 0 : 1;
  return loaded + removed;
}
