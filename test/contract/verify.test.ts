import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pagesOfItems } from '../../src/argo/pages.ts';
import { isFailure } from '../../src/errors.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { DownloadFailure } from '../../src/transfer/fetched.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';
import { type LoadSite, openSite } from '../helpers/loading.ts';
import type { StoredDocument } from '../helpers/products.ts';
import { openVerifySite, type VerifySite } from '../helpers/verifying.ts';

const world = { seed: 5, floats: 26, cyclesPerFloat: 7 };

let server: TestDatabase;
let database: Database;
let site: LoadSite;
let checks: VerifySite;
let ids: readonly string[];
before(async () => {
  server = await startDatabase();
  database = await server.open('checks');
  site = await openSite(database, server.folder, 'checked', world);
  checks = openVerifySite(database, site);
  await site.load(await site.keys());
  const documents = await site.products.collection<StoredDocument>('argo').find().sort({ _id: 1 }).toArray();
  ids = documents.filter(({ data_warning }) => !JSON.stringify(data_warning ?? []).includes('degenerate')).map(({ _id }) => _id);
});
after(async () => {
  await checks.close();
  await site.close();
  await server.stop();
});

/** A document that no other test has touched. */
let used = 0;
function another(): string {
  used += 1;
  return ids[used] ?? assert.fail('there are no more documents');
}

const update = (id: string, change: Readonly<Record<string, unknown>>) =>
  site.products.collection<StoredDocument>('argo').updateOne({ _id: id }, { $set: change });
const itemOf = async (id: string): Promise<string> => (await site.receipts.holders('checked', [id]))[0]?.item ?? assert.fail(id);
const entryOf = async (id: string) => site.quarantine.show('checked', await itemOf(id));

