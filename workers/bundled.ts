import { createHash } from 'node:crypto';
import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { errnoOf } from '../src/errors.ts';

/** The folder of this checkout or image. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources a workflow may import, and the packages they are bundled with. */
const SOURCES = ['workflows', 'src'];

/** Other versions of the project may share the home, and a worker reads its bundle only once, at its start. */
const BUNDLES_KEPT = 5;

/** The path of a bundle made of the workflows as they are now: the one an image brings along, or one in the home; built when there is none. */
export async function workflowBundle(home: string): Promise<string> {
  const name = `workflows-${await digestOfSources()}.js`;
  const ahead = join(root, 'bundles', name);
  if (await isThere(ahead)) return ahead;
  const folder = join(home, 'bundles');
  const path = join(folder, name);
  if (await isThere(path)) return path;
  await execa(process.execPath, [join(root, 'workers', 'bundle.ts'), path], { stderr: 'inherit', stdin: 'ignore' });
  await removeOld(folder);
  return path;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Each change of the sources leaves a bundle, and a killed build a part of one: the newest few files stay. */
async function removeOld(folder: string): Promise<void> {
  const files = (await readdir(folder)).map(async (name) => ({ name, madeMs: await timeOf(join(folder, name)) }));
  const newestFirst = (await Promise.all(files)).toSorted((a, b) => b.madeMs - a.madeMs);
  for (const { name } of newestFirst.slice(BUNDLES_KEPT)) await rm(join(folder, name), { force: true });
}

/** Another process that builds here gives its file its name, or takes old ones away, at the same time. */
async function timeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Date.now();
    throw error;
  }
}

async function digestOfSources(): Promise<string> {
  const digest = createHash('sha256');
  digest.update(await readFile(join(root, 'package-lock.json')));
  for (const folder of SOURCES) {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => name.endsWith('.ts')).toSorted();
    for (const name of names) digest.update(name).update(await readFile(join(root, folder, name)));
  }
  return digest.digest('hex').slice(0, 16);
}
