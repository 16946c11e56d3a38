import type { Flow } from '../src/config/flow.ts';
import type { FlowCache } from '../src/config/flow-cache.ts';
import type { ReadFlow } from '../src/config/flow-text.ts';
import { type OverlapIndex, overlapIndex } from '../src/config/overlap-index.ts';
import { flowPlaces } from '../src/kinds.ts';

/**
 * Finds a flow by its name and refuses it when another one writes to its places.
 * What is known of all places is kept for as long as no file changes.
 */
export function flowResolver(files: Pick<FlowCache, 'find'>): (name: string) => Promise<Flow> {
  let known: { readonly reads: readonly ReadFlow<Flow>[]; readonly places: OverlapIndex } | null = null;
  return async (name) => {
    const { flow, reads } = await files.find(name);
    if (known?.reads !== reads) {
      known = { reads, places: overlapIndex(reads.flatMap((read) => (read.state === 'good' ? [flowPlaces(read.flow)] : []))) };
    }
    known.places.refuse(flowPlaces(flow));
    return flow;
  };
}
