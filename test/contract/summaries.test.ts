import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Db } from 'mongodb';
import { type ArgoFlow, argoFlowSchema } from '../../src/argo/flow.ts';
import { SUMMARIES } from '../../src/argo/summaries/ids.ts';
import { type SummariesMade, summariesMadeAt, summarise } from '../../src/argo/summaries/summarise.ts';
import { Failure } from '../../src/errors.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import type { StoredDocument } from '../helpers/products.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const flow: ArgoFlow = argoFlowSchema.parse({
  name: 'argo',
  kind: 'argo',
  upstream: { rsync: 'rsync://127.0.0.1:1/argo/' },
  mirror: '/mirror',
  collections: { summaries: 'sums' },
});

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await startDatabase();
  database = await server.open('book');
});
after(() => server.stop());

const make = (products: Db, assertHeld = async () => {}, signal = new AbortController().signal): Promise<SummariesMade> =>
  summarise(products, { flow, now, signal, assertHeld, onProgress: () => undefined });

const stored = async (products: Db, id: string): Promise<StoredDocument | null> =>
  products.collection<StoredDocument>('sums').findOne({ _id: id });

/** Two floats of one profile each; one of them in a collection that knows no validator, with fields of other types. */
async function oldCollections(name: string): Promise<Db> {
  const products = database.products(name);
  await products.collection<StoredDocument>('argoMeta').insertMany([
    { _id: '13857_m0', platform: '13857', data_center: 'AO' },
    { _id: '5900446_m0', platform: '5900446', data_center: 'IF' },
  ]);
  const good = {
    metadata: ['13857_m0'],
    timestamp: new Date('2001-02-03T00:00:00Z'),
    timestamp_argoqc: 1,
    geolocation: { type: 'Point', coordinates: [10, 45.5] },
    source: [{ source: ['argo_core'] }],
    data_info: [['pressure', 'pressure_argoqc'], ['units', 'data_keys_mode'], []],
  };
  const odd = {
    metadata: ['5900446_m0'],
    timestamp: 'long ago',
    source: 'argo_bgc',
    data_info: 'none',
    data_warning: 7,
    geolocation: null,
  };
  await products.collection<StoredDocument>('argo').insertMany([
    { _id: '13857_001', ...good },
    { _id: '5900446_001', ...odd },
  ]);
  return products;
}

describe('summaries', () => {
  it('of collections that are not there yet are written all the same', async () => {
    const products = database.products('empty');

    const made = await make(products);

    assert.deepEqual(made, { written: SUMMARIES, failed: [], profiles: 0 });
    assert.deepEqual((await stored(products, 'argo_dacs'))?.summary, []);
    assert.deepEqual(await summariesMadeAt(products, flow), now);
  });

  it('count what an odd document tells, and are not stopped by what it does not', async () => {
    const products = await oldCollections('odd');
    const somewhere = { geolocation: { type: 'Point', coordinates: [0, -90] }, data_warning: ['missing_location'], timestamp: null };
    await products.collection<StoredDocument>('argo').insertMany([
      { _id: '13857_002', metadata: ['13857_m0'], ...somewhere },
      { _id: '13857_003', metadata: ['13857_m0'], ...somewhere, data_info: [[1, { a: 1 }, 'pressure'], {}, null] },
    ]);

    const made = await make(products);

    assert.deepEqual([made.failed, made.profiles], [[], 4]);
    assert.deepEqual((await stored(products, 'argo_dacs'))?.summary, [
      { _id: 'AO', n: 3, mostrecent: new Date('2001-02-03T00:00:00Z') },
      { _id: 'IF', n: 1, mostrecent: null },
    ]);
    assert.match(JSON.stringify(await stored(products, 'argo_jsonld')), /"box":"45.5 -180 45.5 180"/);
  });

  it('are replaced whole; of the shared document only the own entry', async () => {
    const products = await oldCollections('shared');
    const others = { cchdo: { metagroups: ['id'] }, argo: { metagroups: ['stale'], left: 'over' } };
    await products.collection<StoredDocument>('sums').insertMany([
      { _id: 'argo_overview', summary: {}, left: 'over' },
      { _id: 'ratelimiter', metadata: others, note: 'kept' },
    ]);

    await make(products);

    const [overview, limits] = [await stored(products, 'argo_overview'), await stored(products, 'ratelimiter')];
    assert.deepEqual(Object.keys(overview ?? {}), ['_id', 'summary']);
    assert.deepEqual(limits, {
      _id: 'ratelimiter',
      metadata: {
        cchdo: others.cchdo,
        argo: {
          metagroups: ['id', 'metadata', 'platform'],
          startDate: '2001-02-03T00:00:00.000Z',
          endDate: now.toISOString(),
          qc: 'timestamp_argoqc',
        },
      },
      note: 'kept',
    });
  });

  it('that fail keep their old documents and stop no other', async () => {
    const products = await oldCollections('refusing');
    const validator = { $jsonSchema: { bsonType: 'object', properties: { data_keys: { bsonType: 'array', maxItems: 1 } } } };
    await applyCollections(products, [{ name: 'sums', validator, indexes: [], refused: { data_keys: ['a', 'b'] } }]);
    await products.collection<StoredDocument>('sums').insertMany([
      { _id: 'argo_data_keys', data_keys: ['old'] },
      { _id: 'ratelimiter', metadata: 'not a mapping' },
    ]);

    const made = await make(products);

    assert.deepEqual(
      made.failed.map(({ id }) => id),
      ['argo_data_keys', 'ratelimiter'],
    );
    assert.deepEqual(made.written, ['argo_dacs', 'argo_bgc', 'argo_overview', 'argo_jsonld']);
    assert.deepEqual((await stored(products, 'argo_data_keys'))?.data_keys, ['old']);
    assert.match(made.failed[0]?.message ?? '', /writing summary argo_data_keys/);
  });

  for (const [code, name] of [
    ['lease_lost', 'by a run that has lost its lease'],
    ['half_swapped', 'while a rebuild swaps the collections'],
    ['swapped_meanwhile', 'of collections that were swapped while they were read'],
  ] as const) {
    it(`are not written ${name}`, async () => {
      const products = await oldCollections(code);
      const refusal = new Failure({ kind: 'stop', code, happened: 'Not now' });

      await assert.rejects(
        make(products, () => Promise.reject(refusal)),
        refusal,
      );

      assert.equal(await products.collection('sums').countDocuments(), 0);
    });
  }

  it('end at once when they are cancelled', async () => {
    const products = await oldCollections('cancelled');

    await assert.rejects(make(products, undefined, AbortSignal.abort(new Error('cancelled'))), /cancelled/);

    assert.equal(await products.collection('sums').countDocuments(), 0);
  });
});
