import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { argoCollections } from '../../src/argo/collections.ts';
import type { ArgoDocument } from '../../src/argo/documents.ts';
import { Products } from '../../src/argo/products.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import { type Fence, Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { World } from '../../standins/gdac/world.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { openSite } from '../helpers/loading.ts';
import { checkProducts, type StoredDocument, snapshotOf } from '../helpers/products.ts';

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await startDatabase();
  database = await server.open('hazards');
});
after(() => server.stop());

/** Lets the first check of the fence pass only when so many loaders have come to theirs: all have read before any writes. */
class AtOnce extends Leases {
  #waiting: number;
  readonly #open = Promise.withResolvers<void>();

  constructor(over: Database, loaders: number) {
    super(over);
    this.#waiting = loaders;
  }

  override async assertHeld(fence: Fence): Promise<void> {
    this.#waiting -= 1;
    if (this.#waiting <= 0) this.#open.resolve();
    await this.#open.promise;
    await super.assertHeld(fence);
  }
}

describe('two loaders on one float at the same moment', () => {
  // A float whose programme changed hands has two descriptions.
  const world: World = { seed: 3, floats: 40, cyclesPerFloat: 12 };
  const [float] = [...Map.groupBy(expectedProfiles(world, 0), ({ key }) => key.split('_')[0] ?? '')].filter(([, profiles]) => {
    const names = profiles.flatMap(({ outcome }) => (outcome.state === 'document' ? [outcome.argoMeta.pi_name.join()] : []));
    return new Set(names).size === 2;
  });
  const [wmoPath = '', profiles = []] = float ?? [];
  const keys = profiles.map(({ key }) => key);
  const whose = (n: number): string => {
    const outcome = profiles.at(n)?.outcome;
    return outcome?.state === 'document' ? outcome.argoMeta.pi_name.join() : assert.fail('no document');
  };

  it('that find two descriptions give them two numbers, and every profile points to its own', async () => {
    assert.notEqual(whose(0), whose(-1));
    const site = await openSite(database, server.folder, 'two-descriptions', world);
    const together = new AtOnce(database, 2);

    const both = await Promise.all([
      site.load([keys[0] ?? ''], {}, { leases: together }),
      site.load([keys.at(-1) ?? ''], {}, { leases: together }),
    ]);
    await site.load(keys);

    const result = await checkProducts({ ...world, night: 0 }, site.products);
    const metadata = await site.products.collection<StoredDocument>('argoMeta').find().sort({ _id: 1 }).toArray();
    await site.close();
    assert.deepEqual(
      both.map(({ loaded }) => loaded),
      [1, 1],
    );
    const wmo = wmoPath.split('/')[1];
    assert.equal(result.differing, 0, result.different.join('\n'));
    assert.deepEqual(
      metadata.map(({ _id }) => _id),
      [`${wmo}_m0`, `${wmo}_m1`],
    );
  });

  it('that find the same description make one document of it', async () => {
    const site = await openSite(database, server.folder, 'one-description', world);
    const together = new AtOnce(database, 2);

    const both = await Promise.all([
      site.load([keys[0] ?? ''], {}, { leases: together }),
      site.load([keys[1] ?? ''], {}, { leases: together }),
    ]);

    const count = await site.products.collection('argoMeta').countDocuments();
    await site.close();
    assert.equal(count, 1);
    assert.deepEqual(
      both.map(({ loaded }) => loaded),
      [1, 1],
    );
  });
});

describe('a loader whose lease is lost', () => {
  const world = { seed: 4, floats: 30, cyclesPerFloat: 8 };

  it('in the middle of a batch writes nothing more, not a document, not a receipt, not a quarantine entry', async () => {
    const site = await openSite(database, server.folder, 'fenced', world);
    const keys = await site.keys();
    const state = async () => [
      await snapshotOf(site.products, 'argo'),
      await snapshotOf(site.products, 'argoMeta'),
      await snapshotOf(database.book, 'receipts'),
      await snapshotOf(database.book, 'quarantine'),
    ];
    let atLoss: Awaited<ReturnType<typeof state>> = [];
    class Lost extends Leases {
      checks = 0;
      override async assertHeld(fence: Fence): Promise<void> {
        this.checks += 1;
        if (this.checks === 4) {
          const heir = { job: 'mirror', workflowId: 'mirror/fenced-2', runId: 'heir' };
          await site.leases.take('fenced', heir, new Date(), async () => false);
          atLoss = await state();
        }
        await super.assertHeld(fence);
      }
    }

    await assert.rejects(site.load(keys, {}, { leases: new Lost(database) }), { code: 'lease_lost' });

    const after = await state();
    await site.close();
    assert.ok((atLoss[0]?.size ?? 0) > 0, 'something was written before');
    assert.ok((atLoss[0]?.size ?? 0) < keys.length - 20, 'and not everything');
    assert.deepEqual(after, atLoss);
  });
});

describe('a batch that is aborted', () => {
  const world = { seed: 6, floats: 30, cyclesPerFloat: 8 };

  it('ends between two writes, and its repetition in the same run counts everything once', async () => {
    const site = await openSite(database, server.folder, 'aborted', world);
    const keys = await site.keys();
    const abort = new AbortController();

    await assert.rejects(
      site.load(keys, { signal: abort.signal, onChunk: () => abort.abort(new Error('the worker ends')) }),
      /the worker ends/,
    );
    const half = await site.products.collection('argo').countDocuments();
    const repeated = await site.load(keys);

    const result = await checkProducts({ ...world, night: 0 }, site.products);
    await site.close();
    assert.ok(half > 0 && half < result.equal);
    assert.deepEqual([result.missing, result.differing, result.extra], [0, 0, 0]);
    assert.equal(repeated.loaded + repeated.rejected, keys.length);
    assert.equal(repeated.unchanged, 0);
  });
});

describe('a document that the database refuses', () => {
  const world = { seed: 7, floats: 6, cyclesPerFloat: 5 };
  const [argoMeta, argo] = argoCollections({ argo: 'argo', argoMeta: 'argoMeta' });

  it('goes to quarantine as schema_violation, while the others of its batch are loaded', async () => {
    const site = await openSite(database, server.folder, 'refused', world);
    const strict = { $jsonSchema: { ...argo?.validator?.$jsonSchema, properties: { cycle_number: { maximum: 3 } } } };
    await applyCollections(site.products, [{ name: 'argo', validator: strict, indexes: [] }]);
    const keys = await site.keys();
    const late = keys.filter((key) => Number.parseInt(key.split('_')[1] ?? '', 10) > 3);

    const outcome = await site.load(keys);

    const entries = await site.quarantine.list('refused');
    const receipts = await site.receipts.find('refused', late);
    await site.close();
    assert.deepEqual(
      entries.filter(({ code }) => code === 'schema_violation').map(({ item }) => item),
      late,
    );
    assert.equal(outcome.loaded + outcome.rejected, keys.length);
    assert.equal(await site.products.collection('argo').countDocuments(), outcome.loaded);
    assert.equal(receipts.size, 0);
    assert.match(entries.find(({ code }) => code === 'schema_violation')?.message ?? '', /The database refused the document \d+_\d+/);
  });

  it('keeps its older version in place when a newer one is refused', async () => {
    const site = await openSite(database, server.folder, 'refused-later', world);
    const keys = await site.keys();
    await site.load(keys);
    const before = await snapshotOf(site.products, 'argo');
    const strict = { $jsonSchema: { ...argo?.validator?.$jsonSchema, properties: { cycle_number: { maximum: 0 } } } };
    await applyCollections(site.products, [{ name: 'argo', validator: strict, indexes: [] }]);

    const outcome = await site.load(keys, { run: 'run-2', isForced: true });

    const after = await snapshotOf(site.products, 'argo');
    await site.close();
    assert.ok(outcome.rejected > 0);
    assert.deepEqual([...after.keys()], [...before.keys()]);
  });

  it('of argoMeta keeps its profiles out too', async () => {
    const site = await openSite(database, server.folder, 'refused-metadata', world);
    const strict = { $jsonSchema: { ...argoMeta?.validator?.$jsonSchema, properties: { platform: { enum: ['1900000'] } } } };
    await applyCollections(site.products, [{ name: 'argoMeta', validator: strict, indexes: [] }]);

    const outcome = await site.load(await site.keys());

    const ids = [...(await snapshotOf(site.products, 'argo')).keys()];
    await site.close();
    assert.ok(outcome.loaded > 0 && outcome.rejected > 0);
    assert.ok(
      ids.every((id) => id.startsWith('1900000_')),
      ids.join(),
    );
  });
});

describe('an error of the database that no rule knows', () => {
  const world = { seed: 12, floats: 20, cyclesPerFloat: 6 };

  it('about single documents is tried again at first; when patience is over they go to quarantine and the others are loaded', async () => {
    const site = await openSite(database, server.folder, 'unforeseen', world);
    // Such an index takes no arrays, and only some documents have warnings.
    await site.products.collection('argo').createIndex({ data_warning: 'hashed' });
    const keys = await site.keys();

    await assert.rejects(site.load(keys), { code: 'database_error', kind: 'again' });
    const outcome = await site.load(keys, { isPatienceOver: true });

    const entries = await site.quarantine.list('unforeseen');
    const count = await site.products.collection('argo').countDocuments();
    await site.close();
    const warned = [...expectedProfiles(world, 0)].flatMap(({ key, outcome: { state, ...rest } }) =>
      state === 'document' && 'argo' in rest && rest.argo.data_warning !== undefined ? [key] : [],
    );
    assert.ok(warned.length > 0);
    assert.deepEqual(
      entries.filter(({ code }) => code === 'schema_violation').map(({ item }) => item),
      warned.toSorted(),
    );
    assert.equal(outcome.loaded, count);
    assert.equal(outcome.loaded + outcome.rejected, keys.length);
  });

  it('about a document that is too large concerns that one alone', async () => {
    const site = await openSite(database, server.folder, 'too-large', { seed: 1, floats: 1, cyclesPerFloat: 1 });
    const products = new Products(database, site.flow, { isPatienceOver: false });
    const level = Array.from({ length: 6000 }, (_, n) => n + 0.5);
    const document = (id: string, rows: number) => ({ ...plain, _id: id, data: Array.from({ length: rows }, () => level) });

    const answers = [
      await products.putProfiles([document('1900000_001', 1), document('1900000_002', 400)], () => true),
      await products.putProfiles([document('1900000_003', 340), document('1900000_004', 1)], () => false),
    ];

    const ids = [...(await snapshotOf(site.products, 'argo')).keys()];
    await site.close();
    assert.deepEqual(
      answers.flatMap(({ refused }) => refused.map(({ id, message }) => `${id}: ${message}`)),
      ['1900000_002: it is larger than the 16 MB a document may have', '1900000_003: it is larger than the 16 MB a document may have'],
    );
    assert.deepEqual(ids, ['1900000_001', '1900000_004']);
  });
});

const plain: Omit<ArgoDocument, '_id' | 'data'> = {
  metadata: ['1900000_m0'],
  geolocation: { type: 'Point', coordinates: [10.5, 20] },
  basin: 1,
  timestamp: new Date(),
  data_info: [[], ['units', 'data_keys_mode'], []],
  date_updated_argovis: new Date(),
  source: [{ source: ['argo_core'], url: 'ftp://somewhere', date_updated: new Date() }],
  cycle_number: 1,
  profile_direction: 'A',
};

describe('a mirror', () => {
  const world = { seed: 10, floats: 2, cyclesPerFloat: 4 };

  it('that is empty removes no document, until a person accepts it', async () => {
    const site = await openSite(database, server.folder, 'unmounted', world);
    const keys = await site.keys();
    await site.load(keys);
    renameSync(site.flow.mirror, `${site.flow.mirror}-elsewhere`);

    await assert.rejects(site.load(keys, { run: 'unmounted' }), {
      code: 'mirror_empty',
      kind: 'again',
      message: /Check that its disk is mounted/,
    });
    const kept = await site.products.collection('argo').countDocuments();
    const accepted = await site.load(keys, { run: 'accepted', acceptsEmptyMirror: true });

    const left = await site.products.collection('argo').countDocuments();
    await site.close();
    assert.ok(kept > 0);
    assert.deepEqual([accepted.removed, left], [keys.length, 0]);
  });
});
