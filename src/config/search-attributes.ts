/** What runs are found by, in the Web UI and by `landfall status`; all of type Keyword. An upsert of one that is not registered would fail every workflow task. */
export const SEARCH_ATTRIBUTES = ['Flow', 'Kind', 'Phase', 'Health'] as const;
export type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number];
