import { open } from 'node:fs/promises';
import { Failure } from '../errors.ts';
import { parseItem } from '../formats/rsync/itemize.ts';
import { parseStats, type RsyncStats } from '../formats/rsync/stats.ts';
import { readLines } from '../transfer/lines.ts';
import { isChange } from './changes.ts';

/** Whether a log names any change, profile or not. Reads no further than the first. */
export async function namesAnything(log: string): Promise<boolean> {
  for await (const { lines } of readLines(log)) if (lines.some((line) => isChange(parseItem(line)))) return true;
  return false;
}

const STATS_BYTES = 8 * 1024;

/**
 * The totals at the end of a log, however large the log is.
 *
 * @throws {Failure} `list_without_totals` (replan): the pass was cut short.
 */
export async function statsOf(log: string): Promise<RsyncStats> {
  const file = await open(log, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - STATS_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(STATS_BYTES), 0, STATS_BYTES, start);
    const stats = parseStats(buffer.subarray(0, bytesRead).toString('utf8'));
    if (stats !== null) return stats;
  } finally {
    await file.close();
  }
  throw new Failure({
    kind: 'replan',
    code: 'list_without_totals',
    happened: `${log} has no totals at its end`,
    expected: 'the block of --stats',
    remedy: 'List the changes again',
  });
}
