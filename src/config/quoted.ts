/** Nobody reads more of it, and what is said of a run has to fit into its history. */
const LONGEST = 200;

/** A value as JSON for a sentence, in quotes where it is a text; of a long one the beginning, and how long it is. */
export function quoted(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= LONGEST ? json : `${json.slice(0, LONGEST)}… (${json.length} characters)`;
}
