import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copyChanges } from '../../src/argo/mirror.ts';
import type { MirrorSource } from '../../src/argo/mirror-source.ts';
import { profilePath } from '../../src/argo/names.ts';
import { readList } from '../../src/transfer/journal.ts';
import { runRsync } from '../../src/transfer/rsync.ts';
import { startRelay } from '../../standins/gdac/relay.ts';
import { copy, list, never, plan, sourceAt, temporaryFolder } from '../helpers/mirror-night.ts';
import { childrenOf, rsyncsOver, signalAll, until } from '../helpers/processes.ts';
import { differences, grow, profileNames, snapshot } from '../helpers/profile-tree.ts';
import { type RsyncDaemon, startRsyncDaemon } from '../helpers/rsync-daemon.ts';

const FLOATS = [1900001, 1900002, 1900003, 1900004, 1900005, 1900006];
const tree = FLOATS.flatMap((wmo) => profileNames('aoml', wmo, 100));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let daemon: RsyncDaemon;
let source: MirrorSource;
let origin: string;

/** A mirror of which a third is to be deleted, a third changed, and to which a third is to be added. */
beforeEach(async () => {
  folder = await temporaryFolder();
  origin = join(folder.path, 'source');
  await grow(origin, tree.slice(200), 'second', 4000);
  await grow(join(folder.path, 'mirror'), tree.slice(0, 400), 'first');
  daemon = await startRsyncDaemon(origin);
  source = sourceAt(daemon.url, folder.path);
});
afterEach(async () => {
  await daemon.stop();
  await folder.remove();
});

const slow = (): MirrorSource => ({ ...source, bandwidthKiBps: 300 });

/** The profile files that a plan's profiles stand for in this tree, where every profile has one file. */
async function planned(listId: string): Promise<readonly string[]> {
  const { platforms } = await plan(source, listId);
  return platforms.flatMap(({ profiles }) => profiles.map((key) => profilePath(key, 'R'))).toSorted();
}

