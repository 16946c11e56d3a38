import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseKeyText } from '../../src/argo/names.ts';
import { selectFiles } from '../../src/argo/select.ts';
import { profilesOf } from '../../src/argo/tree.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { deletedProfiles, expectedProfiles } from '../../standins/gdac/expected.ts';
import type { World } from '../../standins/gdac/world.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { type LoadSite, openSite } from '../helpers/loading.ts';
import { checkProducts, type StoredDocument, snapshotOf } from '../helpers/products.ts';

const right = { missing: 0, differing: 0, extra: 0, different: [] };
const rightness = ({ missing, differing, extra, different }: Awaited<ReturnType<typeof checkProducts>>) => ({
  missing,
  differing,
  extra,
  different,
});

let server: TestDatabase;
let database: Database;
before(async () => {
  server = await startDatabase();
  database = await server.open('loads');
});
after(() => server.stop());

const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** Makes the tests of a suite share one site. */
function siteOf(name: string, world: World): () => LoadSite {
  let site: LoadSite;
  before(async () => {
    site = await openSite(database, server.folder, name, world);
  });
  after(() => site.close());
  return () => site;
}

describe('loading a whole tree', () => {
  const world = { seed: 5, floats: 26, cyclesPerFloat: 7 };
  const site = siteOf('whole', world);
  const night = (number: number) => ({ ...world, night: number });

  it('gives every document that the generator expects, and an outcome that adds up', async () => {
    const keys = await site().keys();
    const expected = [...expectedProfiles(world, 0)];
    const rejected = expected.filter(({ outcome }) => outcome.state === 'rejected');

    const outcome = await site().load(keys);

    const { bytes, ...ends } = outcome;
    const result = await checkProducts(night(0), site().products);
    assert.deepEqual(rightness(result), right);
    assert.deepEqual(ends, { loaded: expected.length - rejected.length, unchanged: 0, rejected: rejected.length, removed: 0 });
    assert.ok(bytes > 1_000_000);
    assert.ok(rejected.length >= 8, 'the tree shows every defect');
  });

  it('keeps what it could not load in quarantine, with reason and files', async () => {
    const open = await site().quarantine.list('whole');

    const expected = [...expectedProfiles(world, 0)].flatMap(({ key, files, outcome }) =>
      outcome.state === 'rejected' ? [{ item: key, code: outcome.code, files }] : [],
    );
    assert.deepEqual(
      open.map(({ item, code, files }) => ({ item, code, files })),
      expected.toSorted((a, b) => (a.item < b.item ? -1 : 1)),
    );
  });

  it('gives a receipt for each document: size, time and digest of the bytes of its files', async () => {
    const { hash } = await import('node:crypto');
    const { mirror } = site().flow;
    const receipts = await site().receipts.find('whole', await site().keys());

    const [receipt] = receipts.values();
    const [file] = receipt?.files ?? [];
    const bytes = readFileSync(join(mirror, file?.path ?? ''));
    assert.equal(receipts.size, await site().products.collection('argo').countDocuments());
    assert.deepEqual([file?.sizeBytes, file?.sha256], [bytes.length, hash('sha256', bytes)]);
  });

  it('a second time changes nothing: not a document, not a time, not a receipt', async () => {
    const before = await Promise.all([
      snapshotOf(site().products, 'argo'),
      snapshotOf(site().products, 'argoMeta'),
      snapshotOf(database.book, 'receipts'),
    ]);

    const outcome = await site().load(await site().keys(), { run: 'run-2' });

    const after = await Promise.all([
      snapshotOf(site().products, 'argo'),
      snapshotOf(site().products, 'argoMeta'),
      snapshotOf(database.book, 'receipts'),
    ]);
    assert.deepEqual(after, before);
    assert.equal(outcome.loaded, 0);
    assert.equal(outcome.unchanged, before[0].size);
  });

  it('by force writes the same documents again', async () => {
    const before = await snapshotOf(site().products, 'argo', ['date_updated_argovis']);

    const outcome = await site().load(await site().keys(), { run: 'run-3', isForced: true });

    assert.deepEqual(await snapshotOf(site().products, 'argo', ['date_updated_argovis']), before);
    assert.equal(outcome.loaded, before.size);
  });

  it('follows later nights: changed, renamed, withdrawn, repaired and deleted profiles', async () => {
    for (const number of [1, 2, 3]) {
      await site().playNight(number);
      const gone = [...deletedProfiles(world, number)];

      const outcome = await site().load(await site().keys(...gone), { run: `night-${number}` });

      assert.deepEqual(rightness(await checkProducts(night(number), site().products)), right);
      assert.ok(outcome.loaded > 0 && outcome.removed > 0 && outcome.unchanged > outcome.loaded);
    }
  });

  it('leaves no receipt of a removed profile behind', async () => {
    const gone = [...deletedProfiles(world, 3)];

    const receipts = await site().receipts.find('whole', gone);

    assert.deepEqual([...receipts.keys()], []);
  });
});

