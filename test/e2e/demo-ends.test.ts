import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { MongoClient } from 'mongodb';
import { processesOf } from '../helpers/home-processes.ts';
import { until } from '../helpers/processes.ts';
import { room } from '../helpers/room.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(room, 'landfall-demo-ends-'));
const started: ChildProcess[] = [];
const endpoints = (): { readonly mongodbUri: string } => JSON.parse(readFileSync(join(home, 'demo', 'endpoints.json'), 'utf8'));

interface Demo {
  readonly child: ChildProcess;
  said(): string;
  /** Resolves when it has said this, on either output. @throws when it ends before. */
  until(words: string): Promise<void>;
  /** The exit code, or the signal that killed it. */
  ended(): Promise<unknown>;
}

/** The demo, small, as the command that `npm start` runs; in a home that all tests of this file share. */
function startDemo(...words: readonly string[]): Demo {
  const args = ['src/cli/main.ts', 'demo', '--home', home, '--floats', '6', '--cycles', '8', '--days', '10', ...words];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const exit = once(child, 'exit').then(([code, signal]) => code ?? signal);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return {
    child,
    said: () => text,
    until: (words) =>
      until(async () => {
        if (!text.includes(words) && child.exitCode !== null) throw new Error(`The demo ended without "${words}": ${text}`);
        return text.includes(words);
      }),
    ended: () => exit,
  };
}

describe('a demo', { timeout: 300_000 }, () => {
  let stays: Demo;
  after(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('ended by Ctrl-C in the middle of a night says so, ends with status 130 and leaves no process', async () => {
    const demo = startDemo();
    await demo.until('The first night brings everything:');

    demo.child.kill('SIGINT');

    assert.equal(await demo.ended(), 130);
    assert.match(demo.said(), /The demo was ended by SIGINT\. Start it again with: npm start\.\n$/);
    assert.deepEqual(processesOf(home), []);
  });

  it('ended by a closed terminal while its servers start leaves no process', async () => {
    const demo = startDemo();
    await demo.until('All it writes is in');

    demo.child.kill('SIGHUP');

    assert.equal(await demo.ended(), 129);
    assert.deepEqual(processesOf(home), []);
  });

  it('ended by kill -9 leaves no process either, and the next one goes on in the same home', async () => {
    const killed = startDemo();
    await killed.until('The first night brings everything:');
    killed.child.kill('SIGKILL');
    await killed.ended();
    await until(async () => processesOf(home).length === 0);

    stays = startDemo('--stay');
    await stays.until('Everything keeps running');

    assert.match(stays.said(), /Proved: all \d+ profiles are what the generator says they must be/);
  });

  it('that stays does not let another one have its home', async () => {
    const second = startDemo();

    assert.equal(await second.ended(), 1);
    assert.match(second.said(), /^Process \d+ already works in .*--home\.\n$/);
  });

  it('that stays has a comparison that finds a document that is not right', async () => {
    const client = await MongoClient.connect(endpoints().mongodbUri);
    const argo = client.db('argo').collection('argo');
    await argo.findOneAndUpdate({}, { $set: { cycle_number: 9999 } });
    await client.close();

    const check = ['standins/gdac/check.ts', '--folder', join(home, 'demo', 'gdac'), '--uri', endpoints().mongodbUri, '--database', 'argo'];
    const { exitCode, stdout } = await execa(process.execPath, check, { cwd: root, reject: false });

    assert.equal(exitCode, 1);
    assert.match(stdout, /"differing":1/);
    assert.match(stdout, /cycle_number: expected \d+, found 9999/);
  });

  it('that stays can be looked at by another command, and ends well by Ctrl-C', async () => {
    const status = await execa(process.execPath, ['src/cli/main.ts', '--home', join(home, 'demo'), 'status'], { cwd: root, reject: false });

    stays.child.kill('SIGINT');

    assert.match(status.stdout, /^argo +argo .*\s+mirror ok,/m);
    assert.equal(await stays.ended(), 0);
    assert.deepEqual(processesOf(home), []);
  });
});
