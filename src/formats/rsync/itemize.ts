import { type ListedName, readName } from './names.ts';

/**
 * One line of `rsync -v --itemize-changes`.
 *
 * - `update`: the file's content or time changed, or will (a dry pass prints the same lines); a hard link made counts as one
 * - `attributes`: only permissions, owner, group or the like
 * - `delete`: removed locally; `isFolder` when it was a folder (its name ends in `/`)
 * - `link`, `special`: a symbolic link; a device, socket or pipe
 * - `skipped`: something the sender has that is neither file nor folder and that was asked not to be copied
 * - `chatter`: headers, totals, warnings, empty lines and everything not understood
 *
 * Source: rsync(1), "--itemize-changes".
 */
export type RsyncItem =
  | (ListedName & { readonly kind: 'update' | 'attributes' | 'folder' | 'special' | 'skipped' })
  | (ListedName & { readonly kind: 'delete'; readonly isFolder: boolean })
  | (ListedName & { readonly kind: 'link'; readonly target: string })
  | { readonly kind: 'chatter' };

const CHATTER: RsyncItem = { kind: 'chatter' };
const DELETING = '*deleting   ';
const ITEM = /^([<>ch.])([fdLDS])([.+? a-zA-Z]{9}) (.*)$/;
const SKIPPED = /^skipping non-regular file "(.*)"$/;

export function parseItem(line: string): RsyncItem {
  if (line.startsWith(DELETING)) {
    const listed = readName(line.slice(DELETING.length));
    return { kind: 'delete', ...listed, isFolder: listed.name.endsWith('/') };
  }
  const item = ITEM.exec(line);
  if (item === null) {
    const skipped = SKIPPED.exec(line);
    return skipped === null ? CHATTER : { kind: 'skipped', ...readName(skipped[1] ?? '') };
  }
  const [, update = '', type = '', flags = '', rest = ''] = item;
  switch (type) {
    case 'f':
      return { kind: isUpdate(update, flags) ? 'update' : 'attributes', ...readName(update === 'h' ? before(rest, ' => ') : rest) };
    case 'd':
      return { kind: 'folder', ...readName(rest) };
    case 'L':
      return { kind: 'link', ...readName(before(rest, ' -> ')), target: readName(rest.slice(before(rest, ' -> ').length + 4)).name };
    default:
      return { kind: 'special', ...readName(before(rest, ' => ')) };
  }
}

/** Content, size and time are the first three flags; an old peer's `?` may hide a difference, so it counts as one. */
const isUpdate = (update: string, flags: string): boolean => update !== '.' || /[cstT?+]/.test(flags.slice(0, 3));

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}
