import { argoKind } from './argo/kind.ts';
import type { Flow } from './config/flow.ts';
import type { AnyKind } from './stores/kind.ts';

/** One line a kind. */
export const kinds: readonly AnyKind[] = [argoKind];

export const kindNamed = (name: string): AnyKind | undefined => kinds.find(({ kind }) => kind === name);

/** Folders that workers write to for a flow. */
export const flowFolders = (flow: Flow): readonly string[] => kindNamed(flow.kind)?.folders(flow) ?? [];

/** Collections that only this flow may write to, as `<database>.<collection>`. */
export const flowCollections = (flow: Flow): readonly string[] =>
  (kindNamed(flow.kind)?.databases(flow) ?? []).flatMap(({ database, collections }) =>
    collections.map(({ name }) => `${database}.${name}`),
  );
