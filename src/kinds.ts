import { argoKind } from './argo/kind.ts';
import type { Flow } from './config/flow.ts';
import { type FlowPlaces, refuseOverlap } from './config/overlap.ts';
import { ooiKind } from './ooi/kind.ts';
import type { AnyKind } from './stores/kind.ts';

/** One line a kind. */
export const kinds: readonly AnyKind[] = [argoKind, ooiKind];

export const kindNamed = (name: string): AnyKind | undefined => kinds.find(({ kind }) => kind === name);

/** Folders that workers write to for a flow. */
export const flowFolders = (flow: Flow): readonly string[] => kindNamed(flow.kind)?.folders(flow) ?? [];

/** What workers write to for a flow, and no other flow may. */
export const flowPlaces = (flow: Flow): FlowPlaces => ({
  flow: flow.name,
  folders: flowFolders(flow),
  stores: kindNamed(flow.kind)?.stores?.(flow) ?? [],
  collections: (kindNamed(flow.kind)?.databases(flow) ?? []).flatMap(({ database, collections }) =>
    collections.map(({ name }) => `${database}.${name}`),
  ),
});

/**
 * Refuses flows that cannot be beside each other: `apply` makes nothing of them, and `doctor` says so before.
 * @throws {Failure} `bad_configuration` (stop).
 */
export function refuseConflicts(flows: readonly Flow[]): void {
  refuseOverlap(flows.map(flowPlaces));
  for (const { refuseTogether } of kinds) refuseTogether?.(flows);
}
