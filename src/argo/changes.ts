import { parseItem, type RsyncItem } from '../formats/rsync/itemize.ts';
import { type ProfileFileName, parseProfilePath } from './names.ts';

/**
 * What one line of rsync's output means for the profiles.
 *
 * `update` and `delete` put the profile on the work list, whatever the prefix; what becomes of it is decided by what the mirror holds
 * after rsync ended. `unknown_name` is something below a `profiles` folder that no profile file is called, a link, or a name that must
 * not be used; it is reported and left alone.
 */
export type Change =
  | { readonly action: 'update' | 'delete'; readonly name: string; readonly file: ProfileFileName }
  | { readonly action: 'unknown_name'; readonly name: string }
  | { readonly action: 'ignore' };

const IGNORE: Change = { action: 'ignore' };

/** rsync's own temporary names: `.R13857_001.nc.Xa91Qz`. */
const TEMPORARY = /(?:^|\/)\.[^/]+\.[A-Za-z0-9]{6}$/;

export const classify = (line: string): Change => classifyItem(parseItem(line));

export function classifyItem(item: RsyncItem): Change {
  switch (item.kind) {
    case 'chatter':
    case 'attributes':
      return IGNORE;
    case 'folder':
      return item.problem === null ? IGNORE : { action: 'unknown_name', name: item.name };
    case 'link':
    case 'special':
    case 'skipped':
      return { action: 'unknown_name', name: item.name };
    case 'update':
    case 'delete': {
      if (item.problem !== null) return { action: 'unknown_name', name: item.name };
      const file = parseProfilePath(item.name);
      if (file !== null) return { action: item.kind, name: item.name, file };
      const isOther = !item.name.includes('/profiles/') || item.name.endsWith('/') || TEMPORARY.test(item.name);
      return isOther ? IGNORE : { action: 'unknown_name', name: item.name };
    }
  }
}

/** Whether the line names anything that a real pass would change in the mirror, profile or not. */
export const isChange = (item: RsyncItem): boolean => item.kind !== 'chatter' && item.kind !== 'skipped';
