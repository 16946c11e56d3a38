import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { audit } from '../../src/argo/audit/audit.ts';
import { findingText } from '../../src/argo/audit/report.ts';
import type { Settled } from '../../src/argo/audit/settle.ts';
import { parseKeyText } from '../../src/argo/names.ts';
import { selectFiles } from '../../src/argo/select.ts';
import { profilesOf } from '../../src/argo/tree.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { Plans } from '../../src/stores/plans.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { type LoadSite, openSite } from '../helpers/loading.ts';
import type { StoredDocument } from '../helpers/products.ts';

const never = new AbortController().signal;
const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

let server: TestDatabase;
let database: Database;
let site: LoadSite;
before(async () => {
  server = await startDatabase();
  database = await server.open('audits');
  site = await openSite(database, server.folder, 'tree', { seed: 3, floats: 12, cyclesPerFloat: 6 });
  await site.load(await site.keys());
});
after(async () => {
  await site.close();
  await server.stop();
});

let audits = 0;
async function audited(signal = never) {
  const plans = new Plans(database);
  const found: Settled[] = [];
  audits += 1;
  const report = await audit(
    { database, receipts: site.receipts, quarantine: site.quarantine, plans },
    {
      flow: site.flow,
      plan: `audit-${audits}`,
      now: new Date(),
      signal,
      onProgress: () => undefined,
      onFinding: (finding) => void found.push(finding),
    },
  );
  const pages = await Promise.all(Array.from({ length: report.plan.pages }, (_, page) => plans.page(report.plan.plan, page)));
  const texts = found.flatMap((finding) => (finding.state === 'rejected' ? [] : [`${finding.state} ${findingText(finding)}`]));
  return { ...report, texts, items: pages.flatMap(({ items }) => items) };
}

const argo = () => site.products.collection<StoredDocument>('argo');
const pathsOf = async (item: string): Promise<readonly string[]> => {
  const key = parseKeyText(item);
  if (key === null) throw new Error(item);
  const group = selectFiles(key, (await profilesOf(site.flow.mirror, key)).get(key.number) ?? new Set());
  return (group?.files ?? []).map((path) => join(site.flow.mirror, path));
};

