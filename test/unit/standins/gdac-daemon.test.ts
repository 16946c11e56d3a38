import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { errnoOf, isFailure } from '../../../src/errors.ts';
import { addSymlink, makeUnreadable } from '../../../standins/gdac/faults.ts';
import { type Gdac, type GdacOptions, startGdac } from '../../../standins/gdac/gdac.ts';

const SMALL = { floats: 6, cyclesPerFloat: 5, seed: 4 };
const MAIN = new URL('../../../standins/gdac/main.ts', import.meta.url).pathname;

const started: Gdac[] = [];

/** Starts a stand-in that ends with the tests, however they go. */
async function start(options: GdacOptions): Promise<Gdac> {
  const gdac = await startGdac(options);
  started.push(gdac);
  return gdac;
}

after(async () => {
  for (const gdac of started) await gdac.stop();
});

interface Listed {
  readonly mtime: number;
  readonly sha256: string;
}

/** Every file of a tree with what must be the same in two trees of one seed. */
function listing(tree: string): ReadonlyMap<string, Listed> {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.nc'));
  return new Map(
    paths.sort().map((path) => [
      path,
      {
        mtime: statSync(join(tree, path)).mtimeMs,
        sha256: createHash('sha256')
          .update(readFileSync(join(tree, path)))
          .digest('hex'),
      },
    ]),
  );
}

function rsync(...given: readonly string[]): readonly string[] {
  return execFileSync('rsync', given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .trimEnd()
    .split('\n');
}

/** The exit status of an rsync that is to fail. */
function status(...given: readonly string[]): number {
  try {
    rsync(...given);
    return 0;
  } catch (error) {
    return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : -1;
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(false));
  });

/** Resolves when nothing listens on the port any more, or the test is over. */
async function untilClosed(port: number, test: AbortSignal): Promise<void> {
  while (!test.aborted && (await isListening(port))) await new Promise((resolve) => setImmediate(resolve));
}

/** Where the daemon outlived its parent after all. */
function endLeftover(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  assert.ok(child.stdout !== null);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(String(line));
}

describe('the tree of the stand-in', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-gdac-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is a pure function of seed and nights: two folders hold the same bytes and times', async () => {
    const one = await start({ ...SMALL, folder: join(folder, 'one') });
    const two = await start({ ...SMALL, folder: join(folder, 'two') });
    const atFirst = listing(one.tree);

    assert.deepEqual(listing(two.tree), atFirst);
    for (const night of [1, 2]) {
      await one.playNight(night);
      await two.playNight(night);
    }
    assert.deepEqual(listing(two.tree), listing(one.tree));
    assert.notDeepEqual(listing(one.tree), atFirst);
    await one.stop();
    await two.stop();
  });

  it('is taken up again after a stop, and a half-played night is completed', async () => {
    const first = await start({ ...SMALL, folder: join(folder, 'again') });
    await first.stop();
    writeFileSync(join(folder, 'again', 'state.json'), JSON.stringify({ ...SMALL, night: 0, playing: 1 }));

    const second = await start({ ...SMALL, folder: join(folder, 'again') });
    const reference = await start({ ...SMALL, folder: join(folder, 'reference') });
    await reference.playNight(1);

    assert.equal(second.night, 1);
    assert.deepEqual(listing(second.tree), listing(reference.tree));
    await second.stop();
    await reference.stop();
  });

  it('is not replaced by that of another seed, and nights are played in order', async () => {
    const gdac = await start({ ...SMALL, folder: join(folder, 'seed') });

    await assert.rejects(start({ ...SMALL, seed: 5, folder: join(folder, 'seed') }), (error) => isFailure(error, 'standin_state'));
    await assert.rejects(gdac.playNight(2), (error) => isFailure(error, 'standin_night'));
    await gdac.stop();
  });
});

describe('a night of the stand-in', () => {
  let folder: string;
  let gdac: Gdac;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-gdac-'));
    gdac = await start({ folder, floats: 12, cyclesPerFloat: 20, seed: 8 });
  });
  after(async () => {
    await gdac.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('changes exactly what its summary says, by a listing and by rsync itself', async () => {
    const mirror = join(folder, 'mirror');
    rsync('-rt', gdac.url, mirror);
    const old = listing(gdac.tree);

    const { files, profiles } = await gdac.playNight(1);
    const now = listing(gdac.tree);
    const lines = rsync('-rtni', '--delete', '--omit-dir-times', gdac.url, mirror);

    const both = [...now].filter(([path]) => old.has(path));
    assert.equal([...now.keys()].filter((path) => !old.has(path)).length, files.added);
    assert.equal([...old.keys()].filter((path) => !now.has(path)).length, files.deleted);
    assert.equal(both.filter(([path, { sha256 }]) => old.get(path)?.sha256 !== sha256).length, files.changed);
    assert.equal(
      both.filter(([path, { sha256, mtime }]) => old.get(path)?.sha256 === sha256 && old.get(path)?.mtime !== mtime).length,
      files.touched,
    );
    assert.equal(lines.filter((line) => line.startsWith('>f+++')).length, files.added);
    assert.equal(lines.filter((line) => /^[>.]f[^+]/.test(line)).length, files.changed + files.touched);
    assert.equal(lines.filter((line) => /^\*deleting .*\.nc$/.test(line)).length, files.deleted);
    assert.ok(profiles.added > 0 && profiles.deleted > 0 && profiles.renamed > 0 && files.changed > 0, JSON.stringify({ files, profiles }));
  });

  it('leaves the files that are expected, and of every deleted profile nothing to load', async () => {
    const gone: string[] = [];
    for await (const key of gdac.deleted()) gone.push(key);
    const expected: string[] = [];
    for await (const { files } of gdac.expected()) expected.push(...files);

    assert.deepEqual(
      expected.filter((path) => !existsSync(join(gdac.tree, path))),
      [],
    );
    assert.ok(gone.length > 0);
    const left = gone.flatMap((key) => {
      const [dac = '', name = ''] = key.split('/');
      const folderOf = join(gdac.tree, dac, name.split('_')[0] ?? '', 'profiles');
      return ['R', 'D', 'SR', 'SD'].filter((prefix) => existsSync(join(folderOf, `${prefix}${name}.nc`)));
    });
    assert.deepEqual(left, []);
  });
});

