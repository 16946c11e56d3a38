import type { CollectionNames } from './collections.ts';
import type { ArgoFlow } from './flow.ts';

/** Where a rebuild loads to: into the collections that readers use, or beside them, to be swapped in when all is there. */
export type RebuildTarget = 'live' | 'beside';

/**
 * The flow as the loader sees it. Beside, everything that a load leaves (documents, receipts, quarantine) is kept apart under names that no
 * flow can have, so that nothing of the live ones is touched before the swap.
 */
export function targetFlow(flow: ArgoFlow, target: RebuildTarget): ArgoFlow {
  if (target === 'live') return flow;
  return { ...flow, name: `${flow.name}:next`, collections: { ...flow.collections, ...besideCollections(flow) } };
}

/** The collections of a load beside the live ones. */
export const besideCollections = (flow: ArgoFlow): CollectionNames => named(flow.collections, 'next');

/** What the live collections are called once they were swapped out. */
export const oldCollections = (flow: ArgoFlow): CollectionNames => named(flow.collections, 'old');

const named = ({ argo, argoMeta }: CollectionNames, what: string): CollectionNames => ({
  argo: `${argo}__${what}`,
  argoMeta: `${argoMeta}__${what}`,
});
