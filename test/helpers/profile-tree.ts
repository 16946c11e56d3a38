import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes files below a folder. Their content is their path and a word, so that a later word is another content, and noise that does not compress. */
export async function grow(root: string, paths: readonly string[], word = 'first', bytes = 0): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const folder of new Set(paths.map((path) => dirname(join(root, path))))) await mkdir(folder, { recursive: true });
  await Promise.all(
    paths.map((path) =>
      writeFile(
        join(root, path),
        `${path} ${word} ${randomBytes((bytes * 3) / 4).toString('base64')}`.slice(0, Math.max(bytes, path.length + word.length + 1)),
      ),
    ),
  );
}

export const profileNames = (dac: string, wmo: number, cycles: number, prefix = 'R'): readonly string[] =>
  Array.from({ length: cycles }, (_, cycle) => `${dac}/${wmo}/profiles/${prefix}${wmo}_${String(cycle + 1).padStart(3, '0')}.nc`);

/** Gives a file another time, so that rsync sees a change. */
export const touch = (root: string, path: string, seconds: number): Promise<void> => utimes(join(root, path), seconds, seconds);

/** Every file below a folder by its relative path (its bytes as Latin-1), as one word that changes with size, time or content. */
export async function snapshot(root: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true, encoding: 'latin1' })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      else files.set(path, await wordOf(Buffer.from(join(root, path), 'latin1')));
    }
  };
  await walk('');
  return files;
}

async function wordOf(path: Buffer): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${Math.floor(mtimeMs / 1000)} ${size} ${await readFile(path, 'latin1')}`;
}

/** The paths that differ between two snapshots: made, changed or removed. */
export const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).toSorted();
