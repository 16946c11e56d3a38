import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyChanges, type ListSummary, listChanges, planPages } from '../../src/argo/mirror.ts';
import type { MirrorSource } from '../../src/argo/mirror-source.ts';
import type { PlatformChanges } from '../../src/argo/tree.ts';
import { room } from './room.ts';

/** A temporary folder with room for a mirror, its journal and a source. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(room, 'landfall-mirror-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export const sourceAt = (url: string, folder: string): MirrorSource => ({
  url,
  mirror: join(folder, 'mirror'),
  journal: join(folder, 'mirror.journal'),
  timeoutSeconds: 20,
  connectTimeoutSeconds: 5,
});

export const never = new AbortController().signal;

export const list = (source: MirrorSource, listId: string): Promise<ListSummary> =>
  listChanges({ source, listId, flow: 'argo', now: new Date(), signal: never, tickMs: 50 });

export const copy = (source: MirrorSource, listId: string, signal = never): ReturnType<typeof copyChanges> =>
  copyChanges({ source, listId, now: new Date(), signal, tickMs: 50, checkFence: async () => {} });

/** All floats of a night's plan, and the lists that it covers. */
export async function plan(
  source: MirrorSource,
  listId: string,
): Promise<{ readonly lists: readonly string[]; readonly platforms: readonly PlatformChanges[] }> {
  const planned = await planPages({ journal: source.journal, listId, batchSize: 100, signal: never });
  const pages = await Array.fromAsync(planned.pages());
  return { lists: planned.lists, platforms: pages.flat() };
}
