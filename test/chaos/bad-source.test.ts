import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { addOddNames, addSymlink, ODD_NAMES } from '../../standins/gdac/faults.ts';
import { type Relay, type RelayFault, startRelay } from '../../standins/gdac/relay.ts';
import { until } from '../helpers/processes.ts';
import { differences, snapshot } from '../helpers/profile-tree.ts';
import { type FlowSite, filesIn, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 38, floats: 6, cyclesPerFloat: 6 };
const expected = [...expectedProfiles(world, 0)];
const loadable = expected.flatMap(({ files, outcome }) => (outcome.state === 'document' ? files : []));

let site: Site;
const relays: Relay[] = [];
before(async () => {
  site = await startSite();
  await site.worker({ LANDFALL_CAPACITY_TRANSFER: '8' });
});
after(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await site.stop();
});

/** A flow whose source is reached through a relay. */
async function throughRelay(name: string, fault: RelayFault): Promise<{ readonly argo: FlowSite; readonly relay: Relay }> {
  const upstream = { timeout: '2s', connectTimeout: '2s' };
  const plain = await site.flow(name, world, { upstream });
  const relay = await startRelay(plain.gdac.port);
  relays.push(relay);
  relay.setFault(fault);
  const file = join(site.home, 'flows', `${name}.yaml`);
  writeFileSync(file, readFileSync(file, 'utf8').replace(plain.gdac.url, relay.url));
  return { argo: plain, relay };
}

const untilStruck = (relay: Relay, times: number): Promise<void> => until(async () => relay.struck >= times);

describe('a source', { concurrency: true }, () => {
  it('that refuses, then hangs, then breaks off in the middle of files, is waited for, and all of it comes home', async () => {
    const { argo, relay } = await throughRelay('unsteady', { kind: 'hang', afterBytes: 200 });
    await argo.gdac.setFaults({ refusesConnections: true });
    const night = await argo.start();

    const refused = await untilProgress(night, ({ health }) => health === 'failing');
    await argo.gdac.setFaults({});
    await night.signal('retry');
    await untilStruck(relay, 1);
    relay.setFault({ kind: 'drop', afterBytes: 60_000 });
    await untilStruck(relay, 4);
    relay.setFault({ kind: 'none' });
    await night.signal('retry');
    const { state, record } = await night.result();

    assert.match(refused.says ?? '', /did not start the transfer|cannot be reached/);
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length);
    assert.deepEqual(differences(await snapshot(argo.gdac.tree), await snapshot(argo.flow.mirror)), []);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('that names a folder outside of its tree stops the run with a sentence, and nothing is written', async () => {
    const { argo, relay } = await throughRelay('escaping', { kind: 'rename', from: 'zzevildir', to: '../evildi' });
    const [innocent] = loadable;
    const folder = join(argo.gdac.tree, 'zzevildir/1900000/profiles');
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(argo.gdac.tree, innocent ?? ''), join(folder, 'R1900000_001.nc'));

    const run = argo.run();
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(error.cause?.message ?? '', /names files outside of its own tree.*unsafe pathname.*take another server/);
      return true;
    });

    assert.ok(relay.struck > 0);
    assert.equal(existsSync(join(argo.flow.mirror, '../evildi')), false);
    assert.equal(await filesIn(argo.flow.mirror), 0);
  });

  it('with odd names, links out of it, and files that are cut short, garbled or no NetCDF: each has its reason, all others are loaded', async () => {
    const argo = await site.flow('hostile', world);
    const { tree } = argo.gdac;
    const profiles = join(tree, loadable[0] ?? '', '..');
    const wmo = profiles.split('/').at(-2) ?? '';
    const secret = join(site.home, 'secret');
    writeFileSync(secret, 'untouched');
    addOddNames(tree);
    addSymlink(tree, 'aoml/1900000/profiles/R1900000_801.nc', secret);
    symlinkSync(site.home, join(tree, 'bodc', '1900999'));
    for (const name of ['new\nline.nc', '-rf.nc', '$(touch x).nc', '..R1900000_001.nc']) writeFileSync(join(profiles, name), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${profiles}/R${wmo}_`), Buffer.of(0xe9), Buffer.from('.nc')]), 'x');
    const broken: Readonly<Record<string, (path: string) => void>> = {
      802: (path) => truncateSync(path, 3_000),
      803: (path) => writeFileSync(path, Buffer.concat([Buffer.from('CDF\x01'), Buffer.alloc(4_000, 0xff)])),
      804: (path) => writeFileSync(path, Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(4_000, 0x41)])),
      805: (path) => writeFileSync(path, 'an error page, <html>'),
      806: (path) => writeFileSync(path, ''),
    };
    for (const [number, spoil] of Object.entries(broken)) {
      const path = join(profiles, `R${wmo}_${number}.nc`);
      copyFileSync(join(tree, loadable[0] ?? ''), path);
      spoil(path);
    }

    const { state, record } = await argo.run();

    const entries = (await site.quarantine.list('hostile')).filter(({ item }) => /_80\d$/.test(item));
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.unknownNames >= ODD_NAMES.length + 4, JSON.stringify(record));
    assert.deepEqual(
      entries.map(({ item, code }) => [item.slice(-3), code]),
      Object.keys(broken).map((number) => [number, 'unreadable_file']),
    );
    assert.ok(entries.every(({ message }) => /\.nc\b.*\./.test(message)));
    assert.equal(readFileSync(secret, 'utf8'), 'untouched');
    assert.equal(existsSync(join(argo.flow.mirror, 'aoml/1900000/profiles/R1900000_801.nc')), false);
    assert.equal(existsSync(join(argo.flow.mirror, 'bodc/1900999')), false);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('that changes while it is copied is brought home as it was at some moment, and the next night brings the rest', async () => {
    const argo = await site.flow('moving', world);
    const growing = join(argo.gdac.tree, loadable[0] ?? '', '..', 'R9999999_001.nc');
    await argo.gdac.setFaults({ bandwidthKiB: 60 });
    const night = await argo.start();
    await untilProgress(night, ({ phase }) => phase === 'copy');
    await until(async () => (await filesIn(argo.flow.mirror)) > 3);
    for (let later = 1; later <= 4; later += 1) await argo.gdac.playNight(later);
    let isOver = false;
    const first = night.result().finally(() => {
      isOver = true;
    });
    await until(async () => {
      appendFileSync(growing, 'x'.repeat(10_000));
      return isOver;
    });

    const { state, record } = await first;
    await argo.gdac.setFaults({});
    const next = await argo.run();

    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && next.record !== null && addsUp(next.record));
    assert.deepEqual(differences(await snapshot(argo.gdac.tree), await snapshot(argo.flow.mirror)), []);
    assert.deepEqual(await argo.wrongs(), []);
  });
});
