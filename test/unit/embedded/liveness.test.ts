import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, ownProcess, type ProcessId, processStartTime } from '../../../src/embedded/liveness.ts';

const started: ChildProcess[] = [];
const idOf = (pid: number): ProcessId => ({ pid, startTime: processStartTime(pid) ?? assert.fail(`no process ${pid}`) });

/** A process that has ended and that its parent, `sleep`, never reaps. */
async function zombie(): Promise<ProcessId> {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(parent);
  const [line] = await once(createInterface(parent.stdout), 'line');
  const pid = Number(line);
  while (!readFileSync(`/proc/${parent.pid}/comm`, 'utf8').startsWith('sleep')) await delay(5);
  process.kill(pid, 'SIGKILL');
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await delay(5);
  return idOf(pid);
}

describe('liveness of a process', () => {
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it('holds for this process', () => {
    assert.equal(isAlive(ownProcess()), true);
  });

  it('does not hold for a zombie, which a signal would still reach', async () => {
    const dead = await zombie();

    const alive = isAlive(dead);

    assert.equal(alive, false);
    assert.equal(process.kill(dead.pid, 0), true);
  });

  it('does not hold for another process that was given the same number', () => {
    const earlier = { ...ownProcess(), startTime: '1@another-boot' };

    assert.equal(isAlive(earlier), false);
  });

  it('ends with the process', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const id = idOf(child.pid ?? assert.fail('no number'));
    const before = isAlive(id);

    child.kill('SIGKILL');
    await once(child, 'exit');

    assert.equal(before, true);
    assert.equal(isAlive(id), false);
  });

  it('knows no start time of a process that is not there', () => {
    assert.equal(processStartTime(2 ** 22 + 1), null);
  });
});
