import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { processesOf } from '../helpers/home-processes.ts';
import { foreignPython } from '../helpers/python.ts';
import { room } from '../helpers/room.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(room, 'landfall-demo-'));

describe('npm start', () => {
  after(() => rmSync(home, { recursive: true, force: true }));

  it('brings home two nights of profiles and some days of a stream, proves all of it, and leaves no process behind', {
    timeout: 240_000,
  }, async () => {
    const env = { LANDFALL_HOME: home };

    const demo = await execa('node', ['tools/bootstrap.js', 'demo', '--floats', '6', '--cycles', '8', '--days', '14', '--json'], {
      cwd: root,
      env,
      reject: false,
    });

    assert.equal(demo.exitCode, 0, demo.stderr);
    assert.match(demo.stderr, /The second night:/);
    assert.match(demo.stderr, /Proved: all \d+ profiles are what the generator says they must be/);
    assert.match(demo.stderr, /Proved: all [\d,]+ rows × 16 variables of 2 generations are what the generator says they must be/);
    const { right, ooi } = JSON.parse(demo.stdout);
    assert.equal(right, true);
    const states = ooi.runs.map(({ name, state }: { readonly name: string; readonly state: string }) => `${name}: ${state}`);
    assert.deepEqual(states, [
      ...['first harvest: published', 'first day: done', 'second day: done', 'forced refresh: published'],
      ...['rollback: published', 'and forward: published', 'verify: done'],
    ]);
    const [, first, second, anew] = ooi.runs;
    for (const { record } of [first, second]) assert.ok(record.added > 0 && record.corrected > 0 && record.inserted > 0);
    assert.ok(anew.record.difference.valuesChanged > 0, 'the difference report has something to say');
    const python = await foreignPython();
    const [, line] = /in Python {2}(xarray\.open_zarr\('.*'\))\n/.exec(demo.stderr) ?? assert.fail('no line of Python');
    if (python.isThere) assert.equal(await python.run(`import xarray; print(${line}.sizes['time'])`), String(anew.record.rows));
    for (const made of [ooi.store, ooi.report, ooi.picture]) assert.ok(existsSync(made), made);
    assert.deepEqual(processesOf(home), []);
  });
});
