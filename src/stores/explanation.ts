/** All that is known of something a person named, for `landfall why`. */
export interface Explanation {
  /** How it stands, as one sentence. */
  readonly sentence: string;
  /** A line for each thing that is known; lines of one subject follow each other, only the first with its name. */
  readonly lines: readonly (readonly [subject: string, text: string])[];
  /** The same for machines. */
  readonly value: unknown;
}
