import { formatItems } from '../observe/counts.ts';
import type { Standing } from './standing.ts';

/** What a redo would do: the answer to a dry run. */
export interface RedoPreview extends Standing {
  readonly night: string;
  readonly platforms: number;
  readonly profiles: number;
  readonly pages: number;
  /** The first profiles of the plan. */
  readonly first: readonly string[];
}

/** A dry run in a sentence or two. */
export function previewSentence({ night, profiles, platforms, pages, current, stale, gone }: RedoPreview): string {
  return (
    `Night ${night}: ${formatItems(profiles, 'profile')} of ${formatItems(platforms, 'float')} in ${formatItems(pages, 'page')}. ` +
    `${current} match their receipts and would be made again all the same, ${stale} do not, ${gone} have no file any more.`
  );
}
