import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { upperBound } from '../../src/argo/verify/error-rate.ts';
import { Verifications } from '../../src/stores/verifications.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { ReloadWorkflow } from '../../workflows/argo/reload.ts';
import type { VerifyInput, VerifyResult, VerifyWorkflow } from '../../workflows/argo/verify.ts';
import type { StoredDocument } from '../helpers/products.ts';
import { type FlowSite, filesIn, type Site, startSite, untilProgress } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 23, floats: 4, cyclesPerFloat: 4 };
/** More than there are: every document is checked. */
const everything = 1000;

let site: Site;
let worker: WorkerProcess;
let argo: FlowSite;
let documents: readonly StoredDocument[];
before(async () => {
  // So short a history makes every run over the whole collection go on as new.
  site = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' } });
  worker = await site.worker({ LANDFALL_RATE_REQUEST: '1000' });
  argo = await site.flow('argo', world, { verify: { pace: '0s' } });
  await argo.run();
  documents = await argo.products.collection<StoredDocument>('argo').find().sort({ _id: 1 }).toArray();
});
after(() => site.stop());

type Run = WorkflowHandleWithFirstExecutionRunId<VerifyWorkflow>;

const start = (input: Partial<VerifyInput>, flow: string): Promise<Run> =>
  site.client.workflow.start<VerifyWorkflow>('verify', { taskQueue: 'landfall', workflowId: `verify/${flow}`, args: [{ flow, ...input }] });
/** Several at once, so that a check of everything takes no longer than a test may. */
const check = async (input: Partial<VerifyInput> = {}): Promise<VerifyResult> => {
  const run = await site.client.workflow.signalWithStart<VerifyWorkflow, [number]>('verify', {
    taskQueue: 'landfall',
    workflowId: 'verify/argo',
    args: [{ flow: 'argo', ...input }],
    signal: 'setWidth',
    signalArgs: [6],
  });
  return await run.result();
};
const reload = () =>
  site.client.workflow.execute<ReloadWorkflow>('reload', { taskQueue: 'landfall', workflowId: 'reload/argo', args: [{ flow: 'argo' }] });

const update = (id: string, change: Readonly<Record<string, unknown>>) =>
  argo.products.collection<StoredDocument>('argo').updateOne({ _id: id }, { $set: change });
const roundtripEntries = async (): Promise<readonly string[]> =>
  (await site.quarantine.list('argo')).filter(({ code }) => /^(roundtrip|download)/.test(code)).map(({ item, code }) => `${item} ${code}`);
const idOf = (at: number): string => documents[at]?._id ?? assert.fail(`there is no document ${at}`);
const keyOf = async (id: string): Promise<string> => (await site.receipts.holders('argo', [id]))[0]?.item ?? assert.fail(id);

