import type { SeriesInput } from '../series.ts';
import type { AppendOutcome, ChangeOptions, SeriesStore } from './contract.ts';
import { outcomeAfter } from './requests.ts';

export interface AddedRequest extends Omit<AppendOutcome, 'state' | 'earlier'> {
  /** `grown`: by a new generation, which is published; `unchanged`: neither this call nor an earlier one changed a row. */
  readonly state: 'appended' | 'unchanged' | 'grown';
}

/**
 * Adds a request to the live store, in place or, where that cannot be, as a new generation that is published. Called again after a kill it
 * answers what the request has done in all calls together, whichever of them did it.
 *
 * @param id of the generation that may be needed
 * @param isReported what earlier calls did has been told, and is not counted
 */
export async function addRequest(
  store: SeriesStore,
  input: SeriesInput,
  { id, isReported }: { readonly id: string; readonly isReported: boolean },
  options: ChangeOptions,
): Promise<AddedRequest> {
  const { state, why, generation, earlier, ...outcome } = await store.append(input, options);
  if (state === 'needs_generation') {
    const grown = await store.grow({ id, inputs: [input], ...(why === null ? {} : { why }) }, options);
    await store.publish(grown.id, options);
    const { added, corrected, inserted, rows, firstTime, lastTime, chunks, bytesWritten } = grown;
    return { state: 'grown', why, generation: grown.id, added, corrected, inserted, rows, firstTime, lastTime, chunks, bytesWritten };
  }
  if (earlier === null || isReported) return { ...outcome, state, why, generation };
  const both = outcomeAfter(earlier, outcome);
  const changed = both.added + both.corrected + both.inserted > 0;
  const did = earlier.why !== null ? 'grown' : changed ? 'appended' : state;
  return { ...outcome, ...both, state: did, generation };
}
