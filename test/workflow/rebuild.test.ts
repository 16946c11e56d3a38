import assert from 'node:assert/strict';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { argoCollections } from '../../src/argo/collections.ts';
import { diffCollections } from '../../src/stores/collections.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { RebuildInput, RebuildResult, RebuildWorkflow } from '../../workflows/argo/rebuild.ts';
import { until } from '../helpers/processes.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { type FlowSite, progressOf, type Site, startSite, untilProgress } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 61, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const loadable = expected.filter(({ outcome }) => outcome.state === 'document');
const rejected = expected.length - loadable.length;
const smallBatches = { load: { batch: 7, width: 1 } };

type Rebuild = WorkflowHandleWithFirstExecutionRunId<RebuildWorkflow>;

let site: Site;
let worker: WorkerProcess;
const startWorker = async (): Promise<void> => {
  worker = await site.worker({ LANDFALL_CAPACITY_TRANSFER: '16', LANDFALL_CAPACITY_LOAD: '8' });
};
before(async () => {
  site = await startSite();
  await startWorker();
});
after(() => site.stop());

const start = ({ flow }: FlowSite, input: Partial<RebuildInput> = {}): Promise<Rebuild> =>
  site.client.workflow.start<RebuildWorkflow>('rebuild', {
    taskQueue: 'landfall',
    workflowId: `rebuild/${flow.name}`,
    args: [{ flow: flow.name, ...input }],
  });
const run = async (argo: FlowSite, input: Partial<RebuildInput> = {}): Promise<RebuildResult> => (await start(argo, input)).result();

/** A flow after its first night. */
async function mirrored(name: string, keys = {}): Promise<FlowSite> {
  const argo = await site.flow(name, world, { ...smallBatches, ...keys });
  await argo.run();
  return argo;
}

const receiptsOf = ({ flow }: FlowSite): Promise<readonly StoredDocument[]> =>
  site.database.book.collection<StoredDocument>('receipts').find({ flow: flow.name }).sort({ _id: 1 }).toArray();

const madeBy = async (argo: FlowSite): Promise<ReadonlySet<unknown>> => new Set((await receiptsOf(argo)).map((receipt) => receipt.run));

const untilLoading = (rebuild: Rebuild, least = 0) => untilProgress(rebuild, ({ phase, done }) => phase === 'load' && done > least);

const untilIdle = (rebuild: Rebuild): Promise<void> =>
  until(async () => ((await rebuild.describe()).raw.pendingActivities ?? []).length === 0);

