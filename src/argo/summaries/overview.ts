import type { ArchiveFacts } from './facts.ts';

export interface Overview {
  readonly nCore: number;
  readonly nBGC: number;
  readonly nDeep: number;
  readonly mostrecent: Date | null;
  readonly latest_argovis_update: Date;
  readonly datacenters: readonly string[];
}

/** `argo_overview`: the archive in six figures. */
export const overviewSummary = ({ core, bgc, deep, latest, centres }: ArchiveFacts, now: Date): { readonly summary: Overview } => ({
  summary: {
    nCore: core,
    nBGC: bgc,
    nDeep: deep,
    mostrecent: latest,
    latest_argovis_update: now,
    datacenters: [...centres.keys()].toSorted(),
  },
});
