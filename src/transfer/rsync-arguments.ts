import { LOCK_HELD_STATUS } from '../formats/rsync/exit.ts';

/** Where a mirror comes from, and how patiently and politely it is read. */
export interface RsyncSource {
  /** A module of an rsync daemon or a folder in it: `rsync://[user@]host[:port]/module/…` or `[user@]host::module/…`. */
  readonly url: string;
  /** Ends a pass whose connection says nothing for so long. */
  readonly timeoutSeconds: number;
  readonly connectTimeoutSeconds: number;
  readonly bandwidthKiBps?: number;
}

export interface RsyncCall {
  readonly source: RsyncSource;
  /** Absolute path of the folder that becomes equal to the source. */
  readonly target: string;
  readonly lock: string;
  /** How long to wait for a predecessor that is just dying. */
  readonly lockWaitSeconds: number;
  readonly dryRun: boolean;
  /** rsync stops deleting beyond this number of files and folders, and ends with status 25. */
  readonly maxDeletions?: number;
}

/**
 * The command that makes `target` equal to the source: `setpriv … flock … rsync …`, each replaced by the next in the same process.
 *
 * - `setpriv --pdeathsig TERM`: rsync ends when its starter does, however that died. TERM rather than KILL, because rsync then takes its
 *   receiving half along at once; after a KILL that half lives on until it has something to say.
 * - `flock -F`: both halves of rsync hold the lock until the last one is gone.
 * - `-rtvzi` without `-l`, `-D`, `-o`, `-g`, `-p`: a source must not be able to make links to anywhere, devices or foreign owners.
 * - `--outbuf=L` writes each line whole, before the file it names is put in place.
 * - `--no-human-readable` keeps totals exact; it does not change the lines.
 * - `--no-motd`: a server's greeting would stand in the list, and could look like changes.
 */
export function rsyncCommand(call: RsyncCall): readonly [program: string, ...args: string[]] {
  const { source, target, lock, lockWaitSeconds, dryRun, maxDeletions } = call;
  const options = [
    '-rtvzi',
    '--no-human-readable',
    '--no-motd',
    '--delete',
    '--omit-dir-times',
    '--outbuf=L',
    '--stats',
    `--timeout=${atLeastOne(source.timeoutSeconds)}`,
    `--contimeout=${atLeastOne(source.connectTimeoutSeconds)}`,
    ...(source.bandwidthKiBps === undefined ? [] : [`--bwlimit=${atLeastOne(source.bandwidthKiBps)}`]),
    ...(maxDeletions === undefined ? [] : [`--max-delete=${maxDeletions}`]),
    ...(dryRun ? ['-n'] : []),
  ];
  return [
    'setpriv', '--pdeathsig', 'TERM',
    'flock', '-F', '-w', String(lockWaitSeconds), '-E', String(LOCK_HELD_STATUS), lock,
    'rsync', ...options, '--', withSlash(source.url), withSlash(target),
  ]; // biome-ignore format: one program a line
}

/** rsync takes whole numbers, and 0 as no limit. */
export const atLeastOne = (value: number): number => Math.max(1, Math.round(value));

/** With a slash at its end a folder means what is in it. */
export const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

const WORD = '[^/:\\s@-][^/:\\s@]*';
const USER_AND_HOST = `(?:${WORD}@)?(?:\\[[0-9A-Fa-f:.]+\\]|${WORD})`;
const DAEMON_URL = new RegExp(`^(?:rsync://${USER_AND_HOST}(?::\\d{1,5})?/|${USER_AND_HOST}::)[^/\\s]\\S*$`);

/**
 * Only a daemon's module: anything else would start a remote shell or read a local folder.
 * And no password: every user of the machine can read command lines.
 */
export const isDaemonUrl = (url: string): boolean => DAEMON_URL.test(url);
