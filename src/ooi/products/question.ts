/** One call to the facility that a product needs. */
export type Question =
  | { readonly of: 'contents' | 'instruments' }
  /** `name`: of a stream, an instrument, a table. */
  | { readonly of: 'stream' | 'annotations' | 'gold_copy'; readonly name: string };

export const questionKey = (question: Question): string => ('name' in question ? `${question.of}/${question.name}` : question.of);