describe('a rebuild', { concurrency: true }, () => {
  it('makes wiped collections what the source says they must be, and balances its books', async () => {
    const argo = await mirrored('wiped');
    await Promise.all(['argo', 'argoMeta'].map((name) => argo.products.collection(name).deleteMany({})));

    const { state, message, record } = await run(argo);

    assert.equal(state, 'done');
    assert.deepEqual(await argo.wrongs(), []);
    assert.deepEqual(
      [record?.planned, record?.documents, record?.rejected, record?.isWhole, record?.unaccounted],
      [expected.length, loadable.length, rejected, true, 0],
    );
    assert.match(
      message,
      new RegExp(`^${expected.length} profiles planned = ${loadable.length} documents \\+ ${rejected} rejected, no id twice`),
    );
    assert.deepEqual(await madeBy(argo), new Set([record?.rebuild]));
  });

  it('removes what no file accounts for, and keeps the older document of a profile that is rejected now', async () => {
    const argo = await mirrored('leftover');
    const lost = expected.find(({ outcome }) => outcome.state === 'rejected') ?? assert.fail();
    const keptId = lost.key.split('/')[1] ?? '';
    const like = (await argo.products.collection<StoredDocument>('argo').findOne()) ?? assert.fail();
    await argo.products.collection<StoredDocument>('argo').insertMany([
      { ...like, _id: '1999999_001' },
      { ...like, _id: keptId },
    ]);
    const receipt = (await receiptsOf(argo))[0] ?? assert.fail();
    const stale = { ...receipt, _id: 'leftover/aoml/1999999_001', item: 'aoml/1999999_001', product: '1999999_001' };
    await site.database.book.collection<StoredDocument>('receipts').insertOne(stale);

    const { record, message } = await run(argo);

    const ids = [...(await snapshotOf(argo.products, 'argo')).keys()];
    assert.deepEqual([ids.includes('1999999_001'), ids.includes(keptId)], [false, true]);
    assert.deepEqual([record?.leftovers, record?.firstLeftovers, record?.kept, record?.isWhole], [1, ['1999999_001'], 1, true]);
    assert.equal(record?.documents, loadable.length + 1);
    assert.match(message, /1 of the rejected keep an older document\. 1 document that no file accounted for was removed\./);
    assert.equal((await receiptsOf(argo)).length, loadable.length);
  });

  it('that waits for the disk of its mirror can be stopped, and told to go on without', async () => {
    const argo = await mirrored('unmounted');
    await rename(argo.flow.mirror, `${argo.flow.mirror}.away`);

    const waiting = await start(argo);
    await untilProgress(waiting, ({ health }) => health === 'failing');
    await waiting.signal('stop');
    const stopped = await waiting.result();
    const again = await start(argo);
    await untilProgress(again, ({ health }) => health === 'failing');
    await again.signal('retry', { force: true });
    const { state, record } = await again.result();

    assert.equal(stopped.message, 'Stopped by an operator before anything was planned; the next rebuild goes on from there.');
    assert.deepEqual([state, record?.planned, record?.documents], ['done', 0, 0]);
  });

  it('that would remove much asks first, and removes nothing until it is forced', async () => {
    const argo = await mirrored('asks-first', { deletions: { share: 0, floor: 0 } });
    const like = (await argo.products.collection<StoredDocument>('argo').findOne()) ?? assert.fail();
    await argo.products.collection<StoredDocument>('argo').insertOne({ ...like, _id: '1999999_001' });

    const rebuild = await start(argo);
    const asked = await untilProgress(rebuild, ({ health }) => health === 'asks');
    const before = await argo.products.collection<StoredDocument>('argo').countDocuments({ _id: '1999999_001' });
    await rebuild.signal('retry', { force: true });
    const { record } = await rebuild.result();

    assert.match(
      asked.says ?? '',
      /^1 of \d+ documents come from no file of the mirror, such as 1999999_001\. .*Nothing was removed or swapped\./,
    );
    assert.equal(before, 1);
    assert.equal(record?.leftovers, 1);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('says so when its books do not balance: one id from two profiles', async () => {
    const argo = await mirrored('twice');
    const [file = ''] = loadable.find(({ files }) => files.length === 1)?.files ?? [];
    const [, name = ''] = /([^/]+)\.nc$/.exec(file) ?? [];
    const copy = file.replace(name, name.replace(/_\d+D?$/, '_999'));
    await copyFile(join(argo.flow.mirror, file), join(argo.flow.mirror, copy));

    const { record, message } = await run(argo);

    const noted = await site.runs.get(record?.run ?? '');
    assert.deepEqual([record?.isWhole, record?.twice.count, record?.unaccounted], [false, 1, 0]);
    assert.match(record?.twice.sample[0] ?? '', /^\d+_\d+D? \(.*_999.*\)$/);
    assert.match(message, /Ids that two profiles gave: 1, such as /);
    assert.equal(noted?.health, 'failing');
  });

  it('says so when its books do not balance: a document that was made is not there', async () => {
    const argo = await mirrored('vanished');
    const rebuild = await start(argo);
    await untilLoading(rebuild, 14);
    await rebuild.signal('pause');
    await untilIdle(rebuild);
    const receipt = (await receiptsOf(argo)).find((one) => one.run === rebuild.firstExecutionRunId) ?? assert.fail();
    await argo.products.collection<StoredDocument>('argo').deleteOne({ _id: String(receipt.product) });

    await rebuild.signal('resume');
    const { record, message } = await rebuild.result();

    assert.deepEqual([record?.isWhole, record?.missing.count], [false, 1]);
    assert.match(message, new RegExp(`Made and not there: 1, such as ${String(receipt.product)} `));
  });

  it('is paused and resumed, and its width is set, while it loads', async () => {
    const argo = await mirrored('held');
    const rebuild = await start(argo);
    await untilLoading(rebuild);

    await rebuild.signal('pause');
    await untilIdle(rebuild);
    const paused = await progressOf(rebuild);
    await rebuild.signal('setWidth', 3);
    await rebuild.signal('resume');
    const { state, record } = await rebuild.result();

    assert.deepEqual([paused.paused, paused.phase, paused.width], [true, 'load', 1]);
    assert.ok(paused.done < expected.length);
    assert.equal(state, 'done');
    assert.equal(record?.isWhole, true);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('that was cancelled is taken up by the next one, and no page that ended is loaded again', async () => {
    const argo = await mirrored('cancelled');
    const first = await start(argo);
    await untilLoading(first, 14);
    await first.cancel();
    await assert.rejects(first.result(), WorkflowFailedError);
    const before = await snapshotOf(argo.products, 'argo');
    const made = (await receiptsOf(argo)).filter((receipt) => receipt.run === first.firstExecutionRunId);

    const { record } = await run(argo);

    const now = await snapshotOf(argo.products, 'argo');
    const again = made.filter(({ product }) => now.get(String(product)) !== before.get(String(product)));
    assert.ok(made.length >= 14 && made.length < expected.length);
    assert.deepEqual(again, []);
    assert.deepEqual([record?.rebuild, record?.runs, record?.isWhole], [first.firstExecutionRunId, 2, true]);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('begins anew when that is asked for', async () => {
    const argo = await mirrored('fresh');
    const first = await start(argo);
    await untilLoading(first);
    await first.signal('stop');
    const stopped = await first.result();

    const { record } = await run(argo, { fresh: true });

    assert.equal(stopped.state, 'stopped');
    assert.deepEqual([record?.rebuild === record?.run, record?.runs, record?.isWhole], [true, 1, true]);
    assert.deepEqual(await madeBy(argo), new Set([record?.run]));
  });

  it('shows what it would do, and does nothing', async () => {
    const argo = await mirrored('shown');
    const before = await receiptsOf(argo);

    const { state, preview, message } = await run(argo, { dryRun: true });

    assert.equal(state, 'dry_run');
    assert.deepEqual([preview?.profiles, preview?.documents, preview?.unfinished], [expected.length, loadable.length, null]);
    assert.match(
      message,
      new RegExp(`holds ${expected.length} profiles of ${world.floats} floats; the live collection ${loadable.length} documents`),
    );
    assert.deepEqual(await receiptsOf(argo), before);
    assert.deepEqual(await leftBeside(argo), []);
  });
});

describe('a rebuild beside the live collections', { concurrency: true }, () => {
  it('leaves them as they are until everything is there, then takes their place with validators, indexes, receipts and quarantine', async () => {
    const argo = await mirrored('beside');
    const before = await snapshotOf(argo.products, 'argo');
    const receipts = (await receiptsOf(argo)).map(({ _id, files, product }) => ({ _id, files, product }));
    const quarantine = (await site.quarantine.list('beside')).map(({ item, code }) => ({ item, code }));
    const rebuild = await start(argo, { beside: true });
    await untilLoading(rebuild, 14);
    await rebuild.signal('pause');
    await untilIdle(rebuild);
    const during = await snapshotOf(argo.products, 'argo');
    await rebuild.signal('resume');

    const { record, message } = await rebuild.result();

    const diff = await diffCollections(argo.products, argoCollections(argo.flow.collections));
    assert.deepEqual(during, before);
    assert.deepEqual([record?.isWhole, record?.documents, record?.documentsBefore], [true, loadable.length, loadable.length]);
    assert.match(message, /The new collections are in place\.$/);
    assert.deepEqual(await argo.wrongs(), []);
    assert.deepEqual(diff.changes, []);
    assert.deepEqual(await snapshotOf(argo.products, 'argo__old'), before);
    assert.deepEqual(
      (await receiptsOf(argo)).map(({ _id, files, product }) => ({ _id, files, product })),
      receipts,
    );
    assert.deepEqual(
      (await site.quarantine.list('beside')).map(({ item, code }) => ({ item, code })),
      quarantine,
    );
    assert.deepEqual(await leftBeside(argo), ['argoMeta__old', 'argo__old']);

    const again = await run(argo, { beside: true });

    assert.equal(again.record?.isWhole, true);
    assert.deepEqual(await argo.wrongs(), []);
    assert.deepEqual(await leftBeside(argo), ['argoMeta__old', 'argo__old'], 'the older ones were dropped');
    assert.equal((await argo.run()).record?.seen, 0, 'the next night finds nothing to load');
  });

  it('that was cancelled before a night is taken up after it, and what the night changed is right', async () => {
    const argo = await mirrored('overtaken');
    const first = await start(argo, { beside: true });
    // Far enough that a profile was made which the night then takes away.
    await untilLoading(first, 47);
    await first.signal('pause');
    await untilIdle(first);
    await first.cancel();
    await assert.rejects(first.result(), WorkflowFailedError);
    const beside = (name: string) => site.database.book.collection<StoredDocument>(name).find({ flow: 'overtaken:next' }).toArray();
    const made = await beside('receipts');
    const tomorrow = new Set([...expectedProfiles(world, 1)].map(({ key }) => key));
    assert.ok(made.some(({ item }) => !tomorrow.has(String(item))));
    await argo.gdac.playNight(1);
    await argo.run();

    const { record } = await run(argo, { beside: true });

    const kept = new Set((await receiptsOf(argo)).map(({ at }) => String(at)));
    assert.deepEqual([record?.rebuild, record?.runs, record?.isWhole], [first.firstExecutionRunId, 2, true]);
    assert.deepEqual(await argo.wrongs(), []);
    assert.ok(made.length >= 14 && made.some(({ at }) => kept.has(String(at))), 'what was made and is still right was not made again');
    assert.deepEqual([await beside('receipts'), await beside('quarantine')], [[], []]);
  });

  it('that holds fewer documents than the live ones asks before it swaps, and can be stopped', async () => {
    const argo = await mirrored('fewer', { deletions: { share: 0, floor: 0 } });
    const before = await snapshotOf(argo.products, 'argo');
    const [file = ''] = loadable.at(-1)?.files ?? [];
    await rm(dirname(join(argo.flow.mirror, file)), { recursive: true });

    const rebuild = await start(argo, { beside: true });
    const asked = await untilProgress(rebuild, ({ health }) => health === 'asks');
    await rebuild.signal('stop');
    const { state } = await rebuild.result();

    assert.match(asked.says ?? '', /^The new collection holds \d+ documents, \d+ fewer than the \d+ of argo/);
    assert.equal(state, 'stopped');
    assert.deepEqual(await snapshotOf(argo.products, 'argo'), before);
  });

  it('is refused where somebody else has a collection of that name', async () => {
    const argo = await mirrored('foreign');
    await argo.products.createCollection('argo__next');

    await assert.rejects(run(argo, { beside: true }), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(error.cause?.message ?? '', /argo__next: there already, and no rebuild of flow foreign made it/);
      return true;
    });
  });
});

describe('a rebuild whose worker is killed', () => {
  it('goes on by itself when there is another worker, live and beside', async () => {
    const [live, beside] = await Promise.all([mirrored('killed-live'), mirrored('killed-beside')]);
    const rebuilds = await Promise.all([start(live), start(beside, { beside: true })]);
    await Promise.all(rebuilds.map((rebuild) => untilLoading(rebuild)));

    await worker.kill();
    await startWorker();
    const results = await Promise.all(rebuilds.map((rebuild) => rebuild.result()));

    for (const { record } of results) assert.equal(record?.isWhole, true, JSON.stringify(record));
    assert.deepEqual(await live.wrongs(), []);
    assert.deepEqual(await beside.wrongs(), []);
    assert.deepEqual(await readdir(`${live.flow.mirror}.journal`).then((names) => names.filter((name) => name.startsWith('scratch'))), []);
  });
});

/** Collections beside the two of the flow. */
async function leftBeside({ products, flow }: FlowSite): Promise<readonly string[]> {
  const names = (await products.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  return names.filter((name) => !Object.values(flow.collections).includes(name)).toSorted();
}
