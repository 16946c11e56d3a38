import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { errnoOf, Failure } from '../errors.ts';
import { readExit } from '../formats/rsync/exit.ts';
import { DownloadFailure, type FetchedFile, type FetchRequest } from './fetched.ts';
import { atLeastOne, type RsyncSource, withSlash } from './rsync-arguments.ts';

export interface RsyncFetch extends FetchRequest {
  readonly source: RsyncSource;
  readonly password?: string;
  /** An empty folder of the caller's, which it removes. */
  readonly folder: string;
}

const PATIENCE_MS = 2000;

/**
 * Fetches single files from an rsync daemon, all over one connection. The names go to rsync by its standard input, never on its command line;
 * links are not made, and what is no regular file does not arrive.
 *
 * @throws {DownloadFailure} `stop` when a file is not there, too large or no file; `again` when the server cannot be read.
 *                   Failures of kind stop that concern the whole source (credentials, address) as they are.
 */
export async function fetchOverRsync(request: RsyncFetch): Promise<readonly FetchedFile[]> {
  const { paths, source, folder, maxBytes, signal } = request;
  const said = await runOnce(request);
  signal.throwIfAborted();
  const files: FetchedFile[] = [];
  for (const path of paths) files.push({ path, bytes: await arrived(folder, path, maxBytes, said ?? `${source.url} did not give it`) });
  return files;
}

/** Runs rsync; answers what it said of files that it left out, if anything. */
async function runOnce({ paths, source, password, folder, maxBytes, timeoutMs, signal }: RsyncFetch): Promise<string | null> {
  const limit = AbortSignal.timeout(timeoutMs);
  const args = [
    '--pdeathsig', 'TERM', 'rsync',
    '--times', '--no-implied-dirs', '--from0', '--files-from=-', '--no-motd',
    `--max-size=${maxBytes}`,
    `--timeout=${atLeastOne(Math.min(source.timeoutSeconds, timeoutMs / 1000))}`,
    `--contimeout=${atLeastOne(Math.min(source.connectTimeoutSeconds, timeoutMs / 1000))}`,
    ...(source.bandwidthKiBps === undefined ? [] : [`--bwlimit=${atLeastOne(source.bandwidthKiBps)}`]),
    '--', withSlash(source.url), withSlash(folder),
  ]; // biome-ignore format: one subject a line
  const {
    exitCode,
    signal: endedBy,
    stderr,
    cause,
  } = await execa('setpriv', args, {
    input: paths.join('\0'),
    stdout: 'ignore',
    reject: false,
    maxBuffer: 64 * 1024,
    cancelSignal: AbortSignal.any([signal, limit]),
    forceKillAfterDelay: PATIENCE_MS,
    // As for a whole pass: names are printed as ASCII, and nobody is asked for a password.
    env: { LC_ALL: 'C', RSYNC_PASSWORD: password ?? '' },
  });
  signal.throwIfAborted();
  const [path = ''] = paths;
  if (limit.aborted) throw new DownloadFailure('again', path, `it took longer than ${timeoutMs / 1000} s`);
  if (errnoOf(cause) === 'ENOENT') {
    const remedy = 'Install rsync and util-linux';
    throw new Failure({ kind: 'stop', code: 'rsync_not_started', happened: 'The program setpriv is not on this machine', remedy });
  }
  const outcome = readExit({ exitCode: exitCode ?? null, signal: endedBy ?? null, stderr }, source.url);
  if (outcome.kind === 'clean') return outcome.note;
  // Some of what was asked for could not be given: which, is seen by what arrived.
  if (outcome.code === 'partial_transfer' || outcome.code === 'file_io')
    return stderr.split('\n').find((line) => line.startsWith('rsync')) ?? null;
  if (outcome.kind !== 'again' || outcome.code === 'disk_full') throw new Failure(outcome);
  const { happened, retryAfterMs, code } = outcome;
  const isAsked = code === 'too_many_connections' || code === 'server_refused';
  throw new DownloadFailure('again', path, happened, isAsked && retryAfterMs !== undefined ? { retryAfterMs } : {});
}

async function arrived(folder: string, path: string, maxBytes: number, unless: string): Promise<Uint8Array> {
  try {
    const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new DownloadFailure('stop', path, 'it is no regular file');
      if (stats.size > maxBytes) throw new DownloadFailure('stop', path, `it is ${stats.size} bytes large`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') throw new DownloadFailure('stop', path, unless);
    throw error;
  }
}