describe('one profile checked', () => {
  it('that is right is clean, and what is known of it says so', async () => {
    const id = another();

    const { verification } = await checks.verify(id, 'clean');

    assert.deepEqual(
      { ...verification, at: null, comparedAt: null, files: verification.files.length > 0 },
      {
        flow: 'checked',
        kind: 'argo',
        product: id,
        item: await itemOf(id),
        run: 'clean',
        plan: 'clean',
        at: null,
        state: 'clean',
        files: true,
        comparedAt: null,
        wrongAt: null,
        reason: null,
        findings: [],
        counts: {},
        isReturned: false,
        unrepaired: null,
      },
    );
    assert.deepEqual(await checks.verifications.find('checked', await itemOf(id)), verification);
    assert.equal(await entryOf(id), null);
  });

  it('that is wrong is kept with its findings and quarantined, and repaired by a reload', async () => {
    const id = another();
    await update(id, { basin: 77 });

    const { verification } = await checks.verify(id, 'wrong');
    const quarantined = await entryOf(id);
    const { loaded } = await site.load([await itemOf(id)], { isForced: true, run: 'reload' });
    const again = await checks.verify(id, 'wrong-again');

    const path = verification.files.at(-1) ?? '';
    assert.deepEqual([verification.state, verification.counts], ['wrong', { basin_mismatch: verification.files.length }]);
    const { stored, upstream, ...where } = verification.findings.at(-1) ?? assert.fail();
    assert.deepEqual(where, { code: 'basin_mismatch', path, field: 'basin', pressure: null });
    assert.deepEqual([stored, typeof upstream], [77, 'number']);
    assert.deepEqual([quarantined?.state, quarantined?.code], ['open', 'roundtrip_mismatch']);
    assert.match(quarantined?.message ?? '', /basin_mismatch \(basin of .*\): stored 77, upstream/);
    assert.equal(loaded, 1);
    assert.equal((await entryOf(id))?.closedAs, 'loaded');
    assert.equal(again.verification.state, 'clean');
    assert.ok(again.verification.wrongAt instanceof Date, 'that it was wrong is not forgotten');
  });

  it('that is found wrong again after a reload is marked for a person, until a check finds nothing', async () => {
    const id = another();
    const item = await itemOf(id);
    const reload = () => site.load([item], { isForced: true, run: `reload-${id}` });
    await update(id, { basin: 77 });
    await checks.verify(id, 'first');
    await checks.verify(id, 'not-yet-reloaded');
    const notYet = await entryOf(id);
    await reload();
    await update(id, { basin: 78 });

    const { verification } = await checks.verify(id, 'second');

    const returned = await entryOf(id);
    assert.equal(notYet?.code, 'roundtrip_mismatch');
    assert.deepEqual([verification.isReturned, returned?.code], [true, 'roundtrip_returned']);
    assert.match(returned?.message ?? '', /is found again: look at the file/);
    assert.equal((await checks.verifications.totals('second')).returned, 1);
    await site.load([item], { isForced: true, run: 'reload-at-last' });
    assert.equal((await checks.verify(id, 'third')).verification.isReturned, false);
  });

  it('whose file cannot be had is a download failure and nothing else; when it can, that is taken back', async () => {
    const id = another();
    await update(id, { basin: 77 });
    const gone: typeof checks.fetchUpstream = async (_, [path = '']) => Promise.reject(new DownloadFailure('stop', path, 'it has gone'));

    const { verification } = await checks.verify(id, 'gone', { fetchUpstream: gone });
    const quarantined = await entryOf(id);
    await site.load([await itemOf(id)], { isForced: true, run: 'repair' });
    await checks.verify(id, 'gone-again', { fetchUpstream: gone });
    await checks.verify(id, 'there-again');

    assert.deepEqual([verification.state, verification.counts], ['failed', { download_failed: 1 }]);
    assert.deepEqual([quarantined?.code, quarantined?.state], ['download_failed', 'open']);
    assert.equal((await entryOf(id))?.closedAs, 'verified');
  });

  it('whose server is down is not blamed', async () => {
    const id = another();

    const { verification, isServerDown } = await checks.verify(id, 'down', {
      fetchUpstream: async (_, [path = '']) => Promise.reject(new DownloadFailure('again', path, 'nobody answers')),
    });

    assert.deepEqual([verification.state, verification.counts, isServerDown], ['failed', { download_failed: 1 }, true]);
    assert.equal(await entryOf(id), null);
  });

  it('whose address names no profile file is a download failure that names it, found by its receipt', async () => {
    const id = another();
    const url = 'ftp://ftp.ifremer.fr/ifremer/argo/dac/coriolis/1900857/profiles/D1900857_087x.nc';
    await update(id, { 'source.0.url': url });

    const { verification } = await checks.verify(id, 'misnamed');

    assert.deepEqual(
      verification.findings.map(({ code, path }) => [code, path?.split('/').at(-1)]),
      [['download_failed', 'D1900857_087x.nc']],
    );
    assert.equal((await entryOf(id))?.state, 'open');
  });

  it('of which a file is younger than two days is skipped, whatever it says', async () => {
    const id = another();
    await update(id, { basin: 77 });
    const document = await site.products.collection<StoredDocument>('argo').findOne({ _id: id });
    const [{ date_updated: updated } = assert.fail()] = Object(document).source;

    const young = await checks.verify(id, 'young', { now: () => new Date(updated.getTime() + 48 * 3_600_000 - 1) });
    const settled = await checks.verify(id, 'settled', { now: () => new Date(updated.getTime() + 49 * 3_600_000) });

    assert.deepEqual([young.verification.state, young.verification.reason], ['skipped', 'young']);
    assert.equal(young.verification.comparedAt, null);
    assert.equal(settled.verification.state, 'wrong');
  });

  it('of which a file is damaged at the source is found so, with the reason', async () => {
    const id = another();

    const { verification } = await checks.verify(id, 'damaged', {
      fetchUpstream: async (_, paths) => paths.map((path) => ({ path, bytes: Buffer.from('CDF\x01 and no more') })),
    });

    assert.equal(verification.state, 'wrong');
    assert.deepEqual(Object.keys(verification.counts), ['file_rejected']);
    assert.match(JSON.stringify(verification.findings), /"message":"[^"]+\.nc/);
  });

  it('that is replaced while it is being checked is looked at again, and has no finding for what it was', async () => {
    const id = another();
    await update(id, { basin: 77 });
    const item = await itemOf(id);
    let fetches = 0;

    const { verification } = await checks.verify(id, 'replaced', {
      fetchUpstream: async (...asked) => {
        fetches += 1;
        if (fetches === 1) await site.load([item], { isForced: true, run: 'meanwhile' });
        return checks.fetchUpstream(...asked);
      },
    });

    assert.deepEqual([verification.state, fetches], ['clean', 2]);
    assert.equal(await entryOf(id), null);
  });

  it('that is replaced at every look, or has gone, is skipped', async () => {
    const id = another();
    let basin = 70;
    await update(id, { basin });

    const moving = await checks.verify(id, 'moving', {
      fetchUpstream: async (...asked) => {
        basin += 1;
        await update(id, { basin });
        return checks.fetchUpstream(...asked);
      },
    });
    const gone = await checks.verify('5900000_001', 'gone');

    assert.deepEqual([moving.verification.reason, gone.verification.reason], ['moving', 'gone']);
    assert.equal(await entryOf(id), null);
  });

  it('whose newest file could not be loaded is skipped, and keeps its reason in quarantine', async () => {
    const id = another();
    await update(id, { basin: 77 });
    const rejected = {
      flow: 'checked',
      kind: 'argo',
      item: await itemOf(id),
      files: [],
      code: 'unreadable_file',
      message: 'It is damaged.',
    };
    await site.quarantine.put([rejected], 'night', new Date());

    const { verification } = await checks.verify(id, 'known');

    assert.deepEqual([verification.state, verification.reason], ['skipped', 'in_quarantine']);
    assert.equal((await entryOf(id))?.code, 'unreadable_file');
  });

  it('that was loaded before there were receipts is known by the names of its files', async () => {
    const id = another();
    const item = await itemOf(id);
    await update(id, { basin: 77 });
    await site.receipts.remove('checked', [item]);

    const { verification } = await checks.verify(id, 'without-receipt');
    const again = await checks.verify(id, 'without-receipt');

    assert.deepEqual([verification.item, verification.state, again.isFirst], [item, 'wrong', false]);
    assert.equal((await site.quarantine.show('checked', item))?.code, 'roundtrip_mismatch');
    await site.load([item], { isForced: true, run: 'receipt-again' });
  });

  it('is checked once for a plan, however often an attempt is repeated', async () => {
    const id = another();
    await checks.verify(id, 'once');
    await update(id, { basin: 77 });

    const { verification, isFirst } = await checks.verify(id, 'once');

    assert.deepEqual([verification.state, isFirst], ['clean', false]);
  });

  it('by a run that has lost its lease changes nothing', async () => {
    const id = another();
    await update(id, { basin: 77 });
    await site.leases.release(site.fence);
    try {
      await assert.rejects(checks.verify(id, 'late'), (error) => isFailure(error, 'lease_lost'));
    } finally {
      const { epoch } = site.fence;
      const holder = { job: 'mirror', workflowId: 'mirror/checked', runId: 'run' };
      await database.book.collection<{ _id: string }>('leases').updateOne({ _id: 'checked' }, { $set: { epoch, holder } });
    }

    assert.equal(await entryOf(id), null);
    assert.equal(await checks.verifications.find('checked', await itemOf(id)), null);
  });
});

