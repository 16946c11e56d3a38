import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isAlive, processStartTime } from '../../../src/embedded/liveness.ts';
import { type ServiceExit, type ServiceSpec, type Supervised, supervise } from '../../../src/embedded/supervise.ts';
import { isFailure } from '../../../src/errors.ts';

let folder = '';
let running: Supervised | null = null;
const lines: string[] = [];
const report = (line: string) => void lines.push(line);

const spec = (script: string, more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name: 'sleeper',
  command: 'sh',
  args: ['-c', script],
  logFile: join(folder, 'logs', 'sleeper.log'),
  pidFile: join(folder, 'pids', 'sleeper.json'),
  stopSignal: 'SIGTERM',
  stopGraceMs: 2000,
  ...more,
});

const pidOf = (supervised: Supervised): number => supervised.pid() ?? assert.fail('nothing runs');
const nextExit = (supervised: Supervised) => new Promise<ServiceExit>((resolve) => supervised.onExit(resolve));

describe('supervision', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landfall-supervise-'));
    lines.length = 0;
  });
  afterEach(async () => {
    await running?.stop();
    running = null;
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts a process again that was killed, and tells of it', async () => {
    const starts: number[] = [];
    const startedTwice = Promise.withResolvers<void>();
    const ready = async (pid: number) => {
      if (starts.push(pid) === 2) startedTwice.resolve();
      return true;
    };
    running = await supervise(spec('exec sleep 60', { ready }), { report, restart: true });
    const told = nextExit(running);

    process.kill(pidOf(running), 'SIGKILL');

    assert.deepEqual(await told, { name: 'sleeper', code: null, signal: 'SIGKILL', restarting: true });
    await startedTwice.promise;
    assert.notEqual(starts[0], starts[1]);
    assert.equal(lines[0], 'sleeper ended (signal SIGKILL); starting it again in 0.25 s');
  });

  it('leaves a process that ended alone when told so', async () => {
    running = await supervise(spec('exec sleep 60'), { report, restart: false });
    const told = nextExit(running);

    process.kill(pidOf(running), 'SIGKILL');

    assert.equal((await told).restarting, false);
    assert.equal(running.pid(), null);
  });

  it('ends a process for good, killing it when it does not listen', async () => {
    const deaf = spec('trap "" TERM; echo deaf; while :; do sleep 1; done', { stopGraceMs: 50 });
    running = await supervise(
      { ...deaf, ready: async () => readFileSync(join(folder, 'logs', 'sleeper.log'), 'utf8').includes('deaf') },
      { report, restart: true },
    );
    const pid = pidOf(running);

    await running.stop();

    assert.equal(processStartTime(pid), null);
    assert.equal(existsSync(join(folder, 'pids', 'sleeper.json')), false);
    assert.deepEqual(lines, []);
  });

  it('says why a process did not start, with the end of its own log and not of an earlier one', async () => {
    rmSync(folder, { recursive: true });
    await supervise(spec('echo earlier trouble; exit 1', { ready: async () => false }), { report, restart: true }).catch(() => undefined);

    const attempt = supervise(spec('echo the port is taken >&2; exit 3', { ready: async () => false }), { report, restart: true });

    await assert.rejects(attempt, (error) => {
      assert.ok(isFailure(error, 'server_did_not_start'));
      assert.match(error.message, /^sleeper ended at once \(exit code 3\); its log ends:\nthe port is taken\n/);
      return true;
    });
  });

  it('gives up on a process that does not become ready, and stops it', async () => {
    const pids: number[] = [];
    const never = async (pid: number) => {
      pids.push(pid);
      return false;
    };

    const attempt = supervise(spec('exec sleep 60', { ready: never, readyWithinMs: 60 }), { report, restart: true });

    await assert.rejects(attempt, /was not ready after 0.06 s/);
    assert.equal(processStartTime(pids[0] ?? 0), null);
  });

  it('ends a recorded process of an earlier run before it starts its own', async () => {
    const earlier = await supervise(spec('exec sleep 60', { pidFile: null }), { report, restart: false });
    const pid = pidOf(earlier);
    const id = { pid, startTime: processStartTime(pid) ?? '' };
    running = await supervise(spec('exec sleep 60'), { report, restart: false });
    await running.stop();
    writeFileSync(join(folder, 'pids', 'sleeper.json'), JSON.stringify(id));

    running = await supervise(spec('exec sleep 60'), { report, restart: false });

    assert.equal(isAlive(id), false);
    assert.notEqual(pidOf(running), pid);
  });

  it('spares a process that only has the number of a recorded one', async () => {
    running = await supervise(spec('exec sleep 60'), { report, restart: false });
    await running.stop();
    writeFileSync(join(folder, 'pids', 'sleeper.json'), JSON.stringify({ pid: process.pid, startTime: '1@another-boot' }));

    running = await supervise(spec('exec sleep 60'), { report, restart: false });

    assert.notEqual(running.pid(), null);
  });
});
