import { quickActivities } from '../../workflows/common/quick.ts';

export interface Keeping {
  keep(input: { readonly what: string }): Promise<string>;
}

/** A run that keeps one thing and answers what came of it: a workflow for tests of book-keeping alone. */
export async function keeping(what: string): Promise<string> {
  const { keep } = quickActivities<Keeping>();
  return await keep({ what });
}
