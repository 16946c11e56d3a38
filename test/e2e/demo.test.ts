import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { processesOf } from '../helpers/home-processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'landfall-demo-'));

describe('npm start', () => {
  after(() => rmSync(home, { recursive: true, force: true }));

  it('mirrors and loads two nights, proves every document, and leaves no process behind', { timeout: 120_000 }, async () => {
    const env = { LANDFALL_HOME: home };

    const demo = await execa('node', ['tools/bootstrap.js', 'demo', '--floats', '6', '--cycles', '8', '--json'], {
      cwd: root,
      env,
      reject: false,
    });

    assert.equal(demo.exitCode, 0, demo.stderr);
    assert.match(demo.stderr, /The second night:/);
    assert.match(demo.stderr, /Proved: all \d+ profiles are what the generator says they must be/);
    assert.equal(JSON.parse(demo.stdout).right, true);
    assert.deepEqual(processesOf(home), []);
  });
});
