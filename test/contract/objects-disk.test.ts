import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { bytes, listed, textOf } from '../helpers/object-subject.ts';

let folder: string;
let outside: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-objects-'));
  outside = await mkdtemp(join(tmpdir(), 'landfall-outside-'));
});
afterEach(async () => {
  for (const made of [folder, outside]) await rm(made, { recursive: true, force: true });
});

const helper = (name: string) => join(import.meta.dirname, `../helpers/${name}.ts`);

/** How the child ended, and the number of steps that it says. */
async function putInChild(killAfter: number, condition: unknown): Promise<{ readonly signal: unknown; readonly steps: number }> {
  const child = spawn(process.execPath, [helper('put-child'), folder, `${killAfter}`, JSON.stringify(condition)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [, signal] = await once(child, 'close');
  return { signal, steps: Number(said) };
}

describe('A writer to disk that is killed', { timeout: 120_000 }, () => {
  for (const kind of ['a new object', 'a replaced object', 'an object replaced under a condition'] as const) {
    it(`after any single step leaves the old or the new object, of ${kind}`, async () => {
      const store = await openDisk({ folder });
      const old = 'old'.repeat(100_000);
      const fresh = 'new'.repeat(100_000);
      const prepare = async () => {
        await rm(join(folder, 'deep'), { recursive: true, force: true });
        const { version } = kind === 'a new object' ? { version: null } : await store.put('deep/er/key', bytes(old));
        return kind === 'an object replaced under a condition' ? { version } : null;
      };
      const { steps } = await putInChild(0, await prepare());
      const seen = new Set<string>();
      const ends: unknown[] = [];
      let swept = 0;

      for (let step = 1; step <= steps; step += 1) {
        const condition = await prepare();
        ends.push((await putInChild(step, condition)).signal);
        const left = await textOf(store, 'deep/er/key');
        seen.add(left === null ? 'absent' : left === old ? 'old' : left === fresh ? 'new' : 'torn');
        await store.put(
          'deep/er/key',
          bytes('after'),
          condition === null ? {} : { condition: { version: (await store.version('deep/er/key')) ?? '' } },
        );
        assert.deepEqual(await listed(store.list('')), ['deep/er/key']);
        swept += await store.sweep(-1000);
        assert.deepEqual(await readdir(join(folder, 'deep', 'er')), ['key']);
      }

      // look, open, write, sync, rename, and open and sync the folder
      assert.ok(steps >= 7, `${steps} steps`);
      assert.deepEqual(ends, Array(steps).fill('SIGKILL'));
      assert.deepEqual([...seen].toSorted(), kind === 'a new object' ? ['absent', 'new'] : ['new', 'old']);
      assert.ok(swept > 0, 'what was left unfinished is found');
    });
  }
});

describe('Several processes that write under a condition', { timeout: 120_000 }, () => {
  it('lose no update', async () => {
    const children = Array.from({ length: 3 }, () => spawn(process.execPath, [helper('counter-child'), folder, '8'], { stdio: 'inherit' }));

    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));

    assert.deepEqual(codes, [0, 0, 0]);
    assert.equal(await textOf(await openDisk({ folder }), 'counter'), '24');
  });
});

