import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources a workflow may import, and the packages they are bundled with. */
const SOURCES = ['workflows', 'src'];

/** The path of a bundle made of the workflows as they are now; builds it when there is none. */
export async function workflowBundle(home: string): Promise<string> {
  const path = join(home, 'bundles', `workflows-${await digestOfSources()}.js`);
  try {
    await access(path);
  } catch {
    await execa(process.execPath, [join(root, 'workers', 'bundle.ts'), path], { stderr: 'inherit', stdin: 'ignore' });
  }
  return path;
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
