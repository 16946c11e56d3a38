import assert from 'node:assert/strict';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Command, commandIn } from '../helpers/command.ts';
import { room } from '../helpers/room.ts';
import { type FlowSite, type Site, startSite } from '../helpers/site.ts';

describe('landfall without servers', () => {
  const folder = mkdtempSync(join(room, 'landfall-command-'));
  const landfall = commandIn(folder, { LANDFALL_HOME: join(folder, 'home'), LANDFALL_FLOWS: join(folder, 'flows') });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('answers wrong usage with status 2 and a hint', async () => {
    const unknown = await landfall('mirrror');
    const missing = await landfall('run mirror');
    const kind = await landfall('init nosuch');

    assert.deepEqual([unknown.exit, missing.exit, kind.exit], [2, 2, 2]);
    assert.match(missing.stderr, /missing required argument 'flow'/);
    assert.match(kind.stderr, /There is no kind "nosuch"\. Known kinds: argo, ooi\./);
  });

  it('writes a flow file that it can read, and never over another', async () => {
    const first = await landfall('init argo');
    const again = await landfall('init argo');

    assert.equal(first.exit, 0, first.stderr);
    assert.match(readFileSync(join(folder, 'flows', 'argo.yaml'), 'utf8'), /vdmzrs\.ifremer\.fr::argo/);
    assert.equal(again.exit, 2);
    assert.match(again.stderr, /is there already/);
  });

  it('says that no servers run with status 3', async () => {
    const status = await landfall('status');

    assert.equal(status.exit, 3);
    assert.match(status.stderr, /landfall dev/);
  });

  it('shows no password of an address that does not answer', async () => {
    const status = await landfall('status', { TEMPORAL_ADDRESS: '127.0.0.1:1', MONGODB_URI: 'mongodb://user:geheim@127.0.0.1:1/' });

    assert.equal(status.exit, 3);
    assert.doesNotMatch(status.stdout + status.stderr, /geheim/);
  });

  it('names every problem of a flow file with its line, and ends with status 2', async () => {
    const bad = mkdtempSync(join(folder, 'bad-'));
    writeFileSync(join(bad, 'bad.yaml'), 'name: argo\nkind: argo\nupstream:\n  rsync: nonsense\nmirrror: x\n');

    const status = await landfall('status', { LANDFALL_FLOWS: bad });

    assert.equal(status.exit, 2);
    assert.match(status.stderr, /bad\.yaml:4: upstream\.rsync is "nonsense"/);
    assert.match(status.stderr, /bad\.yaml:5: .*"mirrror".*mirror\?/);
  });

  it('prints the JSON Schema of flow files', async () => {
    const schema = await landfall('schema');

    assert.equal(schema.exit, 0);
    assert.match(JSON.stringify(schema.json()), /"const":"argo"/);
  });
});