describe('Objects on disk', { timeout: 60_000 }, () => {
  it('are copied as hard links, without their bytes', async () => {
    const store = await openDisk({ folder });
    await store.put('a', bytes('content'));

    await store.copy('a', 'b/c');

    assert.equal((await stat(join(folder, 'a'))).ino, (await stat(join(folder, 'b/c'))).ino);
  });

  it('are not opened through a symbolic link unless that is said, and then stay where the link led', async () => {
    await mkdir(join(outside, 'one'));
    await mkdir(join(outside, 'two'));
    await symlink('one', join(outside, 'live'));
    await assert.rejects(openDisk({ folder: join(outside, 'live') }), { kind: 'stop', code: 'store_is_link' });

    const store = await openDisk({ folder: join(outside, 'live'), followLink: true });
    await rm(join(outside, 'live'));
    await symlink('two', join(outside, 'live'));
    await store.put('key', bytes('x'));

    assert.deepEqual(await readdir(join(outside, 'one')), ['key']);
    assert.deepEqual(await readdir(join(outside, 'two')), []);
  });

  it('are never read, written, listed, copied or deleted through a link that somebody put there', async () => {
    const store = await openDisk({ folder });
    await writeFile(join(outside, 'secret'), 'theirs');
    await symlink(outside, join(folder, 'away'));
    await symlink(join(outside, 'secret'), join(folder, 'file'));
    const ways = [
      () => store.get('away/secret'),
      () => store.get('file'),
      () => store.getRange('file', { offset: 0, length: 1 }),
      () => store.stat('file'),
      () => store.version('away/secret'),
      () => store.put('away/new', bytes('x')),
      () => store.put('away/deeper/new', bytes('x')),
      () => store.copy('away/secret', 'mine'),
      () => store.delete('away/secret'),
      () => store.delete('file'),
      () => listed(store.list('away/')),
    ];

    for (const way of ways) await assert.rejects(way, { kind: 'stop', code: 'link_in_the_way' }, way.toString());

    assert.deepEqual(await listed(store.list('')), []);
    assert.deepEqual(await readdir(outside), ['secret']);
    assert.equal(await readFile(join(outside, 'secret'), 'utf8'), 'theirs');
  });

  it('are not waited for where a pipe stands in their place', async () => {
    const store = await openDisk({ folder });
    execFileSync('mkfifo', [join(folder, 'pipe')]);

    assert.equal(await store.get('pipe'), null);
  });

  it('that a living writer has just begun are not swept away', async () => {
    const store = await openDisk({ folder });
    const unfinished = join(folder, '.landfall-0123456789abcdef.part');
    await writeFile(unfinished, 'half');
    await utimes(unfinished, new Date(0), new Date(0));

    assert.equal(await store.sweep(60_000), 0);
    assert.deepEqual(await readdir(folder), ['.landfall-0123456789abcdef.part']);
    assert.deepEqual(await listed(store.list('')), []);
  });

  it('of one key among many are swept without those of the others', async () => {
    const store = await openDisk({ folder });
    await store.put('mine.parts/deep/key', bytes('whole'));
    await store.put('others/deep/key', bytes('whole'));
    const part = '.landfall-0123456789abcdef.part';
    for (const at of ['.', 'mine.parts/deep', 'others/deep']) await writeFile(join(folder, at, part), 'half');

    assert.equal(await store.sweep(-1000, { prefix: 'mine' }), 2, 'its own, and at the top, where no name tells whose it is');
    assert.deepEqual(await readdir(join(folder, 'others', 'deep')), [part, 'key']);
    assert.equal(await store.sweep(-1000, { prefix: 'others/deep' }), 1);
  });

  it('that this user may not write stop the run', { skip: process.getuid?.() === 0 ? 'root may write everywhere' : false }, async () => {
    await chmod(folder, 0o555);

    await assert.rejects((await openDisk({ folder })).put('key', bytes('x')), { kind: 'stop', code: 'store_refused' });
  });
});

describe('A full disk', { timeout: 60_000 }, () => {
  it('leaves the old object and nothing unfinished, and may be tried again later', async (test) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'landfall-test', folder], { stdio: 'ignore' });
    } catch {
      test.skip('a small file system cannot be mounted here');
      return;
    }
    try {
      const store = await openDisk({ folder });
      const { version } = await store.put('key', bytes('old'));

      for (const options of [{}, { condition: { version } }]) {
        await assert.rejects(store.put('key', new Uint8Array(2_000_000), options), {
          kind: 'again',
          code: 'store_full',
          retryAfterMs: 60_000,
        });
      }

      assert.equal(await textOf(store, 'key'), 'old');
      assert.deepEqual((await readdir(folder)).toSorted(), ['key']);
      await store.put('key', bytes('new'), { condition: { version } });
      assert.equal(await textOf(store, 'key'), 'new');
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});
