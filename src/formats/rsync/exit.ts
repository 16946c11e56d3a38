import type { FailureFields } from '../../errors.ts';

/** How a pass ended. `clean` means that the list is complete; a note tells what was left out harmlessly. */
export type RsyncOutcome = { readonly kind: 'clean'; readonly note: string | null } | FailureFields;

export interface RsyncExit {
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What it printed to standard error; may be cut. */
  readonly stderr: string;
}

/** The status that the lock is asked to report when another process holds it. rsync itself ends with 0..35. */
export const LOCK_HELD_STATUS = 75;

const MINUTE = 60_000;

const MIRROR_FULL = /No space left on device|Disk quota exceeded/;
/** rsync says no more than this when a line of its output does not fit; it stops before it moves a file it could not name. */
const JOURNAL_FULL = /\(code 13\) at log\.c/;

/** Whether what rsync printed tells of a full disk, be it the mirror's or the journal's. */
export const tellsOfFullDisk = (stderr: string): boolean => MIRROR_FULL.test(stderr) || JOURNAL_FULL.test(stderr);

/** Decides what an end of rsync means. `url` names the source in the sentences. Source: rsync(1), "EXIT VALUES". */
export function readExit({ exitCode, signal, stderr }: RsyncExit, url: string): RsyncOutcome {
  if (exitCode === 0) return { kind: 'clean', note: null };
  if (exitCode === 24) return { kind: 'clean', note: `Some files vanished at ${url} while it was being read; the next pass settles them.` };
  const said = firstComplaint(stderr);
  const happened = (what: string): string => (said === '' ? what : `${what} (rsync said: ${said})`);
  const known = diagnosed(stderr, url) ?? byStatus(exitCode, url);
  if (known !== null) return { ...known, happened: happened(known.happened) };
  if (exitCode === null) return again('interrupted', happened(`The copy from ${url} was ended by ${signal ?? 'a signal'}`));
  return again(
    'rsync_failed',
    happened(`rsync ended with status ${exitCode} while reading ${url}`),
    'Look the status up in the manual page of rsync, under EXIT VALUES',
  );
}

const again = (code: string, happened: string, remedy?: string, retryAfterMs?: number): FailureFields => ({
  kind: 'again',
  code,
  happened,
  ...(remedy === undefined ? {} : { remedy }),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const stop = (code: string, happened: string, remedy: string): FailureFields => ({ kind: 'stop', code, happened, remedy });

type Diagnosis = readonly [complaint: RegExp, meaning: (url: string) => FailureFields];

/** What the words on standard error tell better than the status. A server's own refusals start with `@ERROR` at the start of a line. */
const DIAGNOSES: readonly Diagnosis[] = [
  [
    MIRROR_FULL,
    () =>
      again(
        'disk_full',
        'The disk of the mirror is full',
        'Free some space or move the mirror; the copy goes on by itself afterwards',
        15 * MINUTE,
      ),
  ],
  [
    JOURNAL_FULL,
    () =>
      again(
        'disk_full',
        'The list of changes could not be written: the disk of the journal is full',
        'Free some space; the copy goes on by itself afterwards',
        15 * MINUTE,
      ),
  ],
  [
    // rsync itself keeps a source from writing outside the mirror, and says so with a status that otherwise means an old version.
    /ABORTING due to (?:unsafe|invalid) (?:pathname|path)|ERROR: rejecting (?:unrequested|excluded) file-list name/,
    (url) =>
      stop(
        'unsafe_source',
        `${url} names files outside of its own tree, and nothing was taken from it`,
        'Ask the operator of the server, or take another server',
      ),
  ],
  [
    /^@ERROR: auth failed/m,
    (url) =>
      stop(
        'credentials_refused',
        `${url} refused the user name or password`,
        'Correct the user in the address and the password in its environment variable or file',
      ),
  ],
  [
    /^@ERROR: Unknown module/m,
    (url) =>
      stop('unknown_module', `The server of ${url} has no such module`, 'Correct the address; rsync with the host alone lists the modules'),
  ],
  [
    /^@ERROR: access denied/m,
    (url) => stop('access_denied', `${url} does not admit this host`, 'Ask the operator of the server, or take another server'),
  ],
  [/^@ERROR: max connections/m, (url) => again('too_many_connections', `${url} has as many visitors as it admits`, undefined, 5 * MINUTE)],
  [/^@ERROR/m, (url) => again('server_refused', `${url} cannot be read at the moment`, undefined, 5 * MINUTE)],
  [
    /\[(?:receiver|generator)\][^\n]*(?:Permission denied|Read-only file system|Operation not permitted)/i,
    () => stop('mirror_not_writable', 'The mirror cannot be written', 'Give the folder of the mirror to the user that runs the worker'),
  ],
  [
    /^flock: (?:cannot open|failed to execute)|^setpriv: /m,
    () => stop('rsync_not_started', 'rsync could not be started', 'Install rsync and util-linux, and check the folder of the journal'),
  ],
];

function diagnosed(stderr: string, url: string): FailureFields | null {
  const found = DIAGNOSES.find(([complaint]) => complaint.test(stderr));
  return found === undefined ? null : found[1](url);
}

function byStatus(status: number | null, url: string): FailureFields | null {
  switch (status) {
    case 1:
    case 2:
    case 4:
    case 6:
      return stop('rsync_unsuitable', `This rsync and ${url} do not understand each other`, 'Install rsync 3.1 or later');
    case 3:
      return stop('mirror_unusable', 'The folder of the mirror cannot be used', 'Check that the path of the mirror exists and is a folder');
    case 5:
      return again('server_refused', `${url} did not start the transfer`, undefined, MINUTE);
    case 10:
      return again('unreachable', `${url} cannot be reached`, 'Check the address and the network', MINUTE);
    case 11:
      return again('file_io', `Reading or writing a file failed while copying from ${url}`);
    case 12:
      return again('connection_broken', `The connection to ${url} broke off`);
    case 13:
      return again(
        'list_not_written',
        'rsync could not write its list of changes, and stopped',
        'Free some space on the disk that holds the journal',
        5 * MINUTE,
      );
    case 20:
    case 19:
      return again('interrupted', `The copy from ${url} was interrupted`);
    case 23:
      return again('partial_transfer', `Some files of ${url} could not be copied, and deletions may have been held back`);
    case 25:
      return {
        kind: 'replan',
        code: 'deletions_beyond_list',
        happened: `${url} wants more deletions than its list of changes named`,
        remedy: 'List the changes again and judge the deletions anew',
      };
    case 30:
      return again('silent_connection', `${url} fell silent for longer than the timeout`);
    case 35:
      return again('unreachable', `${url} did not answer in time`, undefined, MINUTE);
    case LOCK_HELD_STATUS:
      return again(
        'mirror_busy',
        'Another rsync is working on the mirror',
        'Wait for it to end, or stop it; two never work on one mirror',
        MINUTE,
      );
    case 69:
    case 126:
    case 127:
      return stop('rsync_not_started', 'rsync could not be started', 'Install rsync and util-linux');
    default:
      return null;
  }
}

/** The first telling line of standard error, bounded: `@ERROR` lines first, then rsync's own. */
function firstComplaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.find((text) => text.startsWith('@ERROR')) ??
    lines.find((text) => /^(?:rsync|flock|setpriv|ABORTING|ERROR)/.test(text)) ??
    lines[0] ??
    '';
  return line.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 300);
}
