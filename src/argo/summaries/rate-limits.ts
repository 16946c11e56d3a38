import type { ArchiveFacts } from './facts.ts';

/** What the document `ratelimiter`, shared by several datasets, says of this one. Times are ISO 8601, UTC. */
export interface RateLimits {
  /** Fields by which a query is cheap. */
  readonly metagroups: readonly string[];
  /** The earliest good time; null while there is none. */
  readonly startDate: string | null;
  readonly endDate: string;
  /** The flag of the time. */
  readonly qc: string;
}

export const rateLimits = ({ earliestGood }: ArchiveFacts, now: Date): RateLimits => ({
  metagroups: ['id', 'metadata', 'platform'],
  startDate: earliestGood?.toISOString() ?? null,
  endDate: now.toISOString(),
  qc: 'timestamp_argoqc',
});