describe('one profile', () => {
  // Float 0 is a core float of aoml; its cycles are whole numbers from its first one.
  const world = { seed: 8, floats: 3, cyclesPerFloat: 4 };
  const site = siteOf('single', world);

  const argo = () => site().products.collection<StoredDocument>('argo');
  const documentOf = (key: string) => argo().findOne({ _id: idOf(key) });
  const sourcesOf = async (key: string) => {
    const profile = parseKeyText(key) ?? assert.fail(key);
    const prefixes = (await profilesOf(site().flow.mirror, profile)).get(profile.number) ?? new Set<string>();
    return selectFiles(profile, prefixes)?.files.map((path) => join(site().flow.mirror, path)) ?? [];
  };
  const coreOf = async (key: string): Promise<string> => (await sourcesOf(key)).at(-1) ?? assert.fail(`${key} has no file`);
  /** The n-th profile of the first float that has only core files. */
  const keyAt = async (n: number): Promise<string> => {
    const keys = (await site().keys()).filter((key) => key.startsWith('aoml/') && !key.endsWith('D'));
    return keys[n] ?? assert.fail('too few profiles');
  };
  before(async () => {
    await site().load(await site().keys());
  });

  it('that becomes unreadable keeps its older document; when it is readable again its quarantine entry is closed', async () => {
    const key = await keyAt(0);
    const path = await coreOf(key);
    const older = await documentOf(key);
    const whole = readFileSync(path);
    truncateSync(path, 100);

    const broken = await site().load([key], { run: 'broken' });
    const entry = await site().quarantine.show('single', key);
    const kept = await documentOf(key);
    writeFileSync(path, whole);
    const mended = await site().load([key], { run: 'mended' });

    const closed = await site().quarantine.show('single', key);
    assert.deepEqual([broken.rejected, mended.loaded], [1, 1]);
    assert.deepEqual([entry?.state, entry?.code], ['open', 'unreadable_file']);
    assert.deepEqual(kept, older);
    assert.deepEqual([closed?.state, closed?.closedAs], ['closed', 'loaded']);
  });

  it('that is still arriving while it is read is read again, not rejected', async () => {
    const key = await keyAt(0);
    const path = await coreOf(key);
    const whole = readFileSync(path);
    truncateSync(path, 100);
    let reads = 0;
    // The clock is asked between the reading of the files and the judgement of what was read.
    const now = (): Date => {
      reads += 1;
      if (reads === 1) writeFileSync(path, whole);
      return new Date();
    };

    const outcome = await site().load([key], { run: 'arriving' }, { now });

    assert.deepEqual([outcome.loaded, outcome.rejected], [1, 0]);
  });

  it('that becomes unreadable and then vanishes loses its document, and its quarantine entry says removed', async () => {
    const key = await keyAt(1);
    const path = await coreOf(key);
    truncateSync(path, 10);
    await site().load([key], { run: 'broken' });
    for (const file of await sourcesOf(key)) rmSync(file);

    const outcome = await site().load([key], { run: 'vanished' });

    const entry = await site().quarantine.show('single', key);
    assert.equal(outcome.removed, 1);
    assert.equal(await documentOf(key), null);
    assert.deepEqual([entry?.state, entry?.closedAs], ['closed', 'removed']);
  });

  it('that only got another time is read again, and its receipt knows the new time', async () => {
    const key = await keyAt(1);
    utimesSync(await coreOf(key), 1_800_000_000, 1_800_000_000);

    const outcome = await site().load([key], { run: 'touched' });

    const receipt = (await site().receipts.find('single', [key])).get(key);
    assert.equal(outcome.loaded, 1);
    assert.equal(receipt?.files.at(-1)?.mtimeMs, 1_800_000_000_000);
  });

  it('whose content now names another cycle leaves no document under its old id', async () => {
    const [target, donor] = [await keyAt(0), await keyAt(1)];
    const path = await coreOf(target);
    for (const file of await sourcesOf(target)) rmSync(file);
    cpSync(await coreOf(donor), path);

    const outcome = await site().load([target], { run: 'other content' });

    const receipt = (await site().receipts.find('single', [target])).get(target);
    assert.equal(outcome.loaded, 1);
    assert.equal(await documentOf(target), null);
    assert.equal(receipt?.product, idOf(donor));
  });

  it('whose id another file also gives is not taken away with the first of them', async () => {
    const [impostor, owner] = [await keyAt(0), await keyAt(1)];
    for (const file of await sourcesOf(impostor)) rmSync(file);

    const outcome = await site().load([impostor], { run: 'impostor gone' });

    assert.equal(outcome.removed, 1);
    assert.notEqual(await documentOf(owner), null);
  });

  it('that nobody ever loaded and that has no file is removed without a fuss', async () => {
    const outcome = await site().load(['aoml/1999999_001'], { run: 'never' });

    assert.deepEqual(outcome, { loaded: 0, unchanged: 0, rejected: 0, removed: 1, bytes: 0 });
  });

  it('larger than any profile is refused without being read', async () => {
    const key = 'aoml/1900000_999';
    const path = join(site().flow.mirror, 'aoml/1900000/profiles/R1900000_999.nc');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 33);

    const outcome = await site().load([key], { run: 'huge' });

    const entry = await site().quarantine.show('single', key);
    rmSync(path);
    assert.deepEqual([outcome.rejected, entry?.code], [1, 'unreadable_file']);
    assert.match(entry?.message ?? '', /8\.59 GB/);
  });
});

