/** What the checks of a store can find, each with what to do. */
export const REMEDIES = {
  /** Arrays on time have different lengths. */
  torn: 'Roll back to the generation before, or refresh the flow: other programs cannot open this store',
  not_consolidated: 'Refresh the flow; a store without .zmetadata is not published as a whole',
  /** `.zarray` or `.zattrs` of an array is not what `.zmetadata` says. */
  documents_differ: 'Run the flow once more: an interrupted change is finished first. If it stays, refresh the flow',
  unread: 'Refresh the flow: that writes all arrays in a form that can be checked',
  /** A row without a time in the middle. */
  no_time: 'Refresh the flow: rows without a time are left out',
  /** The first or the last row has no time: programs that append by it fail. */
  no_time_at_end: 'Refresh the flow: rows without a time are left out',
  /** Times that are repeated or go backwards: rows that were stored twice, or files that overlap. */
  doubled: 'Refresh the flow: that stores each time once, in order',
  coverage_attributes: 'Run the flow once more: an append writes time_coverage_start and time_coverage_end anew',
  chunk_missing: 'Roll back or refresh the flow: readers take its values for fill',
  chunk_damaged: 'Roll back or refresh the flow, and look after the disk or bucket that lost the bytes',
  /** A chunk that was not there when the store was taken over. */
  chunk_appeared:
    'Stop the program that goes on writing to this store, then refresh the flow: its rows are others than those that were taken over',
  /** A chunk of which the record says nothing. */
  chunk_unrecorded: 'Refresh the flow if this store was made by Landfall: its record is not complete',
  /** The record of rows does not have as many as the store. */
  record_length: 'Refresh the flow: what is known of the rows cannot be relied on',
  /** Rows that a file had when it was stored are not there. */
  gap_against_record: 'Refresh the flow: rows that were stored are gone',
  row_missing: 'Run the flow with a range that covers these times, or refresh it: the facility has rows that the store has not',
  row_extra: 'Refresh the flow if the facility withdrew these rows; otherwise ask the facility why it gives fewer',
  value_differs: 'Refresh the flow: the facility gives other values than when these rows were stored',
} as const satisfies Readonly<Record<string, string>>;

export type FindingCode = keyof typeof REMEDIES;

/** One kind of trouble, small enough for a run's record. */
export interface Finding {
  readonly code: FindingCode;
  /** How often. */
  readonly count: number;
  /** Where: the first few. */
  readonly examples: readonly string[];
  readonly remedy: string;
}

const EXAMPLES = 5;

/** Findings while a check goes on, each code once. */
export class Findings {
  readonly #found = new Map<FindingCode, { count: number; readonly examples: string[] }>();

  add(code: FindingCode, example: string, count = 1): void {
    const found = this.#found.get(code) ?? { count: 0, examples: [] };
    found.count += count;
    if (found.examples.length < EXAMPLES) found.examples.push(example);
    this.#found.set(code, found);
  }

  result(): readonly Finding[] {
    return [...this.#found].map(([code, { count, examples }]) => ({ code, count, examples, remedy: `${REMEDIES[code]}.` }));
  }
}

/** `chunk_missing (2): time/3, depth/3. Roll back …` */
export const findingText = ({ code, count, examples, remedy }: Finding): string =>
  `${code} (${count}): ${examples.join('; ')}${count > examples.length ? '; …' : ''}. ${remedy}`;