describe('the checks of a run', () => {
  it('are added up by how they ended, why they were skipped, and what was found', async () => {
    const [clean, wrong, down] = [another(), another(), another()];
    await update(wrong, { basin: 77, cycle_number: 999 });
    await checks.verify(clean, 'run');
    await checks.verify(wrong, 'run');
    await checks.verify('5900000_002', 'run');
    await checks.verify(down, 'run', {
      fetchUpstream: async (_, [path = '']) => Promise.reject(new DownloadFailure('again', path, 'nobody answers')),
    });

    const { findings, ...totals } = await checks.verifications.totals('run');

    const files = (await checks.verifications.find('checked', await itemOf(wrong)))?.files.length ?? 0;
    assert.deepEqual(totals, { clean: 1, wrong: 1, failed: 1, skipped: 1, returned: 0, skippedBecause: { gone: 1 } });
    assert.deepEqual(findings, { cycle_number_mismatch: files, id_mangled: files, basin_mismatch: files, download_failed: 1 });
    assert.deepEqual(
      (await Array.fromAsync(checks.verifications.productsOf('run', ['wrong', 'failed']))).toSorted(),
      [wrong, down].toSorted(),
    );
  });

  it('count for the last days with what was found, repaired or not', async () => {
    const before = await checks.verifications.since('checked', new Date(0));
    const id = another();
    await update(id, { basin: 77 });
    await checks.verify(id, 'days');
    await site.load([await itemOf(id)], { isForced: true, run: 'reload-days' });
    await checks.verify(id, 'days-later');

    const { compared, wrong } = await checks.verifications.since('checked', new Date(0));

    assert.deepEqual([compared - before.compared, wrong - before.wrong], [1, 1]);
  });
});