describe('the daemon of the stand-in', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-gdac-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('serves two trees side by side and is gone after stop', async () => {
    const one = await start({ ...SMALL, folder: join(folder, 'one') });
    const two = await start({ ...SMALL, seed: 9, folder: join(folder, 'two') });

    const [listedOne, listedTwo] = [rsync('-r', one.url), rsync('-r', two.url)];
    await one.stop();

    assert.equal(listedOne.filter((line) => line.endsWith('.nc')).length, listing(one.tree).size);
    assert.equal(listedTwo.filter((line) => line.endsWith('.nc')).length, listing(two.tree).size);
    assert.equal(await isListening(one.port), false);
    assert.equal(await isListening(two.port), true);
    await two.stop();
  });

  it('says what is wrong when its port is taken', async () => {
    const one = await start({ ...SMALL, folder: join(folder, 'one') });

    await assert.rejects(start({ ...SMALL, seed: 9, folder: join(folder, 'two'), port: one.port }), (error) => {
      return isFailure(error, 'standin_not_started') && error.message.includes(String(one.port));
    });
    await one.stop();
  });

  it('serves a given tree, whose documents nobody knows', async () => {
    const one = await start({ ...SMALL, folder: join(folder, 'one') });
    const given = await start({ ...SMALL, folder: join(folder, 'given'), tree: one.tree });

    assert.deepEqual(rsync('-r', given.url), rsync('-r', one.url));
    await assert.rejects(given.playNight(1), (error) => isFailure(error, 'standin_tree'));
    await assert.rejects(Array.fromAsync(given.expected()), (error) => isFailure(error, 'standin_tree'));
    await one.stop();
    await given.stop();
  });

  it('has faults: an empty tree, no module, no connection, unreadable folders, links that stay links', async () => {
    const gdac = await start({ ...SMALL, folder: join(folder, 'faulty') });
    const mirror = join(folder, 'mirror');
    const all = rsync('-r', gdac.url).length;

    await gdac.setFaults({ isEmpty: true });
    assert.equal(rsync('-r', gdac.url).length, 1);
    await gdac.setFaults({ hasNoModule: true });
    assert.equal(status('-r', gdac.url), 5);
    await gdac.setFaults({ refusesConnections: true });
    assert.equal(status('-r', gdac.url), 10);
    await gdac.setFaults({ obeysPermissions: true });
    const restore = makeUnreadable(gdac.tree, 'aoml');
    assert.equal(status('-rt', gdac.url, mirror), 23);
    restore();
    await gdac.setFaults({});
    addSymlink(gdac.tree, 'aoml/link.nc');
    assert.equal(rsync('-r', gdac.url).length, all + 1);
    assert.match(rsync('-rtv', gdac.url, mirror).join('\n'), /skipping non-regular file "aoml\/link\.nc"/);
    await gdac.stop();
  });

  it('ends with its parent, even when that is killed', { timeout: 20_000 }, async (test) => {
    const child = spawn(process.execPath, [MAIN, '--folder', join(folder, 'orphan'), '--floats', '2', '--cycles', '2'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { port, daemonPid } = await firstLine(child);
    test.after(() => endLeftover(Number(daemonPid)));
    assert.ok(typeof port === 'number' && (await isListening(port)));

    child.kill('SIGKILL');
    await once(child, 'exit');
    await untilClosed(port, test.signal);

    assert.equal(await isListening(port), false);
  });

  it('is driven over standard input and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [MAIN, '--folder', join(folder, 'driven'), '--floats', '2', '--cycles', '2'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assert.ok(child.stdin !== null && child.stdout !== null);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Record<string, unknown>> => JSON.parse(String((await lines.next()).value));
    const ready = await next();

    child.stdin.write('night 1\nnight 7\n');
    const played = await next();
    const refused = await next();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    assert.match(String(ready.url), /^rsync:\/\/127\.0\.0\.1:\d+\/argo\/$/);
    assert.equal(played.night, 1);
    assert.match(String(refused.error), /Night 7 cannot be played after night 1/);
    assert.equal(code, 0);
    assert.equal(await isListening(Number(ready.port)), false);
  });
});
