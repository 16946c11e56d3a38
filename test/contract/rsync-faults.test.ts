import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copyChanges, listChanges } from '../../src/argo/mirror.ts';
import { judgeDeletions } from '../../src/argo/mirror-guard.ts';
import type { MirrorSource } from '../../src/argo/mirror-source.ts';
import { closeList } from '../../src/transfer/journal.ts';
import { copy, list, never, plan, sourceAt, temporaryFolder } from '../helpers/mirror-night.ts';
import { childrenOf, signalAll } from '../helpers/processes.ts';
import { differences, grow, profileNames, snapshot, touch } from '../helpers/profile-tree.ts';
import { freePort, type RsyncDaemon, type RsyncDaemonOptions, startRsyncDaemon } from '../helpers/rsync-daemon.ts';

const names = profileNames('aoml', 1900001, 40);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let origin: string;
let daemons: RsyncDaemon[];

beforeEach(async () => {
  folder = await temporaryFolder();
  await chmod(folder.path, 0o755);
  origin = join(folder.path, 'source');
  daemons = [];
  await grow(origin, names, 'first', 2000);
});
afterEach(async () => {
  for (const daemon of daemons) await daemon.stop();
  await folder.remove();
});

async function serve(options: RsyncDaemonOptions = {}): Promise<MirrorSource> {
  const daemon = await startRsyncDaemon(origin, options);
  daemons.push(daemon);
  return sourceAt(daemon.url, folder.path);
}

async function night(source: MirrorSource, listId: string): Promise<void> {
  await list(source, listId);
  await copy(source, listId);
  await closeList(source.journal, listId, new Date());
}

describe('A server that does not give what is asked', { timeout: 60_000 }, () => {
  it('is said to be out of reach when nobody listens; that may pass', async () => {
    const source = sourceAt(`rsync://127.0.0.1:${await freePort()}/argo/`, folder.path);

    await assert.rejects(list(source, 'night'), { kind: 'again', code: 'unreachable' });
  });

  it('stops the run when it has no such module', async () => {
    const source = await serve();

    await assert.rejects(list({ ...source, url: source.url.replace('/argo/', '/nope/') }, 'night'), {
      kind: 'stop',
      code: 'unknown_module',
    });
  });

  it('stops the run when it refuses the password, and admits the right one', async () => {
    const source = await serve({ secrets: 'reader:open sesame\n' });
    const url = source.url.replace('rsync://', 'rsync://reader@');

    await assert.rejects(list({ ...source, url, password: 'guess' }, 'night'), { kind: 'stop', code: 'credentials_refused' });
    await assert.rejects(list({ ...source, url }, 'night'), { kind: 'stop', code: 'credentials_refused' });
    assert.equal((await list({ ...source, url, password: 'open sesame' }, 'night')).plan.profiles, 40);
  });

  it('is asked again later when it admits no more visitors', async () => {
    const source = await serve({ moduleLines: ['max connections = -1'] });

    await assert.rejects(list(source, 'night'), { kind: 'again' });
  });

  it('costs nothing when it vanishes half-way: the copy goes on when it is back', async () => {
    const port = await freePort();
    const source = { ...(await serve({ port })), bandwidthKiBps: 40 };
    await list(source, 'night');
    let isCut = false;
    const cut = copyChanges({
      now: new Date(),
      source,
      listId: 'night',
      signal: never,
      tickMs: 10,
      checkFence: async () => {},
      onProgress: async ({ profileFiles }) => {
        if (profileFiles < 5 || isCut) return;
        isCut = true;
        const visitors = await childrenOf(daemons[0]?.pid ?? 0);
        await daemons[0]?.stop();
        signalAll(visitors, 'SIGKILL');
      },
    });
    await assert.rejects(cut, { kind: 'again', code: 'unreachable' });

    await serve({ port });
    await copy({ ...source, bandwidthKiBps: 10_000 }, 'night');
    const { platforms } = await plan(source, 'night');

    assert.deepEqual(differences(await snapshot(origin), await snapshot(source.mirror)), []);
    assert.equal(platforms[0]?.profiles.length, 40);
  });

  it('cannot make the mirror lose what it could not read: nothing is deleted, and the rest is copied if that is accepted', async () => {
    const source = await serve(process.getuid?.() === 0 ? { moduleLines: ['uid = nobody', 'gid = nogroup'] } : {});
    await night(source, 'before');
    await rm(join(origin, names[0] ?? ''));
    await grow(origin, profileNames('aoml', 1900002, 1), 'first');
    await chmod(join(origin, 'aoml/1900001/profiles'), 0);
    const again = { source, listId: 'night', signal: never, tickMs: 50 };

    await assert.rejects(list(source, 'night'), { kind: 'again', code: 'partial_transfer' });
    const accepted = await listChanges({ ...again, flow: 'argo', now: new Date(), acceptPartial: true });
    await assert.rejects(copy(source, 'night'), { kind: 'again', code: 'partial_transfer' });
    const copied = await copyChanges({ ...again, now: new Date(), acceptPartial: true, checkFence: async () => {} });
    await chmod(join(origin, 'aoml/1900001/profiles'), 0o755);

    assert.match(accepted.warnings.join(' '), /could not be copied/);
    assert.match(copied.warnings.join(' '), /could not be copied/);
    assert.deepEqual([...(await snapshot(source.mirror)).keys()].toSorted(), [...names, ...profileNames('aoml', 1900002, 1)].toSorted());
  });
});

