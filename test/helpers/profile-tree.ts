import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes files below a folder. Their content is their path and a word, so that a later word is another content. */
export async function grow(root: string, paths: readonly string[], word = 'first', bytes = 0): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const folder of new Set(paths.map((path) => dirname(join(root, path))))) await mkdir(folder, { recursive: true });
  await Promise.all(paths.map((path) => writeFile(join(root, path), `${path} ${word}`.padEnd(bytes, '.'))));
}

export const profileNames = (dac: string, wmo: number, cycles: number, prefix = 'R'): readonly string[] =>
  Array.from({ length: cycles }, (_, cycle) => `${dac}/${wmo}/profiles/${prefix}${wmo}_${String(cycle + 1).padStart(3, '0')}.nc`);

/** Gives a file another time, so that rsync sees a change. */
export const touch = (root: string, path: string, seconds: number): Promise<void> => utimes(join(root, path), seconds, seconds);

/** Every file below a folder by its relative path, as one word that changes with size, time or content. */
export async function snapshot(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const words = files.map(async (file): Promise<[string, string]> => {
    const { mtimeMs, size } = await stat(join(root, file));
    return [file, `${Math.floor(mtimeMs / 1000)} ${size} ${await readFile(join(root, file), 'latin1')}`];
  });
  return new Map(await Promise.all(words));
}

/** The paths that differ between two snapshots: made, changed or removed. */
export const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).toSorted();
