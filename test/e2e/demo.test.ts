import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'landfall-demo-'));

/** Processes whose command line names the folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(folder) ? [line] : [];
      } catch {
        return []; // It ended while we looked.
      }
    });
}

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
    assert.match(demo.stdout, /"equal":/);
    assert.deepEqual(processesOf(home), []);
  });
});
