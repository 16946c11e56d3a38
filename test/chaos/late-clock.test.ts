import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { type FlowSite, type Site, startSite } from '../helpers/site.ts';

const world = { seed: 35, floats: 12, cyclesPerFloat: 6 };
const smallBatches = { load: { batch: 5, width: 4 } };
const NIGHTS = 5;
const HOUR_MS = 3_600_000;
const late = { NODE_OPTIONS: `--import=${new URL('../helpers/late-clock.ts', import.meta.url)}` };

let site: Site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

/** Receipts without run and time. */
async function receiptsOf(flow: string): Promise<readonly string[]> {
  const receipts = await site.database.book.collection<StoredDocument>('receipts').find({ flow }).sort({ _id: 1 }).toArray();
  return receipts.map(({ item, product, files, rules }) => JSON.stringify({ item, product, files, rules }));
}

/** How many of the documents were loaded by a clock that is an hour late. */
async function loadedLate({ products }: FlowSite, since: number): Promise<number> {
  return await products.collection('argo').countDocuments({ date_updated_argovis: { $lt: new Date(since - HOUR_MS / 2) } });
}

describe('a worker whose clock is an hour late, among others whose clock is right', () => {
  it('loses and doubles nothing in a first night and in later ones, and its receipts are right', async () => {
    const since = Date.now();
    await site.worker();
    const right = await site.flow('right', world, smallBatches);
    await right.run();
    for (let night = 1; night <= NIGHTS; night += 1) await right.gdac.playNight(night);
    await right.run();
    await site.worker(late);

    const mixed = await site.flow('mixed', world, smallBatches);
    const first = await mixed.run();
    const [lateOnes, all] = [await loadedLate(mixed, since), await mixed.products.collection('argo').countDocuments()];
    const firstWrongs = await mixed.wrongs();
    for (let night = 1; night <= NIGHTS; night += 1) await mixed.gdac.playNight(night);
    const later = await mixed.run();

    assert.ok(lateOnes > 0 && lateOnes < all, `both clocks were at work: ${lateOnes} of ${all} documents are dated by the late one`);
    for (const { state, record } of [first, later]) {
      assert.equal(state, 'done');
      assert.ok(record !== null && addsUp(record) && record.seconds >= 0, JSON.stringify(record));
    }
    assert.equal(first.record?.seen, [...expectedProfiles(world, 0)].length);
    assert.deepEqual([firstWrongs, await mixed.wrongs()], [[], []]);
    assert.deepEqual(await receiptsOf('mixed'), await receiptsOf('right'));
    assert.deepEqual(
      await snapshotOf(mixed.products, 'argo', ['date_updated_argovis']),
      await snapshotOf(right.products, 'argo', ['date_updated_argovis']),
    );
  });
});
