import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { parseKeyText } from '../../src/argo/names.ts';
import { SUMMARIES } from '../../src/argo/summaries/ids.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import type { AuditInput, AuditWorkflow } from '../../workflows/argo/audit.ts';
import type { MirrorWorkflow } from '../../workflows/argo/mirror.ts';
import type { SummariseWorkflow } from '../../workflows/argo/summarise.ts';
import type { StoredDocument } from '../helpers/products.ts';
import { type FlowSite, type Site, startSite, untilProgress } from '../helpers/site.ts';

let site: Site;
let flow: FlowSite;
before(async () => {
  site = await startSite();
  await site.worker();
  flow = await site.flow('argo', { seed: 11, floats: 8, cyclesPerFloat: 5 }, { deletions: { share: 0.5, floor: 3 } });
});
after(() => site.stop());

const startAudit = (input: Partial<AuditInput> = {}, workflowId = 'audit/argo') =>
  site.client.workflow.start<AuditWorkflow>('audit', { taskQueue: 'landfall', workflowId, args: [{ flow: 'argo', ...input }] });
const audited = async (input: Partial<AuditInput> = {}) => (await startAudit(input)).result();
const summarise = () =>
  site.client.workflow.execute<SummariseWorkflow>('summarise', {
    taskQueue: 'landfall',
    workflowId: 'summarise/argo',
    args: [{ flow: 'argo' }],
  });
const summary = (id: string): Promise<StoredDocument | null> => flow.products.collection<StoredDocument>('summaries').findOne({ _id: id });
const madeAt = async (): Promise<unknown> => Object((await summary('argo_overview'))?.summary).latest_argovis_update;
const argo = () => flow.products.collection<StoredDocument>('argo');

/** Takes the files of so many profiles out of the mirror, behind everybody's back. */
async function loseFiles(count: number): Promise<void> {
  const ids = await argo()
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .limit(count)
    .toArray();
  const receipts = await site.receipts.holders(
    'argo',
    ids.map(({ _id }) => _id),
  );
  const found = await site.receipts.find(
    'argo',
    receipts.map(({ item }) => item),
  );
  for (const { item, files } of found.values()) {
    assert.ok(parseKeyText(item) !== null);
    for (const { path } of files) rmSync(join(flow.flow.mirror, path));
  }
}

describe('summaries after a night', () => {
  it('are made when it changed anything', async () => {
    const { record } = await flow.run();

    const documents = await argo().countDocuments();
    const { summary: dacs } = Object(await summary('argo_dacs'));
    assert.deepEqual(record?.warnings, []);
    assert.equal(await flow.products.collection('summaries').countDocuments(), SUMMARIES.length);
    assert.equal(
      dacs.reduce((sum: number, { n }: { n: number }) => sum + n, 0),
      documents,
    );
  });

  it('stay as they are when it changed nothing, and are made all the same when one is not there', async () => {
    const before = await madeAt();
    await flow.run();
    const unchanged = await madeAt();
    await flow.products.collection<StoredDocument>('summaries').deleteOne({ _id: 'argo_bgc' });

    await flow.run();

    assert.deepEqual(unchanged, before);
    assert.notDeepEqual(await madeAt(), before);
    assert.notEqual(await summary('argo_bgc'), null);
  });

  it('do not fail the night when one cannot be made: its record, its sentence, the log and the run say so', async () => {
    const validator = { $jsonSchema: { bsonType: 'object', properties: { data_keys: { bsonType: 'array', maxItems: 1 } } } };
    await applyCollections(flow.products, [{ name: 'summaries', validator, indexes: [], refused: { data_keys: ['a', 'b'] } }]);
    const before = await madeAt();
    await flow.gdac.playNight(1);

    const { state, message, record } = await flow.run();

    const [run] = await site.runs.latest('argo', 1);
    const [warning = ''] = record?.warnings ?? [];
    assert.equal(state, 'done');
    assert.match(warning, /^Of the summaries, argo_data_keys could not be made; what was there stays\. The database answered /);
    assert.ok(message.endsWith(warning) && run?.says === message && run.health === 'ok');
    assert.notDeepEqual(await madeAt(), before);
    assert.deepEqual(await flow.wrongs(), []);
  });

  it('fail a run of their own when one cannot be made, after the others were made', async () => {
    const before = await madeAt();

    await assert.rejects(summarise(), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(String(error.cause?.message), /^Of the summaries, argo_data_keys could not be made/);
      return true;
    });

    assert.notDeepEqual(await madeAt(), before);
    await flow.products.command({ collMod: 'summaries', validator: {}, validationLevel: 'off' });
    const { message } = await summarise();
    assert.match(message, /^6 summaries over \d+ profiles\.$/);
  });
});

describe('an audit', () => {
  it('goes on beside a night that holds the flow, and finds nothing', async () => {
    await flow.gdac.playNight(2);
    const night = await site.client.workflow.signalWithStart<MirrorWorkflow>('mirror', {
      taskQueue: 'landfall',
      workflowId: 'mirror/argo',
      args: [{ flow: 'argo' }],
      signal: 'pause',
    });
    await untilProgress(night, ({ paused }) => paused);

    const { report, message, repair } = await audited();

    await night.signal('resume');
    await night.result();
    assert.ok(report !== null && report.counts.extra === 0 && report.counts.unreceipted === 0, message);
    assert.equal(repair, null);
    const after = await audited();
    assert.match(after.message, /all as it should be\.$/);
  });

  it('changes nothing unless it is asked to; then it puts right what differs, like a night', async () => {
    const before = await argo().countDocuments();
    await loseFiles(2);
    const [gone] = await argo()
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    await argo().deleteOne({ _id: gone?._id ?? '' });

    const looked = await audited();
    const untouched = await argo().countDocuments();
    const repaired = await audited({ repair: true });

    assert.match(looked.message, /: 1 missing, 0 stale, 0 without receipt, 2 extra\.$/);
    assert.equal(untouched, before - 1);
    assert.deepEqual({ ...repaired.repair, bytes: 0 }, { loaded: 1, unchanged: 0, rejected: 0, removed: 2, bytes: 0 });
    assert.equal(await argo().countDocuments(), before - 2);
    const again = await audited();
    assert.match(again.message, /all as it should be\.$/);
  });

  it('asks before a repair removes more than the flow allows, and removes nothing until then', async () => {
    const before = await argo().countDocuments();
    await loseFiles(before);
    const handle = await startAudit({ repair: true });
    const asked = await untilProgress(handle, ({ health }) => health === 'asks');
    const meanwhile = await argo().countDocuments();

    await handle.signal('stop');

    const { state } = await handle.result();
    assert.match(asked.says ?? '', /would remove \d+ of \d+ documents.*Nothing was removed/);
    assert.deepEqual([state, meanwhile, await argo().countDocuments()], ['stopped', before, before]);
    const forced = await audited({ repair: true, force: true });
    assert.ok(Number(forced.repair?.removed) > 40 && forced.repair?.removed === forced.report?.toRemove);
    assert.equal(await argo().countDocuments(), before - Number(forced.report?.toRemove));
  });
});
