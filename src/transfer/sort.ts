import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { errnoOf, Failure } from '../errors.ts';

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
  // A sort that gives up shows here as a broken pipe; its own words tell why.
  const fed = await settle(pipeline(Readable.from(batches), sort.stdin));
  if (fed.error !== null && !isBrokenPipe(fed.error)) sort.kill('SIGKILL');
  const end = await sort;
  if (end.failed || fed.error !== null) await rm(temporary, { force: true });
  signal.throwIfAborted();
  if (fed.error !== null && !isBrokenPipe(fed.error)) throw fed.error;
  if (end.failed) {
    throw new Failure({
      kind: 'again',
      code: 'sort_failed',
      happened: `Sorting a list into ${into} failed (${end.stderr.trim().slice(0, 300) || end.shortMessage})`,
      remedy: `Check the free space below ${scratch}`,
    });
  }
  await rename(temporary, into);
}

const settle = (work: Promise<unknown>): Promise<{ readonly error: unknown }> =>
  work.then(
    () => ({ error: null }),
    (error: unknown) => ({ error }),
  );

const isBrokenPipe = (error: unknown): boolean => ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(errnoOf(error) ?? '');
