import { type FailedSummary, SUMMARIES } from './ids.ts';

/** What a person should know of summaries that were not made: a sentence for each reason. */
export function summaryWarnings(failed: readonly FailedSummary[]): readonly string[] {
  const reasons = [...new Set(failed.map(({ message }) => message))];
  return reasons.map((reason) => {
    const ids = failed.filter(({ message }) => message === reason).map(({ id }) => id);
    const which = ids.length === SUMMARIES.length ? 'No summary was made' : `Of the summaries, ${ids.join(', ')} could not be made`;
    return `${which}; what was there stays. ${reason}`;
  });
}