describe('landfall beside running servers', () => {
  let site: Site;
  let flow: FlowSite;
  let landfall: Command;

  before(async () => {
    site = await startSite();
    flow = await site.flow('tiny', { floats: 6, cyclesPerFloat: 8, seed: 3 });
    await site.worker();
    mkdirSync(join(site.home, 'work'));
    landfall = commandIn(join(site.home, 'work'), { LANDFALL_HOME: site.home });
  });
  after(() => site.stop());

  it('applies what the flow files want once, and changes nothing the second time', async () => {
    const diff = await landfall('diff --json');
    const first = await landfall('apply --json');
    const second = await landfall('apply --json');

    assert.match(JSON.stringify(diff.json()), /mirror\/tiny/);
    assert.equal(first.exit, 0, first.stderr);
    assert.match(JSON.stringify(first.json()), /mirror\/tiny/);
    assert.match(JSON.stringify(second.json()), /"collections":\[\],"schedules":\[\]/);
  });

  it('shows a night before it happens, runs it, and tells how it went', async () => {
    const dry = await landfall('run mirror tiny --dry-run --json');
    const run = await landfall('run mirror tiny --wait --json');
    const status = await landfall('status --json');

    assert.match(JSON.stringify(dry.json()), /"state":"dry_run"/);
    assert.equal(run.exit, 0, run.stderr);
    assert.match(JSON.stringify(run.json()), /"state":"done"/);
    assert.deepEqual(await flow.wrongs(), []);
    assert.match(JSON.stringify(status.json()), /"flow":"tiny"/);
  });

  it('compares mirror and database, and says why one profile is as it is', async () => {
    const [path = ''] = globSync('*/*/profiles/[DR]*.nc', { cwd: flow.flow.mirror }).toSorted();

    const audit = await landfall('run audit tiny --wait');
    const summaries = await landfall('run summarise tiny --wait');
    const known = await landfall(`why tiny ${path}`);
    const same = await landfall(`why tiny ${join(flow.flow.mirror, path)} --json`);
    const unknown = await landfall('why tiny 0000000_001');

    assert.match(audit.stdout, /^\d+ profiles in the mirror, \d+ documents, \d+ rightly in quarantine: all as it should be\./);
    assert.match(summaries.stdout, /^6 summaries over \d+ profiles\./);
    assert.deepEqual([audit.exit, summaries.exit, known.exit, unknown.exit], [0, 0, 0, 2]);
    assert.match(known.stdout, /^\w+\/\d+_\d+D? (is home|is in quarantine)/);
    assert.ok(JSON.stringify(same.json()).includes(path));
    assert.match(unknown.stderr, /knows nothing of 0000000_001/);
  });

  it('checks a sample against the source, and says how sure it is', async () => {
    const typed = await landfall('run verify tiny --sample 0');
    const run = await landfall('run verify tiny --sample 1 --seed 2 --wait');
    const status = await landfall('status tiny');

    assert.equal(typed.exit, 2);
    assert.equal(run.exit, 0, run.stderr);
    assert.match(run.stdout, /^1 profile checked: 1 clean, 0 wrong, 0 skipped, 0 not fetched\. With 95 % confidence at most 95 % of such/);
    assert.match(run.stdout, /\n {2}seed {2,}2\n/);
    assert.match(run.stdout, /\n {2}upper bound {2,}95 %\n/);
    assert.match(status.stdout, /mirror ok, .*\n(.|\n)*\nverify ok, .*: 1 profile checked: 1 clean/);
  });

  it('says that a flow does not run, and names the nearest flow', async () => {
    const idle = await landfall('stop tiny');
    const free = await landfall('pause tiny --job rebuild');
    const unknown = await landfall('watch tinny');

    assert.equal(idle.exit, 1);
    assert.match(idle.stderr, /landfall run mirror tiny/);
    assert.equal(free.exit, 1);
    assert.match(
      free.stderr,
      /^rebuild of tiny is not running, and no schedule of its own starts it, so there is nothing to pause\. Start it with: /,
    );
    assert.equal(unknown.exit, 2);
    assert.match(unknown.stderr, /tiny/);
  });

  it('holds the schedules of an idle flow with pause, and sets going with resume what it held itself', async () => {
    const schedule = site.client.schedule.getHandle('mirror/tiny');

    const paused = await landfall('pause tiny');
    const held = (await schedule.describe()).state;
    const shown = await landfall('status');
    const resumed = await landfall('resume tiny');
    const released = (await schedule.describe()).state;
    await schedule.pause('The disk is moved.');
    const other = await landfall('resume tiny');
    const kept = (await schedule.describe()).state;
    await schedule.unpause();

    assert.equal(paused.exit, 0, paused.stderr);
    assert.match(paused.stdout, /Schedule mirror\/tiny is paused\. .*landfall resume tiny/);
    assert.deepEqual([held.paused, held.note], [true, 'Paused by landfall pause; landfall resume sets it going again.']);
    assert.match(shown.stdout, /schedule paused/);
    assert.match(resumed.stdout, /Schedule mirror\/tiny goes on/);
    assert.match(other.stdout, /The disk is moved\.\) and stays so/);
    assert.deepEqual([released.paused, kept.paused], [false, true]);
  });

  it('ends a worker that cannot say how it is, with a sentence, rather than leaving it idle', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const http = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';

    const worker = await landfall('worker', { LANDFALL_HTTP: http, LANDFALL_LOG_FORMAT: 'json' });

    taken.close();
    assert.equal(worker.exit, 1, worker.stderr);
    assert.match(worker.stderr + worker.stdout, /cannot be served at 127\.0\.0\.1:\d+: .*EADDRINUSE.*Set LANDFALL_HTTP/);
  });

  it('starts nothing of a flow that was never applied, and makes nothing for it either', async () => {
    const flow = await site.flow('fresh', { floats: 1, cyclesPerFloat: 1, seed: 4 });
    await flow.products.dropDatabase();

    const run = await landfall('run mirror fresh --dry-run');

    assert.equal(run.exit, 2, run.stderr);
    assert.match(run.stderr, /Flow fresh has not been applied yet: products-fresh\.argo.* are not there\. .*landfall apply/);
    assert.deepEqual(await flow.products.collections(), []);
    rmSync(join(site.home, 'flows', 'fresh.yaml'));
  });

  it('refuses a second run of a flow with status 4 while the first is at work', async () => {
    await flow.gdac.playNight(1);
    const first = await flow.start({}, 'by-hand');
    await first.signal('pause');

    const second = await landfall('run mirror tiny --wait');

    assert.equal(second.exit, 4, second.stderr);
    assert.match(second.stderr, /by-hand/);
    await first.cancel();
    await assert.rejects(first.result());
  });

  it('lists, shows and drops what is in quarantine', async () => {
    const damaged = String(globSync('*/*/profiles/D*.nc', { cwd: flow.gdac.tree })[0]);
    writeFileSync(join(flow.gdac.tree, damaged), 'CDF');
    const [dac, , , name] = damaged.split('/');
    const item = `${dac}/${name?.slice(1, -3)}`;
    await landfall('run mirror tiny --wait');

    const list = await landfall('quarantine list tiny --json');
    const entry = await landfall(`quarantine show tiny ${item}`);
    const drop = await landfall(`quarantine drop tiny ${item}`);
    const unknown = await landfall('quarantine show tiny nothing');

    assert.match(JSON.stringify(list.json()), new RegExp(item));
    assert.match(entry.stdout, /unreadable_file/);
    assert.match(entry.stdout, new RegExp(damaged));
    assert.equal(drop.exit, 0, drop.stderr);
    assert.notEqual(unknown.exit, 0);
    assert.match(unknown.stderr, /nothing/);
  });
});
