import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';

const Package = z.object({ version: z.string() });

/** What made a run's products: kept in its record. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const { version } = Package.parse(JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')));
  const rsync = await execa('rsync', ['--version'], { reject: false });
  const found = /version v?(\S+)/.exec(rsync.stdout ?? '')?.[1] ?? 'none';
  return { landfall: version, node: process.versions.node, rsync: found };
}
