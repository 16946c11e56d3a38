export const SUMMARIES = ['argo_dacs', 'argo_bgc', 'argo_data_keys', 'argo_overview', 'argo_jsonld', 'ratelimiter'] as const;
export type SummaryId = (typeof SUMMARIES)[number];

export interface FailedSummary {
  readonly id: SummaryId;
  readonly message: string;
}
