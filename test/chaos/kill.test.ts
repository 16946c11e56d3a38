import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { rsyncsOver, until } from '../helpers/processes.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { type FlowSite, filesIn, type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 31, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const smallBatches = { load: { batch: 7, width: 1 } };
/** Slow enough that a copy is under way for many seconds. KiB/s. */
const SLOW = 40;

let site: Site;
let worker: WorkerProcess;
let undisturbed: Readonly<Record<string, ReadonlyMap<string, string>>>;

const startAnother = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  worker = await site.worker({ LANDFALL_CAPACITY_TRANSFER: '8', LANDFALL_SHUTDOWN_GRACE: '3s', ...env });
};

/** All that a night leaves behind, but for when and by which run. */
async function remains({ flow, products }: FlowSite) {
  const receipts = await site.database.book.collection<StoredDocument>('receipts').find({ flow: flow.name }).sort({ _id: 1 }).toArray();
  return {
    argo: await snapshotOf(products, 'argo', ['date_updated_argovis']),
    argoMeta: await snapshotOf(products, 'argoMeta', ['date_updated_argovis']),
    receipts: new Map(receipts.map(({ item, product, files }) => [String(item), JSON.stringify({ product, files })])),
  };
}

async function assertUndisturbed(argo: FlowSite): Promise<void> {
  assert.deepEqual(await argo.wrongs(), []);
  assert.deepEqual(await remains(argo), undisturbed);
}

/** A night whose copy has just begun, or whose load has. */
async function inMidCopy(name: string): Promise<{ readonly argo: FlowSite; readonly night: Night }> {
  const argo = await site.flow(name, world, smallBatches);
  await argo.gdac.setFaults({ bandwidthKiB: SLOW });
  const night = await argo.start();
  await untilProgress(night, ({ phase }) => phase === 'copy');
  await until(async () => (await filesIn(argo.flow.mirror)) > 3);
  return { argo, night };
}
async function inMidLoad(name: string): Promise<{ readonly argo: FlowSite; readonly night: Night }> {
  const argo = await site.flow(name, world, smallBatches);
  const night = await argo.start();
  await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);
  return { argo, night };
}

before(async () => {
  site = await startSite();
  await startAnother();
  const quiet = await site.flow('undisturbed', world, smallBatches);
  await quiet.run();
  undisturbed = await remains(quiet);
});
after(() => site.stop());

describe('a night goes on by itself', () => {
  it('when rsync is killed in the middle of the copy', async () => {
    const { argo, night } = await inMidCopy('rsync-killed');
    for (const pid of await rsyncsOver(argo.flow.mirror)) process.kill(pid, 'SIGKILL');
    await argo.gdac.setFaults({});

    const { state, record } = await night.result();

    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length);
    await assertUndisturbed(argo);
  });

  it('when its worker is told to end: a batch is finished, a copy is put down, and another worker goes on at once', async () => {
    const [copying, loading] = await Promise.all([inMidCopy('ended-copy'), inMidLoad('ended-load')]);

    const code = await worker.stop();
    const processes = await rsyncsOver(copying.argo.flow.mirror);
    await copying.argo.gdac.setFaults({});
    await startAnother();
    const [copied, loaded] = await Promise.all([copying.night.result(), loading.night.result()]);

    assert.equal(code, 0);
    assert.deepEqual(processes, []);
    for (const { state, record } of [copied, loaded]) {
      assert.equal(state, 'done');
      assert.ok(record !== null && addsUp(record) && record.loaded + record.rejected === expected.length, JSON.stringify(record));
    }
    await assertUndisturbed(copying.argo);
    await assertUndisturbed(loading.argo);
  });

  it('when its worker is killed in the middle of the copy, and another in the middle of the load', async () => {
    const [copying, loading] = await Promise.all([inMidCopy('killed-copy'), inMidLoad('killed-load')]);

    await worker.kill();
    await until(async () => (await rsyncsOver(copying.argo.flow.mirror)).length === 0);
    await copying.argo.gdac.setFaults({});
    await startAnother();
    const [copied, loaded] = await Promise.all([copying.night.result(), loading.night.result()]);

    for (const { state, record } of [copied, loaded]) {
      assert.equal(state, 'done');
      assert.ok(record !== null && addsUp(record) && record.loaded + record.rejected === expected.length, JSON.stringify(record));
    }
    await assertUndisturbed(copying.argo);
    await assertUndisturbed(loading.argo);
  });

  it('when the database and Temporal are killed in the middle of the load', async () => {
    const { argo, night } = await inMidLoad('servers-killed');

    for (const name of ['postgres', 'ferretdb', 'temporal']) process.kill(pidOf(name), 'SIGKILL');
    const { state, record } = await night.result();

    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length, JSON.stringify(record));
    await assertUndisturbed(argo);
  });
});

describe('a new night brings home what an earlier one left', () => {
  it('that was terminated with its worker after files were copied and before they were loaded', async () => {
    const [copying, loading] = await Promise.all([inMidCopy('cut-copy'), inMidLoad('cut-load')]);
    await worker.kill();
    await Promise.all([copying.night.terminate(), loading.night.terminate()]);
    await until(async () => (await rsyncsOver(copying.argo.flow.mirror)).length === 0);
    await copying.argo.gdac.setFaults({});
    const copiedBefore = await filesIn(copying.argo.flow.mirror);
    const loadedBefore = await loading.argo.products.collection('argo').countDocuments();
    await startAnother();

    const [copied, loaded] = await Promise.all([copying.argo.run(), loading.argo.run()]);

    const cut = await site.runs.get(loading.night.firstExecutionRunId);
    assert.deepEqual([copied.record?.seen, loaded.record?.seen], [expected.length, expected.length]);
    assert.ok(copiedBefore > 3 && loadedBefore < expected.length);
    assert.equal(loaded.listed?.isEmpty, true, 'the source has nothing new to say');
    // Of the last documents the receipts may have died with the worker: these profiles are loaded again.
    const unchanged = loaded.record?.unchanged ?? 0;
    assert.ok(unchanged > 0 && unchanged <= loadedBefore, `${unchanged} of ${loadedBefore} were known`);
    assert.deepEqual(
      [cut?.health, cut?.says],
      ['failed', 'It was ended without keeping its record; the run that followed it goes on from there.'],
    );
    await assertUndisturbed(copying.argo);
    await assertUndisturbed(loading.argo);
  });
});

function pidOf(name: string): number {
  const { pid } = JSON.parse(readFileSync(join(site.home, 'pids', `${name}.json`), 'utf8'));
  return pid;
}