describe('a drawn sample', () => {
  it('is the same for a seed, another for another, and holds each profile once', async () => {
    const [first, again, other] = [await checks.draw({ seed: 9 }), await checks.draw({ seed: 9 }), await checks.draw({ seed: 10 })];

    assert.deepEqual(first, again);
    assert.notDeepEqual(first.ids, other.ids);
    assert.equal(first.ids.length, 20);
    assert.equal(new Set(first.ids).size, 20);
  });

  it('has every centre, and more of one that has more floats', async () => {
    const platforms = await site.products.collection<StoredDocument>('argoMeta').distinct('data_center');

    const { centres, ages, recent } = await checks.draw({ sample: 60 });

    assert.deepEqual(Object.keys(centres).toSorted(), platforms.toSorted());
    assert.equal(recent, 0, 'nothing was loaded by a plan');
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
    assert.deepEqual([sum(centres), sum(ages)], [60, 60]);
    assert.ok(Object.keys(ages).length > 1, JSON.stringify(ages));
  });

  it('of more than there are is all of them', async () => {
    const all = await site.products.collection<StoredDocument>('argo').distinct('_id');

    const drawn = await checks.draw({ sample: 10_000 });

    assert.deepEqual(drawn.ids.toSorted(), all.toSorted());
  });

  it('keeps a share for what was loaded lately', async () => {
    const items = (await Promise.all(ids.slice(0, 40).map(itemOf))).toSorted();
    await checks.plans.store('lately', 'checked', pagesOfItems(items, 5), new Date());
    await checks.plans.store('long-ago', 'checked', pagesOfItems(await Promise.all(ids.slice(40, 80).map(itemOf)), 5), new Date(0));

    const { ids: drawn, recent, centres } = await checks.draw({ sample: 100 });

    const lately = new Set(ids.slice(0, 40));
    assert.ok(recent > 30 && recent <= 40, `${recent} were drawn of what was loaded lately`);
    assert.ok(drawn.filter((id) => lately.has(id)).length >= recent);
    assert.equal(new Set(drawn).size, 100);
    assert.equal(
      Object.values(centres).reduce((a, b) => a + b, 0),
      100 - recent,
    );
  });
});

it('what is checked is the source, not the mirror: a mirror that has gone is not missed', async () => {
  const id = another();
  const files = await Promise.all(((await checks.verify(id, 'see-files')).verification.files ?? []).map(async (path) => path));
  const kept = await checks.fetchUpstream(site.flow, files, new AbortController().signal);
  for (const path of files) rmSync(join(site.flow.mirror, path));

  const { verification } = await checks.verify(id, 'no-mirror', { fetchUpstream: async () => kept });

  assert.equal(verification.state, 'clean');
});