describe('the roundtrip check of a flow', () => {
  it('finds everything right after a good night, and says how sure that is', async () => {
    const { state, record, message } = await check({ sample: everything, seed: 4 });

    const { skippedBecause, drawnRecent } = record;
    const degenerate = skippedBecause.degenerate_skipped ?? 0;
    assert.equal(state, 'done');
    assert.deepEqual(
      [record.drawn, record.clean, record.wrong, record.failed, record.left, record.seed],
      [documents.length, documents.length - degenerate, 0, 0, 0, 4],
    );
    assert.deepEqual(record.findings, {});
    assert.equal(record.upperBound, upperBound(0, record.checked));
    assert.equal(record.lastDays.upperBound, record.upperBound);
    assert.equal(drawnRecent, documents.length, 'all was loaded lately');
    assert.match(
      message,
      /^\d+ profiles checked: \d+ clean, 0 wrong, \d+ skipped, 0 not fetched\. With 95 % confidence at most [\d.]+ % of/,
    );
    assert.deepEqual(await roundtripEntries(), []);
    assert.equal(await filesIn(join(site.home, 'scratch')), 0);
  });

  it('goes on as new before its history grows, as one run with one record, and begins nothing again', async () => {
    const runs = await Array.fromAsync(site.client.workflow.list({ query: "WorkflowId = 'verify/argo'" }));
    const histories = await Promise.all(
      runs.map(({ workflowId, runId }) => site.client.workflow.getHandle(workflowId, runId).fetchHistory()),
    );

    const [kept, ...others] = (await site.runs.latest('argo', 10)).filter(({ job }) => job === 'verify');

    const begun = histories
      .flatMap(({ events }) => events ?? [])
      .map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    assert.ok(runs.length > 1, `${runs.length} runs`);
    assert.equal(begun.filter((name) => name === 'argo.checkProfile').length, documents.length);
    assert.deepEqual([kept?.health, others], ['ok', []]);
    assert.equal(kept?.record?.drawn, documents.length);
  });

  it('finds what was changed in the database, quarantines it, and after a reload finds nothing', async () => {
    const [value, flag, level] = [idOf(0), idOf(5), idOf(9)];
    await update(value, { 'data.0.0': 123.456 });
    await update(flag, { geolocation_argoqc: 6 });
    await update(level, { data: Object(documents[9]).data.map((row: readonly unknown[]) => row.slice(1)) });
    const wrong = [value, flag, level].toSorted();

    const { record } = await check({ sample: everything });
    const quarantined = await roundtripEntries();
    const { loaded } = await reload();
    const again = await check({ sample: everything });

    const kept = await new Verifications(site.database).find('argo', await keyOf(flag));
    assert.equal(record.wrong, wrong.length);
    assert.deepEqual(
      quarantined,
      (await Promise.all(wrong.map(keyOf))).toSorted().map((item) => `${item} roundtrip_mismatch`),
    );
    assert.ok((record.findings.geolocation_argoqc_mismatch ?? 0) >= 1, JSON.stringify(record.findings));
    assert.equal(record.upperBound, upperBound(3, record.checked));
    assert.ok(loaded >= wrong.length);
    assert.deepEqual(await argo.wrongs(), []);
    assert.deepEqual([again.record.wrong, again.record.lastDays.wrong], [0, 3]);
    assert.deepEqual(await roundtripEntries(), []);
    assert.equal(kept?.state, 'clean');
    const seen = worker.log().filter(({ event }) => event === 'verification_finding');
    assert.deepEqual(seen.map(({ id }) => id).toSorted(), wrong);
  });

  it('reports a file that the source does not have as a download failure, and nothing else of that profile', async () => {
    const id = idOf(3);
    const [
      {
        files: [path = ''],
      } = assert.fail(),
    ] = [...expectedProfiles(world, 0)].filter(({ key }) => key.endsWith(`/${id}`));
    await rename(join(argo.gdac.tree, path), join(argo.gdac.tree, 'away'));
    await update(id, { basin: 77 });

    const { record } = await check({ sample: everything });
    await rename(join(argo.gdac.tree, 'away'), join(argo.gdac.tree, path));

    const [finding, ...others] = (await new Verifications(site.database).find('argo', await keyOf(id)))?.findings ?? [];
    assert.deepEqual([record.failed, record.wrong, record.findings], [1, 0, { download_failed: 1 }]);
    assert.deepEqual([finding?.code, finding?.path, others], ['download_failed', path, []]);
    assert.deepEqual(await roundtripEntries(), [`${await keyOf(id)} download_failed`]);
    await reload();
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('draws the same profiles for a seed, one after the other', async () => {
    const products = async ({ run }: { readonly run: string }): Promise<readonly string[]> =>
      Array.fromAsync(new Verifications(site.database).productsOf(run, ['clean', 'skipped']));

    const first = await products((await check({ sample: 6, seed: 77 })).record);
    const again = await products((await check({ sample: 6, seed: 77 })).record);

    assert.equal(first.length, 6);
    assert.deepEqual(again, first);
  });

  it('gives up when the source cannot be read, blames no profile, and says so', async () => {
    await argo.gdac.setFaults({ refusesConnections: true });
    try {
      const { state, record, message } = await check({ sample: 6 });

      assert.equal(state, 'unreachable');
      assert.match(message, /^The source could not be read, so the check was given up/);
      assert.equal(record.checked, 0);
      assert.equal(record.upperBound, null);
      assert.ok(record.failed >= 3, JSON.stringify(record));
      assert.deepEqual(await roundtripEntries(), []);
    } finally {
      await argo.gdac.setFaults({});
    }
  });
});

describe('a check under way', () => {
  let slow: FlowSite;
  before(async () => {
    slow = await site.flow('slow', world, { verify: { pace: '1h' } });
    await slow.run();
  });

  it('keeps no night out, lets no second check in, and ends in order when it is told to', async () => {
    const run = await start({ sample: 5 }, 'slow');
    await untilProgress(run, ({ phase, done }) => phase === 'check' && done === 1);
    const second = await site.client.workflow
      .execute<VerifyWorkflow>('verify', { taskQueue: 'landfall', workflowId: 'verify/slow-2', args: [{ flow: 'slow' }] })
      .catch((error: unknown) => error);

    const night = await slow.run();
    await run.signal('stop');
    const { state, message, record } = await run.result();

    assert.equal(night.state, 'done');
    assert.ok(second instanceof WorkflowFailedError);
    assert.match(second.cause?.message ?? '', /is already being worked on by verify/);
    assert.equal(state, 'stopped');
    assert.match(message, /^Stopped by an operator\. 1 profile checked/);
    assert.deepEqual([record.drawn, record.checked + record.skipped, record.left], [5, 1, 4]);
  });

  it('does not go on while it is paused, and shows its plan; retry cuts a pause between profiles short and checks again what was wrong', async () => {
    const products = slow.products.collection<StoredDocument>('argo');
    const run = await start({ sample: 2, seed: 3 }, 'slow');
    await untilProgress(run, ({ phase, done }) => phase === 'check' && done === 1);
    const plan = await run.query<{ readonly plan: string; readonly items: number; readonly seed: number }>('plan');
    const checked = await Array.fromAsync(new Verifications(site.database).productsOf(run.firstExecutionRunId, ['clean', 'skipped']));
    await products.updateMany({ _id: { $nin: checked } }, { $set: { cycle_number: 999 } });
    await run.signal('pause');
    await run.signal('retry');
    await untilProgress(run, ({ paused }) => paused);
    await run.signal('resume');

    const { state, record } = await run.result();

    assert.deepEqual([plan.items, plan.seed], [2, 3]);
    assert.equal(state, 'done');
    assert.deepEqual([record.checked, record.wrong], [2, 1]);
    const attempts = (await site.quarantine.list('slow'))
      .filter(({ code }) => code === 'roundtrip_mismatch')
      .map((entry) => entry.attempts);
    assert.deepEqual(attempts, [1], 'checked twice in one run it counts one attempt');
  });

  it('that is cancelled gives its lease back', async () => {
    const run = await start({ sample: 5 }, 'slow');
    await untilProgress(run, ({ phase, done }) => phase === 'check' && done === 1);
    await run.cancel();
    await assert.rejects(run.result());

    const lease = await site.database.book.collection<{ _id: string; holder: unknown }>('leases').findOne({ _id: 'slow#verify' });

    assert.equal(lease?.holder, null);
  });
});
