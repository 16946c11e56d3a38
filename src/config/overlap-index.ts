import { dirname, resolve, sep } from 'node:path';
import { type FlowPlaces, refuseOverlapWith } from './overlap.ts';

/** The places of many flows, so that one flow is held against the few that can be in its way and not against all. */
export interface OverlapIndex {
  /** @throws {Failure} as `refuseOverlapWith` does. */
  refuse(one: FlowPlaces): void;
}

export function overlapIndex(flows: readonly FlowPlaces[]): OverlapIndex {
  const byName = new Map<string, FlowPlaces[]>();
  const note = (key: string, flow: FlowPlaces): void => {
    const there = byName.get(key);
    if (there === undefined) byName.set(key, [flow]);
    else if (there.at(-1) !== flow) there.push(flow);
  };
  const folders: { readonly path: string; readonly flow: FlowPlaces }[] = [];
  for (const flow of flows) {
    for (const folder of flow.folders) folders.push({ path: withEnd(folder), flow });
    for (const folder of flow.folders) note(withEnd(folder), flow);
    for (const name of [...flow.collections, ...(flow.stores ?? [])]) note(name, flow);
  }
  folders.sort((a, b) => (a.path < b.path ? -1 : 1));

  /** Those in a folder, by the order of paths: they follow the first that begins with it. */
  const inside = (folder: string): readonly FlowPlaces[] => {
    const found: FlowPlaces[] = [];
    for (let at = firstFrom(folders, folder); folders[at]?.path.startsWith(folder) === true; at += 1) {
      const entry = folders[at];
      if (entry !== undefined) found.push(entry.flow);
    }
    return found;
  };
  return {
    refuse(one) {
      const names = [...one.collections, ...(one.stores ?? []), ...one.folders.flatMap(foldersAbove)];
      const near = [...names.flatMap((name) => byName.get(name) ?? []), ...one.folders.flatMap((folder) => inside(withEnd(folder)))];
      refuseOverlapWith(one, [...new Set(near)]);
    },
  };
}

const withEnd = (folder: string): string => {
  const path = resolve(folder);
  return path.endsWith(sep) ? path : `${path}${sep}`;
};

/** A folder and all above it. */
function foldersAbove(folder: string): readonly string[] {
  const found: string[] = [];
  for (let path = resolve(folder); ; path = dirname(path)) {
    found.push(withEnd(path));
    if (dirname(path) === path) return found;
  }
}

function firstFrom(sorted: readonly { readonly path: string }[], path: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
