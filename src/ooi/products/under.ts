import type { ListedObject, ObjectStore, Options } from '../../stores/objects/contract.ts';

/** The part of a store below a folder, as a store of its own. The sweep stays that of the whole. */
export function under(objects: ObjectStore, folder: string): ObjectStore {
  const inside = (key: string): string => `${folder}/${key}`;
  return {
    place: `${objects.place}/${folder}`,
    put: (key, body, options) => objects.put(inside(key), body, options),
    get: (key, options) => objects.get(inside(key), options),
    getRange: (key, range, options) => objects.getRange(inside(key), range, options),
    stat: (key, options) => objects.stat(inside(key), options),
    version: (key, options) => objects.version(inside(key), options),
    list: (prefix, options) => listed(objects, folder, prefix, options),
    copy: (from, to, options) => objects.copy(inside(from), inside(to), options),
    delete: (key, options) => objects.delete(inside(key), options),
    sweep: (olderThanMs, options) => objects.sweep(olderThanMs, options),
  };
}

async function* listed(objects: ObjectStore, folder: string, prefix: string, options?: Options): AsyncGenerator<ListedObject> {
  for await (const { key, ...rest } of objects.list(`${folder}/${prefix}`, options)) yield { ...rest, key: key.slice(folder.length + 1) };
}