describe('A copy that is killed half-way and repeated', { timeout: 60_000 }, () => {
  it('names every file that changed when rsync was killed, and when its source had moved on since the list was made', async () => {
    const before = await snapshot(source.mirror);
    await list(source, 'night');
    await grow(origin, profileNames('bodc', 1900009, 300), 'new', 4000);
    const broken = copyChanges({
      now: new Date(),
      source: slow(),
      listId: 'night',
      signal: never,
      tickMs: 10,
      checkFence: async () => {},
      onProgress: async ({ profileFiles }) => {
        if (profileFiles > 250) signalAll(await rsyncsOver(source.mirror), 'SIGKILL');
      },
    });
    await assert.rejects(broken, { kind: 'again', code: 'interrupted' });
    const between = differences(before, await snapshot(source.mirror));

    await copy(source, 'night');
    const changed = differences(before, await snapshot(source.mirror));

    assert.ok(between.length > 0 && between.length < changed.length, 'the first attempt had moved some of the files');
    assert.deepEqual(
      await snapshot(source.mirror).then((files) => [...files.keys()].toSorted()),
      await snapshot(origin).then((files) => [...files.keys()].toSorted()),
    );
    assert.deepEqual(await planned('night'), changed);
  });

  it('names every file that changed when the process that ran it was killed, and leaves no rsync behind', async () => {
    const before = await snapshot(source.mirror);
    await list(source, 'night');
    await grow(origin, profileNames('bodc', 1900009, 300), 'new', 4000);
    const child = spawn(process.execPath, [join(import.meta.dirname, '../helpers/copy-child.ts'), JSON.stringify(slow()), 'night'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const said of child.stdout) if (Number(String(said).trim().split('\n').at(-1)) > 250) break;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(async () => (await rsyncsOver(source.mirror)).length === 0);
    const between = differences(before, await snapshot(source.mirror));

    await copy(source, 'night');
    const changed = differences(before, await snapshot(source.mirror));
    const logs = await readList(source.journal, 'night');

    assert.ok(between.length > 0 && between.length < changed.length, 'the first attempt had moved some of the files');
    assert.equal(logs?.realLogs.length, 2);
    assert.deepEqual(await planned('night'), changed);
  });

  it('goes on at once when one half of rsync was killed while the source was silent: the other half goes with it', async () => {
    await list(source, 'night');
    const relay = await startRelay(daemon.port);
    relay.setFault({ kind: 'hang', afterBytes: 20_000 });
    const broken = copy({ ...source, url: relay.url }, 'night');
    broken.catch(() => undefined);
    await until(async () => relay.struck > 0 && (await rsyncsOver(source.mirror)).length === 2);

    const [starter = 0] = (await rsyncsOver(source.mirror)).toSorted((a, b) => a - b);
    process.kill(starter, 'SIGKILL');
    await assert.rejects(broken, { kind: 'again', code: 'interrupted' });
    await copy(source, 'night');

    await relay.stop();
    assert.deepEqual(differences(await snapshot(origin), await snapshot(source.mirror)), []);
  });

  it('hands what a night has left open on to the next night', async () => {
    await list(source, 'monday');
    await copy(source, 'monday');
    await list(source, 'tuesday');

    const { lists, platforms } = await plan(source, 'tuesday');

    assert.deepEqual(lists, ['monday', 'tuesday']);
    assert.deepEqual(
      platforms.map(({ wmo }) => Number(wmo)),
      FLOATS,
    );
  });
});

describe('A copy that is told to stop', { timeout: 60_000 }, () => {
  it('ends rsync at once and leaves a state from which the next call goes on', async () => {
    const stop = new AbortController();
    await list(source, 'night');
    const stopped = copyChanges({
      now: new Date(),
      source: slow(),
      listId: 'night',
      signal: stop.signal,
      tickMs: 10,
      checkFence: async () => {},
      onProgress: ({ profileFiles }) => void (profileFiles > 210 && stop.abort(new Error('The run was cancelled.'))),
    });
    await assert.rejects(stopped, { message: 'The run was cancelled.' });
    const left = await rsyncsOver(source.mirror);

    await copy(source, 'night');

    assert.deepEqual(left, []);
    assert.deepEqual(differences(await snapshot(origin), await snapshot(source.mirror)), []);
  });

  it('ends rsync also when the server has fallen silent', async () => {
    const stop = new AbortController();
    await list(source, 'night');
    const stopped = copyChanges({
      now: new Date(),
      source: slow(),
      listId: 'night',
      signal: stop.signal,
      tickMs: 10,
      checkFence: async () => {},
      onProgress: async ({ profileFiles }) => {
        if (profileFiles <= 210 || stop.signal.aborted) return;
        signalAll(await childrenOf(daemon.pid), 'SIGSTOP');
        stop.abort(new Error('The run was cancelled.'));
      },
    });
    await assert.rejects(stopped, { message: 'The run was cancelled.' });
    const left = await rsyncsOver(source.mirror);
    signalAll(await childrenOf(daemon.pid), 'SIGKILL');

    assert.deepEqual(left, []);
  });

  it('ends rsync when another run has taken over', async () => {
    await list(source, 'night');
    let asked = 0;
    const fenced = copyChanges({
      now: new Date(),
      source: slow(),
      listId: 'night',
      signal: never,
      tickMs: 10,
      fenceMs: 10,
      checkFence: async () => {
        asked += 1;
        if (asked > 5) throw new Error('Another run holds the flow.');
      },
    });

    await assert.rejects(fenced, { message: 'Another run holds the flow.' });
    assert.deepEqual(await rsyncsOver(source.mirror), []);
  });
});

describe('Two runs over one mirror', { timeout: 60_000 }, () => {
  it('never work at the same time: the second is told who is there', async () => {
    await list(source, 'night');
    const seen = Promise.withResolvers<void>();
    const stop = new AbortController();
    const first = copyChanges({
      now: new Date(),
      source: slow(),
      listId: 'night',
      signal: stop.signal,
      tickMs: 10,
      checkFence: async () => {},
      onProgress: () => seen.resolve(),
    });
    await seen.promise;

    const outcome = await runRsync({
      source,
      target: source.mirror,
      lock: join(source.journal, 'lock'),
      log: join(folder.path, 'other.log'),
      errors: join(folder.path, 'other.err'),
      dryRun: true,
      lockWaitSeconds: 0,
      signal: never,
      onLines: () => {},
    });
    stop.abort(new Error('enough'));
    await assert.rejects(first, { message: 'enough' });

    assert.equal(outcome.kind, 'again');
    assert.equal('code' in outcome ? outcome.code : '', 'mirror_busy');
  });
});
