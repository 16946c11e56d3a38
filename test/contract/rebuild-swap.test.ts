import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { argoCollections } from '../../src/argo/collections.ts';
import { type ArgoFlow, argoFlowSchema } from '../../src/argo/flow.ts';
import { completeSwap, swapRebuild } from '../../src/argo/rebuild-finish.ts';
import { RebuildLedger, recipeOf } from '../../src/argo/rebuild-ledger.ts';
import { targetFlow } from '../../src/argo/rebuild-target.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import { Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { Plans } from '../../src/stores/plans.ts';
import { Quarantine } from '../../src/stores/quarantine.ts';
import { type Receipt, Receipts } from '../../src/stores/receipts.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await startDatabase();
  database = await server.open('swap');
});
after(() => server.stop());

const NOW = new Date('2026-03-01T06:00:00Z');
const document = (_id: string) => ({
  _id,
  metadata: ['m'],
  geolocation: { type: 'Point', coordinates: [1, 2] },
  basin: 1,
  timestamp: NOW,
  data: [],
  date_updated_argovis: NOW,
  source: [],
  cycle_number: 1,
});
const receipt = (flow: string, item: string, run: string): Receipt => ({
  flow,
  item: `aoml/${item}`,
  product: item,
  files: [],
  run,
  rules: 1,
  at: NOW,
});
const rejected = (flow: string, item: string) => ({
  flow,
  kind: 'argo',
  item: `aoml/${item}`,
  files: [],
  code: 'bad_data_mode',
  message: 'bad',
});

/** Live holds 1 and 2; beside, 2 and 3 were made, 4 was rejected. In quarantine are 3, 4 and, gone from the mirror, 5. */
async function loadedBeside(name: string) {
  const flow = argoFlowSchema.parse({
    name,
    kind: 'argo',
    upstream: { rsync: 'rsync://127.0.0.1:1/argo/' },
    mirror: '/nowhere',
    database: `products-${name}`,
  });
  const next = targetFlow(flow, 'beside');
  const products = database.products(flow.database);
  const use = {
    database,
    leases: new Leases(database),
    plans: new Plans(database),
    receipts: new Receipts(database),
    quarantine: new Quarantine(database),
    rebuilds: new RebuildLedger(database),
    now: () => NOW,
  };
  for (const { collections } of [flow, next]) await applyCollections(products, argoCollections(collections));
  const put = (collection: string, ids: readonly string[]) =>
    products.collection<{ readonly _id: string }>(collection).insertMany(ids.map(document));
  await put('argo', ['1900000_001', '1900000_002']);
  await put('argo__next', ['1900000_002', '1900000_003']);
  await use.receipts.record(['1900000_001', '1900000_002'].map((item) => receipt(name, item, 'night')));
  await use.receipts.record(['1900000_002', '1900000_003'].map((item) => receipt(next.name, item, 'rebuild')));
  await use.quarantine.put(
    ['1900000_003', '1900000_004', '1900000_005'].map((item) => rejected(name, item)),
    'night',
    NOW,
  );
  await use.quarantine.put([rejected(next.name, '1900000_004')], 'rebuild', NOW);
  await use.rebuilds.begin(
    {
      flow: name,
      target: 'beside',
      rebuild: 'rebuild',
      state: 'loading',
      step: null,
      plan: null,
      summary: null,
      epoch: 1,
      recipe: recipeOf(flow),
      startedAt: NOW,
      runs: 1,
      old: [],
    },
    null,
  );
  const lease = await use.leases.take(name, { job: 'rebuild', workflowId: 'w', runId: 'rebuild' }, NOW, async () => false);
  if (lease.state !== 'taken') throw new Error('the lease is not free');
  return { flow, use, fence: lease.fence, products };
}

type Loaded = Awaited<ReturnType<typeof loadedBeside>>;

const context = ({ flow, fence }: Loaded, onTick: () => void = () => {}) => ({ flow, fence, signal: new AbortController().signal, onTick });

