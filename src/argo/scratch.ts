import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArgoFlow } from './flow.ts';
import { defaultJournal } from './mirror-source.ts';

/** A folder beside the mirror, on the same disk, for lists that do not fit into memory. What a killed attempt left in it is written over. */
export async function openScratch(flow: ArgoFlow, run: string): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = join(defaultJournal(flow.mirror), `scratch-${run}`);
  await mkdir(folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function withScratch<T>(flow: ArgoFlow, run: string, use: (folder: string) => Promise<T>): Promise<T> {
  const { folder, remove } = await openScratch(flow, run);
  try {
    return await use(folder);
  } finally {
    await remove();
  }
}
