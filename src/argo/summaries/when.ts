import type { PageOutcome } from '../../stores/plans.ts';
import type { Run } from '../../stores/runs.ts';

/** Jobs that never change a document of a profile. */
const READERS: ReadonlySet<string> = new Set(['verify', 'summarise']);

/**
 * Whether documents may have changed since the summaries were made, or not all of them could be made then.
 *
 * @param loaded  what the present run loaded.
 * @param others  other runs of the flow that were at work since: a night that was ended before it made its summaries, a repair, a rebuild.
 *                One that kept no count of what it changed may have changed anything; so may an audit that broke off, since it may have
 *                been a repair. One at work beside a night is none: a repair holds the flow.
 */
export const didChange = (
  loaded: PageOutcome,
  others: readonly Pick<Run, 'job' | 'record' | 'endedAt' | 'summarisedAt'>[],
  madeAt: Date,
): boolean =>
  loaded.loaded + loaded.removed > 0 ||
  others.some((other) => (other.summarisedAt === undefined || other.summarisedAt < madeAt) && changedBy(other) > 0);

function changedBy({ job, record, endedAt }: Pick<Run, 'job' | 'record' | 'endedAt'>): number {
  const count = (name: string): number | null => {
    const value = record?.[name];
    return typeof value === 'number' ? value : null;
  };
  const [loaded, removed] = [count('loaded'), count('removed')];
  if (loaded !== null && removed !== null) return loaded + removed;
  const isComparison = job === 'audit' && (endedAt === null || record?.state !== undefined);
  return READERS.has(job) || isComparison ? 0 : 1;
}