describe('a float that moves to another centre', () => {
  const world = { seed: 9, floats: 2, cyclesPerFloat: 5 };

  const moved = (site: LoadSite, from: string, to: string): void => {
    const { mirror } = site.flow;
    mkdirSync(dirname(join(mirror, to)), { recursive: true });
    renameSync(join(mirror, from), join(mirror, to));
  };
  const urlsOf = async (site: LoadSite): Promise<readonly string[]> => {
    const documents = await site.products.collection<{ source: { url: string }[] }>('argo').find().toArray();
    return documents.flatMap(({ source }) => source.map(({ url }) => url));
  };
  const setUp = async (name: string, float = 'aoml/1900000') => {
    const site = await openSite(database, server.folder, name, world);
    const before = (await site.keys()).filter((key) => key.startsWith(float));
    await site.load(before);
    return { site, before, after: before.map((key) => key.replace('aoml/', 'bodc/')) };
  };

  it('in one night keeps its documents, which now come from the new centre', async () => {
    const { site, before, after } = await setUp('moved-at-once');
    moved(site, 'aoml/1900000', 'bodc/1900000');

    const outcome = await site.load([...before, ...after], { run: 'moved' });

    const urls = await urlsOf(site);
    const receipts = await site.receipts.find(site.flow.name, [...before, ...after]);
    await site.close();
    assert.deepEqual([outcome.loaded, outcome.removed], [before.length, 0]);
    assert.ok(urls.length >= before.length && urls.every((url) => url.includes('/bodc/1900000/')));
    assert.deepEqual([...receipts.keys()].toSorted(), after);
  });

  it('away one night and back the next under the new centre has its documents again', async () => {
    const { site, before, after } = await setUp('moved-away-first');
    moved(site, 'aoml/1900000', '../aside');

    const away = await site.load(before, { run: 'away' });
    const empty = await site.products.collection('argo').countDocuments();
    moved(site, '../aside', 'bodc/1900000');
    const back = await site.load(after, { run: 'back' });

    const urls = await urlsOf(site);
    await site.close();
    assert.deepEqual([away.removed, empty, back.loaded], [before.length, 0, before.length]);
    assert.ok(urls.every((url) => url.includes('/bodc/1900000/')));
  });

  it('held by both centres for a night has the document of the one that stays, whichever was loaded last', async () => {
    const { site, before } = await setUp('moved-slowly', 'coriolis/2900001');
    const after = before.map((key) => key.replace('coriolis/', 'bodc/'));
    const { mirror } = site.flow;
    cpSync(join(mirror, 'coriolis/2900001'), join(mirror, 'bodc/2900001'), { recursive: true, preserveTimestamps: true });

    await site.load([...before, ...after], { run: 'both', isForced: true });
    const whileBoth = await urlsOf(site);
    rmSync(join(mirror, 'coriolis/2900001'), { recursive: true });
    const taken = await site.load(before, { run: 'one' });

    const urls = await urlsOf(site);
    await site.close();
    assert.ok(whileBoth.every((url) => url.includes('/coriolis/2900001/')));
    assert.deepEqual([taken.removed, taken.loaded], [0, before.length]);
    assert.ok(urls.every((url) => url.includes('/bodc/2900001/')));
  });

  it('added one night and taken from the old centre the next keeps its documents', async () => {
    const { site, before, after } = await setUp('moved-added-first');
    cpSync(join(site.flow.mirror, 'aoml/1900000'), join(site.flow.mirror, 'bodc/1900000'), { recursive: true, preserveTimestamps: true });

    await site.load(after, { run: 'added' });
    rmSync(join(site.flow.mirror, 'aoml/1900000'), { recursive: true });
    const taken = await site.load(before, { run: 'taken' });

    const urls = await urlsOf(site);
    const count = await site.products.collection('argo').countDocuments();
    await site.close();
    assert.deepEqual([taken.removed, count], [0, before.length]);
    assert.ok(urls.every((url) => url.includes('/bodc/1900000/')));
  });
});