describe('an audit of mirror and database', () => {
  it('finds nothing after a load, and counts what is rightly in quarantine', async () => {
    const { counts, items, question } = await audited();

    const rejected = (await site.quarantine.list('tree')).length;
    assert.ok(rejected > 0);
    assert.deepEqual(counts, {
      profiles: counts.documents + rejected,
      receipts: counts.documents,
      documents: await argo().countDocuments(),
      rejected,
      missing: 0,
      stale: 0,
      unreceipted: 0,
      extra: 0,
    });
    assert.deepEqual([items, question], [[], null]);
  });

  it('does not miss what a person gave up', async () => {
    const [entry] = await site.quarantine.list('tree');
    await site.quarantine.close('tree', [entry?.item ?? ''], 'dropped', new Date());

    const { counts } = await audited();

    assert.deepEqual([counts.missing, counts.rejected], [0, (await site.quarantine.list('tree')).length + 1]);
  });

  it('names each sort of difference, in the order of the ids, and plans what a load can put right', async () => {
    const home = [...(await site.receipts.find('tree', await site.keys())).values()]
      .filter(({ item, product, files }) => product === idOf(item) && files.length === 1)
      .map(({ item }) => item)
      .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const [neverLoaded = '', gone = '', longer = '', later = '', unproved = '', deleted = '', forgotten = ''] = home;
    await argo().deleteMany({ _id: { $in: [neverLoaded, gone].map(idOf) } });
    await site.receipts.remove('tree', [neverLoaded, unproved, forgotten]);
    for (const path of await pathsOf(longer)) appendFileSync(path, 'x');
    for (const path of await pathsOf(later)) utimesSync(path, 1, 1);
    for (const item of [deleted, forgotten]) for (const path of await pathsOf(item)) rmSync(path);
    await argo().insertOne({ ...(await argo().findOne({ _id: idOf(longer) })), _id: 'notes about it' });

    const { counts, texts, items, toRemove } = await audited();

    assert.deepEqual(
      texts.filter((text) => !text.includes('notes')),
      [
        `missing ${neverLoaded}: in the mirror, no document and no receipt`,
        `missing ${gone}: has a receipt, but its document is gone`,
        `stale ${longer}: a file has another size than was loaded`,
        `stale ${later}: a file has another time than was loaded`,
        `unreceipted ${unproved}: has a document, but no receipt`,
        `extra ${idOf(deleted)}: no files in the mirror`,
        `extra ${idOf(forgotten)}: no files in the mirror`,
      ],
    );
    assert.deepEqual(items, [neverLoaded, gone, longer, later, unproved, deleted, forgotten]);
    assert.deepEqual([counts.missing, counts.stale, counts.unreceipted, counts.extra, toRemove], [2, 2, 1, 3, 2]);
  });

  it('is put right by loading its plan, and leaves what is no profile alone', async () => {
    const { items } = await audited();

    await site.load(items, { run: 'repair', isForced: true });

    const { counts, texts } = await audited();
    assert.deepEqual(texts, ['extra notes about it: no profile has such an id']);
    assert.equal(counts.documents, await argo().countDocuments());
    await argo().deleteOne({ _id: 'notes about it' });
  });

  it('knows a float under two centres, one that moved, and ids that begin alike', async () => {
    const [item = ''] = [...(await site.receipts.find('tree', await site.keys())).values()].map((receipt) => receipt.item);
    const key = parseKeyText(item);
    const { mirror } = site.flow;
    const other = key?.dac === 'bodc' ? 'aoml' : 'bodc';
    mkdirSync(join(mirror, other), { recursive: true });
    cpSync(join(mirror, key?.dac ?? '', key?.wmo ?? ''), join(mirror, other, key?.wmo ?? ''), {
      recursive: true,
      preserveTimestamps: true,
    });
    const twice = await audited();
    await site.load(twice.items, { run: 'both', isForced: true });
    const both = await audited();
    rmSync(join(mirror, key?.dac ?? '', key?.wmo ?? ''), { recursive: true });
    const moved = await audited();
    await site.load(moved.items, { run: 'moved', isForced: true });

    const { counts, texts } = await audited();

    assert.ok(key !== null && twice.counts.unreceipted > 0 && twice.counts.extra === 0);
    assert.deepEqual(both.texts, []);
    assert.ok(moved.counts.stale > 0 && moved.counts.extra === 0 && moved.toRemove === 0);
    assert.deepEqual(texts, []);
    assert.equal(counts.documents, await argo().countDocuments());
  });

  it('counts what would be removed, once, also where a float has vanished from under two centres', async () => {
    const [float] = [...(await site.receipts.find('tree', await site.keys())).values()].map(({ item }) => parseKeyText(item)).slice(-1);
    const { mirror } = site.flow;
    const [from, to] = [float?.dac ?? '', float?.dac === 'bodc' ? 'aoml' : 'bodc'];
    mkdirSync(join(mirror, to), { recursive: true });
    cpSync(join(mirror, from, float?.wmo ?? ''), join(mirror, to, float?.wmo ?? ''), { recursive: true, preserveTimestamps: true });
    await site.load((await audited()).items, { run: 'both again', isForced: true });
    for (const dac of [from, to]) rmSync(join(mirror, dac, float?.wmo ?? ''), { recursive: true });
    const before = await argo().countDocuments();

    const { toRemove, counts, items } = await audited();

    await site.load(items, { run: 'vanished', isForced: true });
    assert.ok(toRemove > 0 && counts.extra === toRemove && counts.stale >= toRemove);
    assert.equal(await argo().countDocuments(), before - toRemove);
    assert.deepEqual((await audited()).texts, []);
  });

  it('keeps to the order of ids where one float’s number begins with another’s', async () => {
    const [{ _id: id = '' } = {}] = await argo()
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    const document = await argo().findOne({ _id: id });
    const strays = ['138571_001', '13857_001', '13857_001D', '13857_1000', '13857_100', '1385712_001'];
    await argo().insertMany(strays.map((_id) => ({ ...document, _id })));

    for (const wmo of ['13857', '138571', '1385712']) {
      mkdirSync(join(site.flow.mirror, 'aoml', wmo, 'profiles'), { recursive: true });
      writeFileSync(join(site.flow.mirror, 'aoml', wmo, 'profiles', `R${wmo}_001.nc`), 'CDF');
    }

    const { texts } = await audited();
    await argo().deleteMany({ _id: { $in: strays } });
    for (const wmo of ['13857', '138571', '1385712']) rmSync(join(site.flow.mirror, 'aoml', wmo), { recursive: true });

    assert.deepEqual(texts, [
      'unreceipted aoml/1385712_001: has a document, but no receipt',
      'unreceipted aoml/138571_001: has a document, but no receipt',
      'unreceipted aoml/13857_001: has a document, but no receipt',
      'extra 13857_001D: no files in the mirror',
      'extra 13857_100: no files in the mirror',
      'extra 13857_1000: no files in the mirror',
    ]);
  });

  it('takes no receipt of another flow for a proof: its products lie in collections of its own', async () => {
    const document = await argo().findOne({});
    await argo().insertOne({ ...document, _id: '7777777_001' });
    const receipt = { flow: 'other', item: 'aoml/7777777_001', product: '7777777_001', files: [], run: 'r', rules: 1, at: new Date() };
    await site.receipts.record([receipt]);

    const { texts } = await audited();

    assert.equal(texts.length, 1);
    assert.match(texts.join(), /^extra 7777777_001/);
  });

  it('ends at once when it is cancelled', async () => {
    await assert.rejects(audited(AbortSignal.abort(new Error('cancelled'))), /cancelled/);
  });
});
