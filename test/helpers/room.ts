import { existsSync, statfsSync } from 'node:fs';
import { release, tmpdir } from 'node:os';

const MEMORY = '/dev/shm';
/** A home of servers takes some 150 MB. */
const ENOUGH_BYTES = 4 * 2 ** 30;

/** Files in memory have users' attributes since Linux 6.6; the S3 server needs them. */
function keepsAttributes(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 6);
}

function isRoomy(folder: string): boolean {
  if (!existsSync(folder) || !keepsAttributes()) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ENOUGH_BYTES;
}

/**
 * Where test servers keep their files. In memory where there is room: what tests kill is processes, never the machine, and waiting for a disk
 * is a third of what many tests take. `LANDFALL_TEST_ROOM` names another folder.
 */
export const room = process.env.LANDFALL_TEST_ROOM ?? (isRoomy(MEMORY) ? MEMORY : tmpdir());
