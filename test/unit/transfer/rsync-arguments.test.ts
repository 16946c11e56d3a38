import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDaemonUrl, rsyncCommand } from '../../../src/transfer/rsync-arguments.ts';

const source = { url: 'rsync://host/argo', timeoutSeconds: 600, connectTimeoutSeconds: 60 };
const call = { source, target: '/srv/mirror', lock: '/srv/mirror.journal/lock', lockWaitSeconds: 5, dryRun: false };

describe('The command that mirrors', () => {
  it('ends with its parent, holds the lock, and copies neither links, devices, owners nor permissions', () => {
    const command = rsyncCommand(call);

    assert.equal(
      command.join(' '),
      'setpriv --pdeathsig TERM flock -F -w 5 -E 75 /srv/mirror.journal/lock rsync -rtvzi --no-human-readable --no-motd --delete ' +
        '--omit-dir-times --outbuf=L --stats --timeout=600 --contimeout=60 -- rsync://host/argo/ /srv/mirror/',
    );
  });

  it('moves nothing in a dry pass, and is as slow and as careful as it is told', () => {
    const command = rsyncCommand({ ...call, source: { ...source, bandwidthKiBps: 0.4 }, dryRun: true, maxDeletions: 7 });

    assert.deepEqual(
      command.filter((word) => ['-n', '--bwlimit=1', '--max-delete=7'].includes(word)),
      ['--bwlimit=1', '--max-delete=7', '-n'],
    );
  });
});

describe('An address', () => {
  for (const url of [
    'rsync://host/argo/',
    'rsync://user@host:8730/argo/dac/',
    'vdmzrs.ifremer.fr::argo/',
    'user@host::argo',
    '[::1]::argo/',
    'rsync://[::1]:8730/argo/',
  ]) {
    it(`"${url}" is a daemon's module`, () => {
      assert.equal(isDaemonUrl(url), true);
    });
  }

  for (const url of [
    'host:folder',
    '/srv/tree',
    'user@host:folder',
    '-e sh::x',
    'rsync://-oProxy/argo',
    'rsync://host',
    'rsync://host/',
    'a b::argo',
    'rsync://user:secret@host/argo/',
    'user:secret@host::argo/',
    'rsync://user:sec/ret@host/argo/',
    '',
  ]) {
    it(`"${url}" is refused: it would start a remote shell, read a local folder or an option, or show a password to all`, () => {
      assert.equal(isDaemonUrl(url), false);
    });
  }
});
