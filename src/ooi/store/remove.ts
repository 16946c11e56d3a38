import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { atOnce } from './at-once.ts';

/** Deletes every object below a prefix that ends in a slash; what makes a store openable first. How many there were. */
export async function removeAll(objects: ObjectStore, prefix: string, options: WriteOptions = {}): Promise<number> {
  for (const key of ['.zmetadata', '.zgroup']) await objects.delete(`${prefix}${key}`, options);
  let removed = 0;
  await atOnce(8, objects.list(prefix, options), async ({ key }) => {
    await objects.delete(key, options);
    removed++;
  });
  return removed;
}