async function assertSwapped({ flow, use, products }: Loaded): Promise<void> {
  const idsOf = async (name: string) => (await products.collection(name).find().sort({ _id: 1 }).toArray()).map(({ _id }) => String(_id));
  const receipts = (await Array.fromAsync(use.receipts.all(flow.name))).flat();
  const entries = await use.quarantine.list(flow.name, { includeClosed: true });
  const names = (await products.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).toSorted();
  const { state, old } = (await use.rebuilds.last(flow.name, 'beside')) ?? assert.fail();
  assert.deepEqual(await idsOf('argo'), ['1900000_002', '1900000_003']);
  assert.deepEqual(await idsOf('argo__old'), ['1900000_001', '1900000_002']);
  assert.deepEqual(names, ['argo', 'argoMeta', 'argoMeta__old', 'argo__old']);
  assert.deepEqual(
    receipts.map(({ item, run }) => `${item} ${run}`),
    ['aoml/1900000_002 rebuild', 'aoml/1900000_003 rebuild'],
  );
  assert.deepEqual(
    entries.map(({ item, closedAs, attempts }) => [item, closedAs, attempts]),
    [
      ['aoml/1900000_003', 'loaded', 1],
      ['aoml/1900000_004', null, 2],
      ['aoml/1900000_005', 'removed', 1],
    ],
  );
  assert.deepEqual(await use.quarantine.list(`${flow.name}:next`, { includeClosed: true }), []);
  assert.deepEqual([state, old], ['done', ['argo__old', 'argoMeta__old']]);
}

const named = (name: string): ArgoFlow['name'] => `swap-${name}`;

describe('the swap of a rebuild beside the live collections', () => {
  it('exchanges collections, receipts and quarantine; done twice it is done once', async () => {
    const loaded = await loadedBeside(named('whole'));

    await swapRebuild(loaded.use, context(loaded));
    await swapRebuild(loaded.use, context(loaded));

    await assertSwapped(loaded);
  });

  it('that is broken off at any moment is completed by whoever comes next', async () => {
    let cuts = 0;
    for (let moment = 1; cuts === moment - 1; moment += 1) {
      const loaded = await loadedBeside(named(`cut-${moment}`));
      let ticks = 0;
      const cut = (): void => {
        ticks += 1;
        if (ticks === moment) throw new Error('killed');
      };
      await swapRebuild(loaded.use, context(loaded, cut)).catch(() => {
        cuts += 1;
      });

      // Before the first step was noted nothing was begun: the rebuild itself would go on to its swap.
      if (moment === 1) await swapRebuild(loaded.use, context(loaded));
      else await completeSwap(loaded.use, context(loaded));

      await assertSwapped(loaded);
    }
    assert.ok(cuts > 6, `${cuts} moments`);
  });

  it('does nothing for a flow that has no swap under way', async () => {
    const loaded = await loadedBeside(named('loading'));

    await completeSwap(loaded.use, context(loaded));

    assert.equal(await loaded.products.collection('argo__next').countDocuments(), 2);
  });

  it('takes the place of an empty live collection that apply has made between the renames', async () => {
    const loaded = await loadedBeside(named('applied'));
    await loaded.products.renameCollection('argo', 'argo__old');
    await applyCollections(loaded.products, argoCollections(loaded.flow.collections));

    await swapRebuild(loaded.use, context(loaded));

    await assertSwapped(loaded);
  });

  it('stops where somebody wrote to the live name between the renames', async () => {
    const loaded = await loadedBeside(named('written'));
    await loaded.products.renameCollection('argo', 'argo__old');
    await loaded.products.collection<{ readonly _id: string }>('argo').insertOne(document('1900000_009'));

    await assert.rejects(swapRebuild(loaded.use, context(loaded)), /Both .*\.argo and .*\.argo__old are there/);

    await loaded.products.dropCollection('argo');
    await swapRebuild(loaded.use, context(loaded));
    await assertSwapped(loaded);
  });

  it('writes nothing for a run that has lost its lease', async () => {
    const loaded = await loadedBeside(named('fenced'));
    await loaded.use.leases.take(loaded.flow.name, { job: 'mirror', workflowId: 'w', runId: 'later' }, NOW, async () => false);

    await assert.rejects(swapRebuild(loaded.use, context(loaded)), /no longer holds the lease/);

    assert.equal(await loaded.products.collection('argo__next').countDocuments(), 2);
    assert.equal((await loaded.use.rebuilds.last(loaded.flow.name, 'beside'))?.state, 'loading');
  });
});

describe('the ledger of rebuilds', () => {
  it('lets nobody begin or go on from what has changed since it was looked at', async () => {
    const { use, flow } = await loadedBeside(named('ledger'));
    const seen = (await use.rebuilds.last(flow.name, 'beside')) ?? assert.fail();
    const at = await use.rebuilds.advance(seen, { state: 'swapping', step: 'collections' });
    await use.rebuilds.assertAt(at);

    for (const late of [
      () => use.rebuilds.begin({ ...seen, rebuild: 'late' }, seen),
      () => use.rebuilds.begin({ ...seen, rebuild: 'late' }, null),
      () => use.rebuilds.advance(seen, { state: 'swapping', step: 'collections' }),
      () => use.rebuilds.assertAt(seen),
    ])
      await assert.rejects(late, { kind: 'again', code: 'rebuild_overtaken' });

    assert.equal((await use.rebuilds.last(flow.name, 'beside'))?.step, 'collections');
  });
});
