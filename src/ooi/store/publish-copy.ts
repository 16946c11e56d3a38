import { CONSOLIDATED_KEY } from '../../formats/zarr/group.ts';
import { atOnce } from './at-once.ts';
import type { ChangeOptions } from './contract.ts';
import type { Room } from './generation.ts';

const LAST = ['.zgroup', CONSOLIDATED_KEY];
const AT_ONCE = 8;

/**
 * Makes what is at the fixed address a copy of a generation. Without `.zgroup` and `.zmetadata` it does not open, so nobody sees a mixture;
 * both come last (of a store that somebody else wrote there may be only the first). May be repeated from its beginning at any moment.
 */
export async function fillCopy({ objects, places }: Room, root: string, options: ChangeOptions): Promise<void> {
  const { address } = places;
  for (const key of LAST.toReversed()) await objects.delete(`${address}/${key}`, options);
  const wanted = new Set<string>();
  let done = 0;
  await atOnce(AT_ONCE, objects.list(`${root}/`, options), async ({ key: full }) => {
    const key = full.slice(root.length + 1);
    wanted.add(key);
    if (!LAST.includes(key)) await objects.copy(full, `${address}/${key}`, options);
    options.onProgress?.({ phase: 'copying', done: ++done, total: null });
  });
  await atOnce(AT_ONCE, objects.list(`${address}/`, options), async ({ key: full }) => {
    if (!wanted.has(full.slice(address.length + 1))) await objects.delete(full, options);
  });
  for (const key of LAST) if (wanted.has(key)) await objects.copy(`${root}/${key}`, `${address}/${key}`, options);
}
