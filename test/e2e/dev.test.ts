import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gdac, startGdac } from '../../standins/gdac/gdac.ts';
import { type Command, commandIn } from '../helpers/command.ts';
import { processesOf } from '../helpers/home-processes.ts';
import { until } from '../helpers/processes.ts';
import { room } from '../helpers/room.ts';
import { Staying } from '../helpers/staying.ts';

describe('landfall dev', () => {
  const folder = mkdtempSync(join(room, 'landfall-dev-'));
  const home = join(folder, 'home');
  const landfall: Command = commandIn(folder, { LANDFALL_HOME: home });
  let gdac: Gdac;
  let dev: Staying;
  before(async () => {
    gdac = await startGdac({ folder: join(room, `landfall-dev-gdac-${process.pid}`), floats: 4, cyclesPerFloat: 5, seed: 5 });
    dev = new Staying(['--home', home, 'dev'], folder);
    await dev.says(/Ctrl-C ends everything in order/);
  });
  after(async () => {
    await dev.end('SIGKILL');
    await gdac.stop();
    for (const made of [folder, join(room, `landfall-dev-gdac-${process.pid}`)]) rmSync(made, { recursive: true, force: true });
  });

  it('comes up without any flow file, and says where everything is', () => {
    assert.match(dev.text, /Temporal +127\.0\.0\.1:\d+, Web UI http:/);
    assert.match(dev.text, /In another terminal: landfall --home \S+ init argo/);
    assert.match(dev.text, /Worker +all queues, health and metrics at http:/);
    assert.ok(processesOf(home).length > 3, 'servers, worker and the command itself are seen');
  });

  it('is found by other commands of the same home: a flow is applied, run and shown', async () => {
    await landfall('init argo');
    // Profile by profile: the load takes longer than the pause between two looks at it.
    const load = { batch: 1, width: 1 };
    const flow = { name: 'argo', kind: 'argo', upstream: { rsync: gdac.url }, mirror: join(folder, 'mirror'), load };
    writeFileSync(join(folder, 'flows', 'argo.yaml'), JSON.stringify(flow));

    const apply = await landfall('apply');
    const run = await landfall('run mirror argo --wait');
    const status = await landfall('status');
    const doctor = await landfall('doctor');

    assert.deepEqual([apply.exit, run.exit, status.exit, doctor.exit], [0, 0, 0, 0], apply.stderr + run.stderr + status.stderr);
    assert.match(run.stderr, /load .*done in/);
    assert.match(run.stdout, /profiles seen: \d+ loaded/);
    assert.match(status.stdout, /argo .*mirror ok/);
    assert.doesNotMatch(doctor.stdout, /^bad/m);
  });

  it('refuses a second owner of the home', async () => {
    const second = await landfall('dev');

    assert.equal(second.exit, 1);
    assert.match(second.stderr, /already runs the servers of/);
  });

  it('ends in order on SIGTERM, leaves no process, and takes its data up again', async () => {
    const exit = await dev.end('SIGTERM');
    const left = processesOf(home);
    dev = new Staying(['--home', home, 'dev'], folder);
    await dev.says(/Ctrl-C ends everything in order/);
    const status = await landfall('status');

    assert.match(dev.text, /In another terminal: landfall --home \S+ apply$/m);
    assert.equal(exit, 0);
    assert.deepEqual(left, []);
    assert.equal(status.exit, 0, status.stderr);
    assert.match(status.stdout, /argo .*mirror ok/);
  });

  it('leaves no process behind when it is killed', async () => {
    await dev.end('SIGKILL');

    await until(async () => processesOf(home).length === 0);
    const status = await landfall('status');

    assert.equal(status.exit, 3);
    assert.match(status.stderr, /landfall dev/);
  });
});
