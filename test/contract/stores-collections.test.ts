import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { argoCollections } from '../../src/argo/collections.ts';
import { bookCollections } from '../../src/stores/collection-spec.ts';
import { applyCollections, diffCollections } from '../../src/stores/collections.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const specs = argoCollections({ argo: 'argo', argoMeta: 'argoMeta' });
const minimal = { name: 'things', validator: { $jsonSchema: { required: ['size'] } }, indexes: [], refused: { colour: 'red' } };

const profile = {
  _id: '1900000_001',
  metadata: ['1900000_m0'],
  geolocation: { type: 'Point', coordinates: [10.5, 20] },
  basin: 1,
  timestamp: new Date(),
  data: [],
  date_updated_argovis: new Date(),
  source: [{ source: ['argo_core'] }],
  cycle_number: 1,
};

describe('apply makes collections', () => {
  let server: TestDatabase;
  let database: Database;

  before(async () => {
    server = await startDatabase();
    database = await server.open('collections');
  });
  after(() => server.stop());

  it('with every index that was asked for, and changes nothing the second time', async () => {
    const db = database.products('argo');

    const first = await applyCollections(db, specs);
    const second = await applyCollections(db, specs);

    const names = (await db.collection('argo').listIndexes().toArray()).map(({ name }) => name);
    assert.equal(first.changes.filter(({ change }) => change.kind === 'create').length, 2);
    assert.deepEqual(second.changes, []);
    for (const name of [
      'metadata_1',
      'timestamp_-1',
      'geolocation_2dsphere',
      'source.source_1',
      'geolocation.coordinates_2d',
      'geolocation_argoqc_1',
    ])
      assert.ok(names.includes(name), `${name} is missing`);
  });

  it('of its own book-keeping too, and changes nothing the second time', async () => {
    await applyCollections(database.book, bookCollections);

    const { changes } = await applyCollections(database.book, bookCollections);

    assert.deepEqual(changes, []);
  });

  it('and what grows with each day is deleted by its age: notices after a season, the history of streams after two years', () => {
    const ages = ['ooiNotices', 'ooiHistory'].map(
      (name) => bookCollections.find((spec) => spec.name === name)?.indexes.find(({ key }) => key.at === 1)?.expireAfterSeconds,
    );

    assert.deepEqual(ages, [90 * 86_400, 730 * 86_400]);
  });

  it('and says which compound index the embedded database refuses, and what stands in for it', async () => {
    const { notes } = await diffCollections(database.products('notes'), specs);

    assert.equal(notes.length, 2);
    assert.match(
      notes[0]?.note ?? '',
      /refuses the compound index timestamp_-1_geolocation_2dsphere; timestamp_-1 and geolocation_2dsphere stand in/,
    );
  });

  it('whose validators are enforced: a document without a required field or of another type is refused', async () => {
    const db = database.products('enforced');
    await applyCollections(db, specs);
    const argo = db.collection<Readonly<Record<string, unknown>> & { readonly _id: string }>('argo');

    await argo.insertOne({ ...profile });

    const { basin: _basin, ...withoutBasin } = profile;
    await assert.rejects(argo.insertOne({ ...withoutBasin, _id: 'a' }), /validation/i);
    await assert.rejects(argo.insertOne({ ...profile, _id: 'b', cycle_number: '1' }), /validation/i);
    await assert.rejects(argo.insertOne({ ...profile, _id: 'c', data_warning: ['unheard_of'] }), /validation/i);
    await assert.rejects(db.collection('argoMeta').insertOne({ platform: '1900000' }), /validation/i);
  });

  it('and proves it: a validator that lets its proof pass is an error, and the proof does not stay', async () => {
    const db = database.products('unproved');
    const lenient = { ...minimal, refused: { size: 1 } };

    await assert.rejects(applyCollections(db, [lenient]), { code: 'validator_ignored', kind: 'stop' });

    assert.equal(await db.collection('things').countDocuments(), 0);
  });

  it('without dropping anything: documents, further indexes and other collections stay', async () => {
    const db = database.products('kept');
    await db.collection<{ _id: string; size: number }>('things').insertOne({ _id: 'one', size: 1 });
    await db.collection('things').createIndex({ size: 1 }, { name: 'by hand' });
    await db.collection<{ _id: string }>('others').insertOne({ _id: 'two' });

    const { changes } = await applyCollections(db, [minimal]);

    const names = (await db.collection('things').listIndexes().toArray()).map(({ name }) => name);
    assert.deepEqual(
      changes.map(({ change }) => change.kind),
      ['validator'],
    );
    assert.ok(names.includes('by hand'));
    assert.deepEqual([await db.collection('things').countDocuments(), await db.collection('others').countDocuments()], [1, 1]);
  });

  it('and brings a validator that was changed by hand back', async () => {
    const db = database.products('changed');
    await applyCollections(db, [minimal]);
    await db.command({ collMod: 'things', validator: {} });

    const { changes } = await applyCollections(db, [minimal]);

    assert.deepEqual(
      changes.map(({ change }) => change.kind),
      ['validator'],
    );
    await assert.rejects(db.collection('things').insertOne({ colour: 'red' }), /validation/i);
  });
});
