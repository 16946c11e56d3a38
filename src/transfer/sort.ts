import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { execa } from 'execa';
import { Failure } from '../errors.ts';

export interface SortOptions {
  /** Where the sorted lines end up, whole or not at all. */
  readonly into: string;
  /** A folder for what does not fit into memory. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

const MEMORY = '64M';

/**
 * Sorts lines by their bytes and drops repeats, in constant memory, however many there are.
 *
 * @param batches  texts of whole lines, each ending in a newline.
 * @throws {Failure} `sort_failed` (again): the scratch folder is full or not writable. `into` is untouched.
 */
export async function sortUnique(batches: AsyncIterable<string>, { into, scratch, signal }: SortOptions): Promise<void> {
  const temporary = `${into}.new`;
  const sort = execa('sort', ['-u', '-S', MEMORY, '-T', scratch, '-o', temporary], {
    env: { LC_ALL: 'C' },
    stdout: 'ignore',
    reject: false,
    cancelSignal: signal,
    maxBuffer: 16 * 1024,
  });
  try {
    await feed(sort.stdin, batches);
  } catch (error) {
    sort.kill('SIGKILL');
    await sort;
    await rm(temporary, { force: true });
    throw error;
  }
  const end = await sort;
  signal.throwIfAborted();
  if (end.failed) {
    await rm(temporary, { force: true });
    throw new Failure({
      kind: 'again',
      code: 'sort_failed',
      happened: `Sorting a list into ${into} failed (${end.stderr.trim().slice(0, 300) || end.shortMessage})`,
      remedy: `Check the free space below ${scratch}`,
    });
  }
  await rename(temporary, into);
}

async function feed(input: Writable, batches: AsyncIterable<string>): Promise<void> {
  // An end of sort shows as a broken pipe here; its exit status tells why.
  let isBroken = false;
  input.on('error', () => {
    isBroken = true;
  });
  for await (const batch of batches) {
    if (isBroken || input.destroyed) return;
    if (!input.write(batch)) await Promise.race([once(input, 'drain'), once(input, 'close')]).catch(() => undefined);
  }
  input.end();
}
