import { isDeepStrictEqual } from 'node:util';
import type { ArgoMetaContent, ArgoMetaDocument } from './documents.ts';

export type MetadataChoice = { readonly state: 'existing'; readonly id: string } | { readonly state: 'new'; readonly id: string };

/**
 * The metadata document of a profile: the one that says the same of the float, or a new one.
 *
 * @param existing all metadata documents of the float, in the order they were read; of several equal ones the last counts.
 *
 * A new number is the largest one and one more, never a count, so that a deleted document cannot give its number to another description.
 */
export function chooseMetadata(existing: readonly ArgoMetaDocument[], content: ArgoMetaContent): MetadataChoice {
  const equal = existing.findLast((document) => isDeepStrictEqual(contentOf(document), { ...content }));
  if (equal !== undefined) return { state: 'existing', id: equal._id };
  const numbers = existing.map(({ _id }) => numberOf(_id, content.platform));
  return { state: 'new', id: `${content.platform}_m${Math.max(-1, ...numbers) + 1}` };
}

/** What counts when two documents are compared; the time of a load does not. */
function contentOf(document: ArgoMetaDocument): object {
  return Object.fromEntries(Object.entries(document).filter(([field]) => field !== '_id' && field !== 'date_updated_argovis'));
}

function numberOf(id: string, platform: string): number {
  const prefix = `${platform}_m`;
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return /^\d+$/.test(digits) ? Number(digits) : -1;
}
