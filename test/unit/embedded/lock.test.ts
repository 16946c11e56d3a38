import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type LockAttempt, tryLock } from '../../../src/embedded/lock.ts';

const LOCK_MODULE = new URL('../../../src/embedded/lock.ts', import.meta.url).href;

let folder = '';
const path = () => join(folder, 'the-lock');
const lockOf = (attempt: LockAttempt) => (attempt.state === 'held' ? attempt.lock : assert.fail(`held by ${attempt.holder.pid}`));

/** A process that runs this code with `tryLock`, `waitForLock` and `path` at hand. */
function holder(code: string) {
  const script = `import { tryLock, waitForLock } from '${LOCK_MODULE}'; const path = '${path()}'; ${code}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('a lock', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is given to one at a time', () => {
    lockOf(tryLock(path()));

    const second = tryLock(path());

    assert.equal(second.state, 'busy');
    assert.equal(second.state === 'busy' && second.holder.pid, process.pid);
  });

  it('can be taken again after it was released, and leaves one file behind', () => {
    lockOf(tryLock(path())).release();
    lockOf(tryLock(path())).release();

    lockOf(tryLock(path()));

    assert.deepEqual(readdirSync(folder), ['the-lock.3']);
  });

  it('is not held by a process that was killed with it', async () => {
    const other = holder('tryLock(path); console.log("held"); setInterval(() => undefined, 1000)');
    await once(other.stdout, 'data');
    const whileAlive = tryLock(path());
    other.kill('SIGKILL');
    await once(other, 'exit');

    const afterwards = tryLock(path());

    assert.equal(whileAlive.state, 'busy');
    assert.equal(afterwards.state, 'held');
  });

  it('is not held by an unrelated process that was given the number of the dead holder', () => {
    writeFileSync(`${path()}.7`, JSON.stringify({ pid: process.pid, startTime: '1@another-boot' }));

    assert.equal(tryLock(path()).state, 'held');
  });

  it('is not held by whoever wrote nonsense into it', () => {
    writeFileSync(`${path()}.1`, '{"pid":');

    assert.equal(tryLock(path()).state, 'held');
  });

  it('lets processes that contend for it, from a stale one on, go one after another', async () => {
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    writeFileSync(`${path()}.1`, JSON.stringify({ pid: process.pid, startTime: '1@another-boot' }));
    const addOne = `const { readFileSync, writeFileSync } = await import('node:fs');
      for (let turn = 0; turn < 3; turn += 1) {
        const lock = await waitForLock(path, () => undefined);
        const seen = Number(readFileSync('${counter}', 'utf8'));
        await new Promise((later) => setTimeout(later, 5));
        writeFileSync('${counter}', String(seen + 1));
        lock.release();
      }`;
    const contenders = [1, 2, 3, 4].map(() => holder(addOne));

    const exits = await Promise.all(contenders.map((contender) => once(contender, 'exit')));

    assert.deepEqual(
      exits.map(([code]) => code),
      [0, 0, 0, 0],
    );
    assert.equal(readFileSync(counter, 'utf8'), '12');
  });
});
