import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { cached, cachedOrBuilt, cacheFolder } from '../../../src/embedded/cache.ts';

const CACHE_MODULE = new URL('../../../src/embedded/cache.ts', import.meta.url).href;
const entry = { name: 'server', version: '1.2' };
const quiet = () => undefined;

let root = '';

describe('the cache', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'landfall-cache-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('lies where the XDG specification puts it', () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' }), '/var/cache/me/landfall');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'relative' }), join(homedir(), '.cache', 'landfall'));
    assert.equal(cacheFolder({}), join(homedir(), '.cache', 'landfall'));
  });

  it('says what to do where nothing can be kept', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');

    const building = cachedOrBuilt(entry, quiet, async () => {}, join(file, 'landfall'));

    await assert.rejects(building, { name: 'Failure', kind: 'stop', code: 'cache_not_usable', message: /Set XDG_CACHE_HOME to/ });
  });

  it('says what to do when its disk fills up while it builds, and keeps nothing', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

    const building = cachedOrBuilt(entry, quiet, () => Promise.reject(full), root);

    await assert.rejects(building, { code: 'cache_not_usable', cause: full });
    assert.equal(cached(entry, root), null);
    assert.deepEqual(readdirSync(join(root, 'building')), []);
  });

  it('builds an entry once, in its own file system, and keeps nothing but the result', async () => {
    const builds: string[] = [];
    const build = async ({ result, scratch }: { readonly result: string; readonly scratch: string }) => {
      builds.push(result);
      writeFileSync(join(result, 'program'), 'it');
      writeFileSync(join(scratch, 'litter'), 'x');
    };

    const first = await cachedOrBuilt(entry, quiet, build, root);
    const second = await cachedOrBuilt(entry, quiet, build, root);

    assert.equal(first, join(root, 'server-1.2'));
    assert.equal(second, first);
    assert.equal(builds.length, 1);
    assert.deepEqual(readdirSync(first), ['program']);
    assert.deepEqual(readdirSync(join(root, 'building')), []);
    assert.deepEqual(readdirSync(root).toSorted(), ['building', 'locks', 'server-1.2']);
  });

  it('has two that want the same entry at once wait for one build', async () => {
    const builds: number[] = [];
    const lines: string[] = [];
    const build = async ({ result }: { readonly result: string }) => {
      builds.push(1);
      writeFileSync(join(result, 'program'), 'it');
    };

    await Promise.all([
      cachedOrBuilt(entry, (line) => lines.push(line), build, root),
      cachedOrBuilt(entry, (line) => lines.push(line), build, root),
    ]);

    assert.equal(builds.length, 1);
    assert.deepEqual(lines, [`Waiting for process ${process.pid}, which is installing server 1.2`]);
  });

  it('does not count a build that failed, and removes what it left', async () => {
    const failing = async ({ result }: { readonly result: string }) => {
      writeFileSync(join(result, 'half'), 'x');
      throw new Error('no network');
    };

    await assert.rejects(cachedOrBuilt(entry, quiet, failing, root), { message: 'no network' });

    assert.equal(cached(entry, root), null);
    assert.deepEqual(readdirSync(join(root, 'building')), []);
  });

  it('completes what a killed builder began, without its leftovers', async () => {
    const script = `import { cachedOrBuilt } from '${CACHE_MODULE}'; import { writeFileSync } from 'node:fs';
      await cachedOrBuilt(${JSON.stringify(entry)}, () => undefined, async ({ result }) => {
        writeFileSync(result + '/half', 'x'); console.log('building'); await new Promise((never) => setInterval(never, 1e6));
      }, '${root}');`;
    const builder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(builder.stdout, 'data');
    builder.kill('SIGKILL');
    await once(builder, 'exit');
    const leftBehind = existsSync(join(root, 'building', 'server-1.2', 'result', 'half'));

    const folder = await cachedOrBuilt(entry, quiet, async ({ result }) => writeFileSync(join(result, 'program'), 'whole'), root);

    assert.equal(leftBehind, true);
    assert.deepEqual(readdirSync(folder), ['program']);
    assert.equal(readFileSync(join(folder, 'program'), 'utf8'), 'whole');
  });
});
