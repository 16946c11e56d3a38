import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BSON, type Db } from 'mongodb';
import { argoCollections } from '../../src/argo/collections.ts';
import { argoFlowSchema } from '../../src/argo/flow.ts';
import { type SummariesMade, summarise } from '../../src/argo/summaries/summarise.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { GOLDEN_FOLDER, isArgoDataThere, WITHOUT_ARGO_DATA } from './argo-data.ts';

interface Stored {
  readonly _id: string;
  readonly [field: string]: unknown;
}

const flow = argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/mirror' });
const now = new Date('2026-01-02T03:04:05.678Z');
/** The collections know dates, so every time of the load becomes one. */
const parsed = (text: string): Record<string, unknown> => BSON.EJSON.parse(text.replaceAll('"@now"', `{"$date":"${now.toISOString()}"}`));

describe('the summaries over all expected documents', { skip: isArgoDataThere ? false : WITHOUT_ARGO_DATA }, () => {
  let server: TestDatabase;
  let products: Db;
  let made: SummariesMade;
  const expected = isArgoDataThere ? parsed(readFileSync(join(GOLDEN_FOLDER, 'summaries.json'), 'utf8')) : {};
  const stored = async (id: string): Promise<Stored | null> => products.collection<Stored>('summaries').findOne({ _id: id });

  before(async () => {
    server = await startDatabase();
    products = (await server.open('book')).products('argo');
    await applyCollections(products, argoCollections(flow.collections));
    const goldens = readdirSync(GOLDEN_FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^[a-z]+\/\d+\//.test(path))
      .map((path): unknown => parsed(readFileSync(join(GOLDEN_FOLDER, path), 'utf8')));
    const documents = (field: string): Stored[] => [
      ...new Map(goldens.map((golden) => Object(golden)[field]).map((document: Stored) => [document._id, document])).values(),
    ];
    await products.collection<Stored>('argo').insertMany(documents('argo'));
    await products.collection<Stored>('argoMeta').insertMany(documents('argoMeta'));
    made = await summarise(products, {
      flow,
      now,
      signal: new AbortController().signal,
      assertHeld: async () => undefined,
      onProgress: () => undefined,
    });
  });
  after(() => server?.stop());

  it('are all written, over every document', () => {
    assert.deepEqual(made.failed, []);
    assert.equal(made.profiles, expected.documents);
  });

  it('count profiles by data centre', async () => {
    assert.deepEqual((await stored('argo_dacs'))?.summary, expected.argo_dacs);
  });

  it('count biogeochemical profiles by float', async () => {
    assert.deepEqual((await stored('argo_bgc'))?.summary, expected.argo_bgc);
  });

  it('name every data key', async () => {
    assert.deepEqual((await stored('argo_data_keys'))?.data_keys, expected.argo_data_keys);
  });

  it('give the archive in six figures', async () => {
    assert.deepEqual((await stored('argo_overview'))?.summary, expected.argo_overview);
  });
});
