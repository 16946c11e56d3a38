import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import type { RsyncOutcome } from '../formats/rsync/exit.ts';
import { parseItem } from '../formats/rsync/itemize.ts';
import { lockOf } from '../transfer/journal.ts';
import { runRsync } from '../transfer/rsync.ts';
import { classifyItem, isChange } from './changes.ts';
import type { MirrorSource } from './mirror-source.ts';

/** How far a pass has come. `bytes` of the files put in place; a dry pass moves none. */
export interface MirrorProgress {
  readonly phase: 'list' | 'copy';
  /** Changes named so far, profile files or not. */
  readonly changes: number;
  readonly profileFiles: number;
  readonly bytes: number;
}

export interface PassOptions {
  readonly source: MirrorSource;
  readonly listId: string;
  readonly signal: AbortSignal;
  /** About once a second, also when nothing moves: a sign of life. */
  readonly onProgress?: (progress: MirrorProgress) => void;
  /** Take a pass in which some files could not be read (status 23) for complete: rsync then deletes nothing. Default false. */
  readonly acceptPartial?: boolean;
  readonly tickMs?: number;
}

export interface PassResult {
  readonly outcome: RsyncOutcome;
  readonly progress: MirrorProgress;
}

/** Runs rsync once over the mirror, counting what its lines name. */
export async function runPass(
  options: PassOptions & {
    readonly dryRun: boolean;
    readonly files: { readonly log: string; readonly errors: string };
    readonly maxDeletions?: number;
    readonly onTick?: () => Promise<void>;
  },
): Promise<PassResult> {
  const { source, dryRun, files, maxDeletions, signal, tickMs } = options;
  const placed = placedBytes(source.mirror);
  let [changes, profileFiles] = [0, 0];
  const progress = (): MirrorProgress => ({ phase: dryRun ? 'list' : 'copy', changes, profileFiles, bytes: placed.bytes() });
  const outcome = await runRsync({
    source,
    target: source.mirror,
    lock: lockOf(source.journal),
    dryRun,
    signal,
    ...files,
    ...(source.password === undefined ? {} : { password: source.password }),
    ...(maxDeletions === undefined ? {} : { maxDeletions }),
    ...(tickMs === undefined ? {} : { tickMs }),
    onLines: (lines) => {
      for (const line of lines) {
        const item = parseItem(line);
        if (!isChange(item)) continue;
        const change = classifyItem(item);
        changes += 1;
        if (change.action === 'update' || change.action === 'delete') profileFiles += 1;
        if (change.action === 'update' && !dryRun) placed.announce(change.name);
      }
    },
    onTick: async () => {
      await placed.count('all but the last');
      options.onProgress?.(progress());
      await options.onTick?.();
    },
  });
  await placed.count('all');
  options.onProgress?.(progress());
  return { outcome, progress: progress() };
}

/** Adds up the sizes of the files that a real pass has put in place. rsync names a file before it brings it, so the last one named is still under way. */
function placedBytes(mirror: string): {
  announce(name: string): void;
  count(which: 'all' | 'all but the last'): Promise<void>;
  bytes(): number;
} {
  let announced: string[] = [];
  let bytes = 0;
  const sizeOf = async (name: string): Promise<number> => {
    try {
      return (await lstat(join(mirror, name))).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return 0;
      throw error;
    }
  };
  return {
    announce: (name) => void announced.push(name),
    async count(which) {
      const ready = which === 'all' ? announced : announced.slice(0, -1);
      announced = announced.slice(ready.length);
      for (let at = 0; at < ready.length; at += 64) {
        const sizes = await Promise.all(ready.slice(at, at + 64).map(sizeOf));
        bytes += sizes.reduce((sum, size) => sum + size, 0);
      }
    },
    bytes: () => bytes,
  };
}