describe('A source that loses its files', { timeout: 60_000 }, () => {
  it('is judged before anything is deleted', async () => {
    const source = await serve();
    await night(source, 'before');
    await rm(join(origin, 'aoml'), { recursive: true });

    const { changes, source: stats } = await list(source, 'night');
    const verdict = await judgeDeletions({ changes, root: source.mirror, stats, documents: 40, settings: { share: 0.01, floor: 20 } });

    assert.equal(verdict.state === 'ask' ? verdict.reason : '', 'empty_source');
    assert.equal((await snapshot(source.mirror)).size, 40);
  });

  it('cannot have much more deleted than the list named: the copy stops and asks for a new list', async () => {
    await grow(origin, profileNames('aoml', 1900002, 200));
    const source = await serve();
    await night(source, 'before');
    await touch(origin, names[0] ?? '', 1_600_000_000);
    await list(source, 'night');
    await rm(join(origin, 'aoml/1900002'), { recursive: true });

    await assert.rejects(copy(source, 'night'), { kind: 'replan', code: 'deletions_beyond_list' });
    await assert.rejects(copy(source, 'night'), { kind: 'replan', code: 'not_listed' });
    const relisted = await list(source, 'night');
    await copy(source, 'night');

    assert.ok(relisted.plan.deletedFiles >= 100, 'the new list names what is left to delete');
    assert.deepEqual(differences(await snapshot(origin), await snapshot(source.mirror)), []);
    assert.deepEqual(
      (await plan(source, 'night')).platforms.map(({ profiles }) => profiles.length),
      [1, 200],
    );
  });
});

describe('A source that wants more than files', { timeout: 60_000 }, () => {
  const hostile = [
    'new\nline.nc',
    'R1900001_001 (copy).nc',
    '-rf.nc',
    '\u001b[31mR1900001_002.nc',
    '*deleting   R1900001_003.nc',
    '$(touch x).nc',
  ];

  it('cannot make links, and its strange names are reported and harm nothing', async () => {
    const profiles = join(origin, 'aoml/1900001/profiles');
    await writeFile(join(folder.path, 'secret'), 'untouched');
    await symlink(join(folder.path, 'secret'), join(profiles, 'R1900001_041.nc'));
    await symlink(folder.path, join(origin, 'aoml/1900002'));
    await mkdir(join(origin, 'bodc'));
    for (const name of hostile) await writeFile(join(profiles, name), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${profiles}/R1900001_`), Buffer.of(0xe9), Buffer.from('.nc')]), 'x');
    const source = await serve();

    const { plan: summary } = await list(source, 'night');
    await copy(source, 'night');
    const { platforms } = await plan(source, 'night');
    const mirrored = await snapshot(source.mirror);

    assert.deepEqual(
      platforms.map(({ wmo, profiles }) => [wmo, profiles.length]),
      [['1900001', 40]],
    );
    assert.deepEqual(
      [...summary.firstUnknownNames],
      [
        '$(touch x).nc',
        '*deleting   R1900001_003.nc',
        '-rf.nc',
        'R1900001_001 (copy).nc',
        'R1900001_041.nc',
        'R1900001_\\#351.nc',
        '\\#033[31mR1900001_002.nc',
        'new\\#012line.nc',
      ]
        .map((name) => `aoml/1900001/profiles/${name}`)
        .concat('aoml/1900002'),
    );
    assert.equal(mirrored.has('aoml/1900001/profiles/R1900001_041.nc'), false);
    assert.equal(mirrored.has('aoml/1900002'), false);
    assert.equal(await readFile(join(folder.path, 'secret'), 'utf8'), 'untouched');
  });

  it('is refused before rsync starts when the journal lies inside the mirror', async () => {
    const source = await serve();

    await assert.rejects(list({ ...source, journal: join(source.mirror, 'journal') }, 'night'), { kind: 'stop', code: 'bad_mirror' });
  });
});

describe('A list', { timeout: 60_000 }, () => {
  it('is not asked for again when it is complete, unless that is wanted', async () => {
    const source = await serve();
    const first = await list(source, 'night');
    await grow(origin, profileNames('aoml', 1900002, 1));

    const second = await list(source, 'night');
    const third = await listChanges({ source, listId: 'night', flow: 'argo', now: new Date(), signal: never, again: true });

    assert.deepEqual([first.isReused, second.isReused, third.isReused], [false, true, false]);
    assert.deepEqual([first.plan.profiles, second.plan.profiles, third.plan.profiles], [40, 40, 41]);
    assert.equal(first.source.transferredBytes, 80_000);
  });

  it('that was never copied adds nothing to the work', async () => {
    const source = await serve();
    await list(source, 'looked-at');

    const { lists, platforms } = await plan(source, 'looked-at');

    assert.deepEqual({ lists, platforms }, { lists: ['looked-at'], platforms: [] });
  });
});
