import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BSON } from 'mongodb';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { until } from '../helpers/processes.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { differences } from '../helpers/profile-tree.ts';
import { type FlowSite, type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 37, floats: 24, cyclesPerFloat: 8 };
const NIGHTS = 5;
/** All in one page: a worker that is stopped in it has most of it still to write. */
const onePage = { load: { batch: 5000, width: 1 } };

let site: Site;
before(async () => {
  site = await startSite();
  await site.worker({}, ['--queues', 'control,transfer']);
});
after(() => site.stop());

/** All that was written for a flow by its place, times included. */
async function written({ flow, products }: FlowSite): Promise<ReadonlyMap<string, string>> {
  const { book } = site.database;
  const places: (readonly [string, string])[] = [];
  for (const name of ['argo', 'argoMeta']) for (const [id, text] of await snapshotOf(products, name)) places.push([`${name} ${id}`, text]);
  for (const name of ['receipts', 'quarantine', 'plans'])
    for (const row of await book.collection<StoredDocument>(name).find({ flow: flow.name }).toArray())
      places.push([`${name} ${row._id}`, BSON.EJSON.stringify(row)]);
  return new Map(places);
}

/** A night whose only loader is stopped, as by SIGSTOP, when the first part of its only page is written. */
async function stoppedInLoad(name: string): Promise<{ readonly argo: FlowSite; readonly night: Night; readonly stopped: WorkerProcess }> {
  const argo = await site.flow(name, world, { ...onePage, queueSuffix: name });
  await site.worker({}, ['--queues', 'transfer', '--suffix', name]);
  const stopped = await site.worker({ LANDFALL_SHUTDOWN_GRACE: '20s' }, ['--queues', 'load', '--suffix', name]);
  const night = await argo.start();
  await untilProgress(night, ({ phase }) => phase === 'load');
  await until(async () => (await argo.products.collection('argo').estimatedDocumentCount()) > 0);
  process.kill(stopped.pid, 'SIGSTOP');
  return { argo, night, stopped };
}

/** Lets the stopped worker go on, and end what it had in hand. */
async function wake(stopped: WorkerProcess): Promise<number | null> {
  process.kill(stopped.pid, 'SIGCONT');
  return await stopped.stop();
}

describe('a worker that is stopped in the middle of a batch,', { concurrency: true }, () => {
  it('for longer than its heartbeat, and comes back when another has done its work and later nights have been, changes nothing', async () => {
    const { argo, night, stopped } = await stoppedInLoad('slept');
    const half = await argo.products.collection('argo').countDocuments();
    await site.worker({}, ['--queues', 'load', '--suffix', 'slept']);

    const { state, record } = await night.result();
    const rightAfterFirst = await argo.wrongs();
    for (let later = 1; later <= NIGHTS; later += 1) await argo.gdac.playNight(later);
    await argo.run();
    const before = await written(argo);
    const code = await wake(stopped);

    assert.ok(half < (record?.loaded ?? 0), `it was stopped in the middle: ${half} of ${record?.loaded} documents were there`);
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === [...expectedProfiles(world, 0)].length);
    assert.deepEqual(rightAfterFirst, []);
    assert.equal(code, 0);
    assert.deepEqual(differences(before, await written(argo)), []);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('whose run was terminated and whose flow was taken over by another run, is refused by the fence of its lease', async () => {
    const { argo, night, stopped } = await stoppedInLoad('robbed');
    await night.terminate();
    for (let later = 1; later <= NIGHTS; later += 1) await argo.gdac.playNight(later);
    await site.worker({}, ['--queues', 'load', '--suffix', 'robbed']);
    await argo.run();
    const before = await written(argo);

    await wake(stopped);

    assert.deepEqual(differences(before, await written(argo)), []);
    assert.deepEqual(await argo.wrongs(), []);
  });
});
