import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isAlive } from '../../src/embedded/liveness.ts';
import { choosePorts } from '../../src/embedded/ports.ts';
import { postgresService } from '../../src/embedded/postgres.ts';
import { postgresProgram } from '../../src/embedded/postgres-install.ts';
import { supervise } from '../../src/embedded/supervise.ts';
import { asNobody, unprivileged } from '../../src/embedded/unprivileged.ts';
import { isFailure } from '../../src/errors.ts';
import { signalAll } from '../helpers/processes.ts';
import { room } from '../helpers/room.ts';
import { processesOf } from './embedded-processes.ts';

const quiet = () => undefined;
const isRoot = process.getuid?.() === 0;
let home = '';

async function start(user = unprivileged(), program = postgresProgram(quiet)) {
  const { port } = await choosePorts({ port: null });
  return supervise(postgresService(await program, await user, { home, port, report: quiet }), {
    report: quiet,
    restart: false,
  });
}

describe('PostgreSQL', () => {
  beforeEach(() => {
    home = mkdtempSync(join(room, 'landfall-postgres-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('runs as nobody where root may not make user namespaces', { skip: isRoot ? false : 'only root has to change its user' }, async () => {
    const postgres = await start(Promise.resolve(asNobody));

    const users = processesOf(home).map(({ pid }) => /^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    await postgres.stop();

    assert.deepEqual([...new Set(users)], ['65534']);
    assert.equal(statSync(join(home, 'postgres')).uid, 65534);
    assert.deepEqual(processesOf(home), []);
  });

  it('starts in a folder whose server and all its processes were killed, under a lock file that names a living process', async () => {
    const first = await start();
    const killed = processesOf(home);
    signalAll(
      killed.map(({ pid }) => pid),
      'SIGKILL',
    );
    while (killed.some(isAlive)) await first.stop();
    const lockFile = join(home, 'postgres', 'postmaster.pid');
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, `${process.ppid}`));

    const second = await start();

    assert.notEqual(second.pid(), null);
    await second.stop();
  });

  it('makes its folder anew when the making was killed half-way', async () => {
    mkdirSync(join(home, 'postgres.new'));
    writeFileSync(join(home, 'postgres.new', 'PG_VERSION'), '18\n');

    const postgres = await start();
    await postgres.stop();

    assert.equal(statSync(join(home, 'postgres.new'), { throwIfNoEntry: false }), undefined);
  });

  for (const [where, cacheIn, templates] of [
    ['copies a folder that is made once into a cache', () => home, ['postgresql-18-data-of-oneself-1.0-1']],
    ['makes its folder by itself where there can be no cache', () => join(home, 'a file'), []],
  ] as const)
    it(`${where}, and both are a database with documents`, {
      skip: isRoot ? false : 'whose files they are depends on the user',
    }, async (test) => {
      const program = postgresProgram(quiet);
      await program;
      writeFileSync(join(home, 'a file'), '');
      const { XDG_CACHE_HOME: before } = process.env;
      test.after(() => {
        if (before === undefined) delete process.env.XDG_CACHE_HOME;
        else process.env.XDG_CACHE_HOME = before;
      });
      process.env.XDG_CACHE_HOME = cacheIn();

      const postgres = await start(unprivileged(), program);
      await postgres.stop();

      const folder = join(home, 'landfall');
      const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('postgresql')) : [];
      assert.deepEqual(found, templates);
      assert.equal(statSync(join(home, 'postgres')).mode & 0o777, 0o700);
    });

  it('refuses a folder of another version with a sentence', async () => {
    mkdirSync(join(home, 'postgres'));
    writeFileSync(join(home, 'postgres', 'PG_VERSION'), '15\n');

    await assert.rejects(
      start(),
      (error) =>
        isFailure(error, 'database_of_other_version') && /was written by PostgreSQL 15\. Expected PostgreSQL 18\./.test(error.message),
    );
  });
});
