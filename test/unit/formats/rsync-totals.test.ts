import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readExit } from '../../../src/formats/rsync/exit.ts';
import { parseStats } from '../../../src/formats/rsync/stats.ts';
import { fc } from '../../helpers/properties.ts';

// Printed by rsync 3.5.0 -n --stats over a small tree; the first with --no-human-readable, the second without any such option.
const EXACT = `>f+++++++++ a.nc

Number of files: 6,155 (reg: 6,024, dir: 131)
Number of created files: 13 (reg: 10, dir: 3)
Number of deleted files: 14 (reg: 12, dir: 2)
Number of regular files transferred: 15
Total file size: 619990 bytes
Total transferred file size: 412957 bytes
Literal data: 0 bytes
`;

describe('The totals of rsync --stats', () => {
  it('are read as exact numbers', () => {
    assert.deepEqual(parseStats(EXACT), {
      files: 6155,
      regularFiles: 6024,
      folders: 131,
      transferredFiles: 15,
      deletedFiles: 14,
      totalBytes: 619990,
      transferredBytes: 412957,
    });
  });

  it('are read from their rounded form', () => {
    const stats = parseStats(EXACT.replace('619990', '619.99K').replace('412957', '1.50G'));

    assert.equal(stats?.totalBytes, 619990);
    assert.equal(stats?.transferredBytes, 1_500_000_000);
  });

  it('tell an empty source, which lists one folder and no kind but it', () => {
    const stats = parseStats(EXACT.replace(/Number of files:.*/, 'Number of files: 1 (dir: 1)'));

    assert.equal(stats?.regularFiles, 0);
  });

  it('are absent when the pass was cut short', () => {
    assert.equal(parseStats(EXACT.slice(0, 120)), null);
    assert.equal(parseStats(''), null);
  });

  it('never make rsync output throw', () => {
    fc.assert(fc.property(fc.string(), (text) => parseStats(`Number of files: ${text}\n${EXACT}`) === null || true));
  });
});

const URL = 'rsync://host/argo/';
const end = (exitCode: number | null, stderr = '', signal: string | null = null) => readExit({ exitCode, signal, stderr }, URL);

describe('The end of an rsync', () => {
  it('is clean with status 0, and with 24 and a note', () => {
    assert.deepEqual(end(0, 'some warning'), { kind: 'clean', note: null });
    assert.deepEqual(end(24), {
      kind: 'clean',
      note: 'Some files vanished at rsync://host/argo/ while it was being read; the next pass settles them.',
    });
  });

  const cases: readonly (readonly [status: number | null, stderr: string, kind: string, code: string])[] = [
    [1, '', 'stop', 'rsync_unsuitable'],
    [4, 'ABORTING due to unsafe pathname from sender: ../x\nrsync error: requested action not supported (code 4)', 'stop', 'unsafe_source'],
    [3, '', 'stop', 'mirror_unusable'],
    [5, '', 'again', 'server_refused'],
    [5, "@ERROR: Unknown module 'nope'\nrsync error: error starting client-server protocol (code 5)", 'stop', 'unknown_module'],
    [5, '@ERROR: auth failed on module argo\n', 'stop', 'credentials_refused'],
    [5, '@ERROR: access denied to argo from localhost (127.0.0.1)\n', 'stop', 'access_denied'],
    [5, '@ERROR: max connections (4) reached -- try again later\n', 'again', 'too_many_connections'],
    [5, '@ERROR: chdir failed\n', 'again', 'server_refused'],
    [10, 'rsync: [Receiver] failed to connect to host (127.0.0.1): Connection refused (111)', 'again', 'unreachable'],
    [11, '', 'again', 'file_io'],
    [11, 'rsync: [receiver] write failed on "/m/a.nc": No space left on device (28)', 'again', 'disk_full'],
    [13, '', 'again', 'list_not_written'],
    [13, 'rsync error: errors with program diagnostics (code 13) at log.c(263) [Receiver=3.5.0]', 'again', 'disk_full'],
    [12, '', 'again', 'connection_broken'],
    [20, '', 'again', 'interrupted'],
    [23, 'rsync: [sender] send_files failed to open "/a.nc" (in argo): Permission denied (13)', 'again', 'partial_transfer'],
    [23, 'rsync: [receiver] mkstemp "/m/.a.nc.Xa12Yz" failed: Permission denied (13)', 'stop', 'mirror_not_writable'],
    [23, 'rsync: [sender] send_files failed to open "/@ERROR: auth failed" (in argo): Permission denied (13)', 'again', 'partial_transfer'],
    [25, '', 'replan', 'deletions_beyond_list'],
    [30, '', 'again', 'silent_connection'],
    [35, '', 'again', 'unreachable'],
    [75, '', 'again', 'mirror_busy'],
    [69, 'flock: failed to execute rsync: No such file or directory', 'stop', 'rsync_not_started'],
    [66, 'flock: cannot open lock file /none/lock: No such file or directory', 'stop', 'rsync_not_started'],
    [99, '', 'again', 'rsync_failed'],
    [null, '', 'again', 'interrupted'],
  ];
  for (const [status, stderr, kind, code] of cases) {
    it(`with status ${status} and "${stderr.split('\n')[0]}" means ${kind}: ${code}`, () => {
      const outcome = end(status, stderr, status === null ? 'SIGKILL' : null);

      assert.equal(outcome.kind, kind);
      assert.equal('code' in outcome ? outcome.code : '', code);
    });
  }

  it('quotes what rsync said, without control characters', () => {
    const outcome = end(5, '@ERROR: auth failed on module \u001b[31margo\n');

    assert.equal(
      'happened' in outcome ? outcome.happened : '',
      `${URL} refused the user name or password (rsync said: @ERROR: auth failed on module  [31margo)`,
    );
  });

  it('asks for a long pause when the disk is full', () => {
    const outcome = end(11, 'No space left on device (28)');

    assert.equal('retryAfterMs' in outcome ? outcome.retryAfterMs : 0, 900_000);
  });
});
