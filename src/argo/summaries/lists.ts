import type { ArchiveFacts, Counted } from './facts.ts';

export interface CountedRow extends Counted {
  readonly _id: string;
}

/** `argo_dacs`: per data centre how many profiles, and the latest time of any. */
export const dacsSummary = ({ centres }: ArchiveFacts): { readonly summary: readonly CountedRow[] } => ({ summary: rows(centres) });

/** `argo_bgc`: per float with a biogeochemical profile how many of those, and the latest time of any. */
export const bgcSummary = ({ bgcPlatforms }: ArchiveFacts): { readonly summary: readonly CountedRow[] } => ({
  summary: rows(bgcPlatforms),
});

/** `argo_data_keys`: every key that any profile's data have. */
export const dataKeysSummary = ({ keys }: ArchiveFacts): { readonly data_keys: readonly string[] } => ({ data_keys: [...keys].toSorted() });

const rows = (counts: ReadonlyMap<string, Counted>): readonly CountedRow[] =>
  [...counts].map(([_id, { n, mostrecent }]) => ({ _id, n, mostrecent })).toSorted((a, b) => (a._id < b._id ? -1 : 1));
