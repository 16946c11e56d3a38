import { readFile, stat, statfs } from 'node:fs/promises';
import { errnoOf, Failure } from '../errors.ts';
import { tellsOfFullDisk } from '../formats/rsync/exit.ts';
import type { ChangeList } from '../transfer/journal.ts';
import { sizeText } from './mirror-source.ts';

/** How soon after a full disk one looks whether there is room again: it costs the source nothing. */
export const ROOM_LOOK_MS = 30_000;
/** After this long the source is asked all the same: what is left may fit into what looks too small. */
const PATIENCE_MS = 15 * 60_000;
/** Thousands of profiles: with so much room a copy is worth its start, however much it is to bring in all. */
const ENOUGH_BYTES = 100_000_000;

export interface Room {
  readonly mirror: string;
  readonly list: ChangeList;
  /** What the list brings in all. */
  readonly wantedBytes: number;
  readonly now: Date;
}

/**
 * After a copy that ended on a full disk: says so again, without bothering the source, until there is room.
 *
 * @throws {Failure} `disk_full` (again).
 */
export async function assertRoom({ mirror, list, wantedBytes, now }: Room): Promise<void> {
  const fullAt = await lastFullDisk(list);
  if (fullAt === null) return;
  const agoMs = now.getTime() - fullAt.getTime();
  if (agoMs < 0 || agoMs > PATIENCE_MS) return;
  const { bavail, bsize } = await statfs(mirror);
  const free = bavail * bsize;
  const needed = Math.min(wantedBytes, ENOUGH_BYTES);
  if (free >= needed) return;
  throw new Failure({
    kind: 'again',
    code: 'disk_full',
    happened: `The disk of the mirror ${mirror} is full: ${sizeText(free)} are free`,
    expected: `${sizeText(needed)} before the copy goes on`,
    remedy: 'Free some space or move the mirror; the copy goes on by itself within a minute of that',
    retryAfterMs: ROOM_LOOK_MS,
  });
}

/** When the last pass of the list ended on a full disk; null when it did not, or there was none. */
async function lastFullDisk({ realLogs }: ChangeList): Promise<Date | null> {
  const errors = realLogs.at(-1)?.replace(/\.log$/, '.err');
  if (errors === undefined) return null;
  try {
    const [text, { mtime }] = await Promise.all([readFile(errors, 'utf8'), stat(errors)]);
    return tellsOfFullDisk(text) ? mtime : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
