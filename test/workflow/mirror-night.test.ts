import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { addsUp } from '../../src/argo/night.ts';
import { deletedProfiles, expectedProfiles } from '../../standins/gdac/expected.ts';
import type { ReloadWorkflow } from '../../workflows/argo/reload.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { type FlowSite, type Night, type Site, startSite } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 11, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const rejected = expected.flatMap(({ key, outcome }) => (outcome.state === 'rejected' ? [key] : [])).toSorted();

/** The sentence a run failed with. */
async function sentenceOf(run: Promise<unknown>): Promise<string> {
  const failed = await run.then(
    () => assert.fail('the run did not fail'),
    (error: unknown) => error,
  );
  assert.ok(failed instanceof WorkflowFailedError);
  return failed.cause?.message ?? '';
}

/** A run's whole history, its payloads decoded. */
const payloadsOf = async (night: Night): Promise<string> =>
  JSON.stringify(await night.fetchHistory()).replaceAll(/"data":"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );

let site: Site;
let worker: WorkerProcess;
before(async () => {
  site = await startSite();
  worker = await site.worker({ LANDFALL_CAPACITY_TRANSFER: '8', LANDFALL_SECRET_TEST: 'a-very-secret-word' });
});
after(() => site.stop());

const reloadOf = (flow: string, items?: readonly string[]) =>
  site.client.workflow.execute<ReloadWorkflow>('reload', {
    taskQueue: 'landfall',
    workflowId: `reload/${flow}`,
    args: [{ flow, ...(items === undefined ? {} : { items }) }],
  });

describe('nights of one flow', () => {
  let argo: FlowSite;
  let firstRun = '';
  before(async () => {
    argo = await site.flow('nights', world, { load: { batch: 20 } });
  });

  it('a dry run shows what the first night would do, and does none of it', async () => {
    const { state, listed, record, message } = await argo.run({ dryRun: true });

    assert.deepEqual([state, record], ['dry_run', null]);
    assert.equal(listed?.profiles, expected.length);
    assert.match(message, new RegExp(`^${expected.length} profiles of 9 floats changed`));
    assert.equal(await argo.products.collection('argo').countDocuments(), 0);
    assert.equal(existsSync(`${argo.flow.mirror}/aoml`), false);
  });

  it('the first night brings every document home, and its record adds up', async () => {
    const night = await argo.start();
    firstRun = night.firstExecutionRunId;

    const { state, record } = await night.result();

    assert.equal(state, 'done');
    assert.deepEqual(await argo.wrongs(), []);
    assert.ok(record !== null && addsUp(record), JSON.stringify(record));
    assert.deepEqual([record.seen, record.rejected, record.removed], [expected.length, rejected.length, 0]);
    assert.equal(record.retried, null);
  });

  it('keeps the record where it is looked for', async () => {
    const run = await site.runs.get(firstRun);

    assert.deepEqual([run?.flow, run?.job, run?.health, run?.workflowId], ['nights', 'mirror', 'ok', 'mirror/nights']);
    assert.equal(run?.record?.seen, expected.length);
    assert.match(run?.says ?? '', /profiles seen: .* loaded/);
  });

  it('is found in the Web UI by flow, kind, phase and health', async () => {
    const query = "Flow = 'nights' AND Kind = 'argo' AND Phase = 'record' AND Health = 'ok'";

    const found = await Array.fromAsync(site.client.workflow.list({ query }));

    assert.deepEqual(
      found.map(({ workflowId, type }) => [workflowId, type]),
      [['mirror/nights', 'mirror']],
    );
  });

  it('a night without changes loads nothing and says so', async () => {
    const before = await snapshotOf(argo.products, 'argo');

    const { message, record } = await argo.run();

    assert.equal(message, 'Nothing had changed at the source.');
    assert.equal(record?.seen, 0);
    assert.deepEqual(await snapshotOf(argo.products, 'argo'), before);
  });

  it('later nights bring changes, additions, renames and deletions', async () => {
    for (const night of [1, 2]) {
      const { profiles } = await argo.gdac.playNight(night);
      const { record } = await argo.run();

      assert.deepEqual(await argo.wrongs(), []);
      assert.ok(record !== null && addsUp(record), JSON.stringify(record));
      assert.equal(record.seen, profiles.listed);
      assert.ok(record.removed >= 1 && record.removed <= [...deletedProfiles(world, night)].length);
    }
  });

  it('what could not be loaded waits in quarantine; the reload job tries it again and counts the attempt', async () => {
    const waiting = await site.quarantine.list('nights');

    const result = await reloadOf('nights');

    const tried = await site.quarantine.list('nights');
    assert.ok(waiting.length > 0);
    assert.deepEqual([result.state, result.rejected, result.loaded], ['done', waiting.length, 0]);
    assert.deepEqual(
      tried.map(({ item, attempts }) => [item, attempts]),
      waiting.map(({ item, attempts }) => [item, attempts + 1]),
    );
  });

  it('the reload job brings a document back that somebody lost', async () => {
    const [key = ''] = expected.flatMap(({ key, outcome }) => (outcome.state === 'document' ? [key] : []));
    const _id = key.slice(key.indexOf('/') + 1);
    await argo.products.collection<StoredDocument>('argo').deleteOne({ _id });

    const result = await reloadOf('nights', [key]);

    assert.equal(result.loaded, 1);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('the reload job refuses a name that is none, with the form it expects', async () => {
    const sentence = await sentenceOf(reloadOf('nights', ['../../etc/passwd']));

    assert.match(sentence, /"\.\.\/\.\.\/etc\/passwd" names no profile\. Expected <dac>\/<wmo>_<number>/);
  });
});

describe('a night', () => {
  it('of a flow that no file names fails at once, and says which flows there are', async () => {
    const sentence = await sentenceOf(
      site.client.workflow.execute('mirror', { taskQueue: 'landfall', workflowId: 'mirror/nobody', args: [{ flow: 'night' }] }),
    );

    assert.match(sentence, /no flow has the name "night"/);
    assert.match(sentence, /nights/);
  });

  it('can be started with what a person types, and what is mistyped is refused in a sentence', async () => {
    const typed = (job: string, input: unknown) =>
      sentenceOf(site.client.workflow.execute(job, { taskQueue: 'landfall', workflowId: 'typed', args: [input] }));

    assert.match(await typed('mirror', { flow: 'nights', dryRum: true }), /mirror takes no "dryRum"\. Is it "dryRun"\?/);
    assert.match(await typed('mirror', 'nights'), /names no flow: "nights"\. Expected an object such as \{"flow":"argo"\}/);
    assert.match(await typed('mirrow', { flow: 'nights' }), /kind argo, which has no job "mirrow"\. Its jobs are mirror, reload/);
    assert.match(await typed('mirror', { flow: 'nights', goOn: { flow: {} } }), /"goOn" is Landfall's own/);
  });

  it('never shows the password of its source: not in its history, its log, its record', async () => {
    const password = { env: 'LANDFALL_SECRET_TEST' };
    const argo = await site.flow('secretive', { ...world, floats: 2 }, { upstream: { password } });
    const night = await argo.start();
    await night.result();

    const history = await payloadsOf(night);
    const run = JSON.stringify(await site.runs.get(night.firstExecutionRunId));

    assert.ok(history.includes('LANDFALL_SECRET_TEST'), 'the name of the variable is there');
    assert.ok(!history.includes('a-very-secret-word'), 'its value is not');
    assert.ok(!run.includes('a-very-secret-word'));
    assert.ok(!JSON.stringify(worker.log()).includes('a-very-secret-word'));
  });

  it('fails with a sentence when its password is not to be had', async () => {
    const argo = await site.flow('locked-out', { ...world, floats: 2 }, { upstream: { password: { env: 'LANDFALL_SECRET_ABSENT' } } });

    const sentence = await sentenceOf(argo.run());

    assert.match(sentence, /LANDFALL_SECRET_ABSENT/);
  });

  it('waits for a source that refuses connections, shows why, and looks again at once when told that it is back', async () => {
    const argo = await site.flow('patient', { ...world, floats: 2 });
    await argo.gdac.setFaults({ refusesConnections: true });
    const night = await argo.start();
    const waiting = await untilTrouble(night.firstExecutionRunId);

    await argo.gdac.setFaults({});
    await night.signal('retry');
    const { state } = await night.result();

    assert.match(waiting, /rsync|connect/i);
    assert.equal(state, 'done');
    assert.deepEqual(await argo.wrongs(), []);
  });
});

/** Waits until the run's record says why it does not move. */
async function untilTrouble(run: string): Promise<string> {
  for (;;) {
    const found = await site.runs.get(run);
    if (found?.health === 'failing') return found.says ?? '';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
