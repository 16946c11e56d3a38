import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { listName, type ProfileKey, parseProfilePath } from './names.ts';
import { groupLine, type ProfileGroup, selectFiles } from './select.ts';

/** What a mirror holds now. Only real folders and files count: a symbolic link is never followed, so nothing outside the mirror is read. */

/** One float's folder in the tree. */
export interface PlatformFolder {
  readonly dac: string;
  readonly wmo: string;
}

/** The profiles of one float that a list names; `profiles` in byte order of DAC and number, each once. */
export interface PlatformChanges {
  readonly wmo: string;
  readonly profiles: readonly ProfileKey[];
}

/**
 * What is to be done about the profiles that a list names.
 *
 * Distinct ids (`<wmo>_<number>`) of the list = distinct ids of `load` and `gone` together.
 */
export interface PlatformGroups {
  /** In byte order of the list's lines. Two DACs may hold the same id: then both are here. */
  readonly load: readonly ProfileGroup[];
  /** No DAC holds a file of these any more; each id once. */
  readonly gone: readonly ProfileKey[];
  /** Gone from this DAC's folder, but its id is under another DAC in `load`, or in `gone`. */
  readonly moved: readonly ProfileKey[];
}

const DAC = /^[a-z]+$/;
const WMO = /^\d{5,7}$/;

/** The prefixes present per profile number (`012`, `001D`) in a float's `profiles` folder; empty when there is no such folder. */
export async function profilesOf(root: string, { dac, wmo }: PlatformFolder): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const profiles = new Map<string, Set<string>>();
  if (!(await isFolder(root, dac, wmo, 'profiles'))) return profiles;
  for (const entry of await readdir(join(root, dac, wmo, 'profiles'), { withFileTypes: true })) {
    const file = entry.isFile() ? parseProfilePath(`${dac}/${wmo}/profiles/${entry.name}`) : null;
    if (file === null) continue;
    const prefixes = profiles.get(file.number);
    if (prefixes === undefined) profiles.set(file.number, new Set([file.prefix]));
    else prefixes.add(file.prefix);
  }
  return profiles;
}

/** All floats of the tree, in byte order of `<dac>/<wmo>`. */
export async function* listPlatforms(root: string): AsyncGenerator<PlatformFolder, void, undefined> {
  for (const dac of await foldersIn(root, DAC)) {
    for (const wmo of await foldersIn(join(root, dac), WMO)) yield { dac, wmo };
  }
}

/** Whether there is no folder of a float in the tree. */
export async function isEmptyMirror(root: string): Promise<boolean> {
  for await (const _ of listPlatforms(root)) return false;
  return true;
}

/** The DACs that have a folder of this float, in byte order. */
export async function dacsOf(root: string, wmo: string): Promise<readonly string[]> {
  const dacs = await foldersIn(root, DAC);
  const held = await Promise.all(dacs.map((dac) => isFolder(root, dac, wmo)));
  return dacs.filter((_, index) => held[index]);
}

/** Looks up what the mirror now holds of the profiles that a list names, and decides per id. Call it after rsync ended. */
export async function groupsOf(root: string, { wmo, profiles }: PlatformChanges): Promise<PlatformGroups> {
  const held = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();
  const groupAt = async (key: ProfileKey): Promise<ProfileGroup | null> => {
    const known = held.get(key.dac) ?? (await profilesOf(root, key));
    held.set(key.dac, known);
    return selectFiles(key, known.get(key.number) ?? new Set());
  };

  const load = new Map<string, ProfileGroup>();
  const without: ProfileKey[] = [];
  for (const key of profiles) {
    const group = await groupAt(key);
    if (group === null) without.push(key);
    else load.set(groupLine(group), group);
  }

  const gone = new Map<string, ProfileKey>();
  const moved: ProfileKey[] = [];
  const dacs = without.length === 0 ? [] : await dacsOf(root, wmo);
  for (const key of without) {
    const others = dacs.filter((dac) => dac !== key.dac);
    const elsewhere = (await Promise.all(others.map((dac) => groupAt({ ...key, dac })))).filter((group) => group !== null);
    for (const group of elsewhere) load.set(groupLine(group), group);
    // Of a float that has vanished from under several centres at once, the other keys only give back their receipts.
    if (elsewhere.length > 0 || gone.has(listName(key))) moved.push(key);
    else gone.set(listName(key), key);
  }
  return { load: [...load.keys()].toSorted().flatMap((line) => load.get(line) ?? []), gone: [...gone.values()], moved };
}

async function foldersIn(folder: string, name: RegExp): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && name.test(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Whether every step of the way down from the root is a folder itself, not a link to one. */
async function isFolder(root: string, ...steps: readonly string[]): Promise<boolean> {
  try {
    for (let depth = 1; depth <= steps.length; depth += 1) {
      if (!(await lstat(join(root, ...steps.slice(0, depth)))).isDirectory()) return false;
    }
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean => errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
