import assert from 'node:assert/strict';
import { readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { Statuses } from '../../src/ooi/requests/status.ts';
import { Runs } from '../../src/stores/runs.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { until } from '../helpers/processes.ts';
import { progressOf, type Site, startSite, untilProgress } from '../helpers/site.ts';
import { startWebhook, type Webhook } from '../helpers/webhook.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const options = { ...SERIES_DEFAULTS, seed: 5, streams: 2, deploymentDays: 3, rowsPerFile: 200 };
const [TABLE = '', OTHER = ''] = streamsOf(options).keys();
/** Nobody looks by himself within a test. */
const SLOW = { upstream: { look: '1h' }, notify: { webhook: { env: 'LANDFALL_SECRET_HOOK' } } };

describe('a harvest that waits for the facility', () => {
  let site: Site;
  let facility: Facility;
  let worker: WorkerProcess;
  let stream: StreamSite;
  let hook: Webhook;
  let env: Readonly<Record<string, string>>;
  let messages: string[] = [];
  before(async () => {
    facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
    site = await startSite();
    hook = await startWebhook();
    ({ messages } = hook);
    env = { ...OOI_WORKER, LANDFALL_SECRET_HOOK: hook.url };
    worker = await site.worker(env);
    stream = streamFlow(site, facility, 'ctd', TABLE, SLOW);
    await (await stream.start()).result();
    await stream.refresh().result();
  });
  after(async () => {
    await site.stop();
    await facility.stop();
    hook.stop();
  });

  const asked = (): number => facility.requests.length;
  const waiting = async () => {
    facility.clock.advance(86_400);
    facility.set({ delay: 'never' });
    const run = await stream.start();
    const progress = await untilProgress(run, ({ phase, says }) => phase === 'wait' && says !== null);
    return { run, progress };
  };
  const finish = (): void => facility.set({ delay: { seconds: 0 } });

  it('says since when and when it looks next, costs no worker, and goes on after a restart when it is told to look', async () => {
    const { run, progress } = await waiting();
    const before = asked();
    const { currentDetails } = await run.query<{ readonly currentDetails: string }>('__temporal_workflow_metadata');
    // What a worker is handed in the moment in which it ends is noticed a minute later.
    await until(async () => ((await run.describe()).raw.pendingActivities ?? []).length === 0);
    await worker.stop();
    finish();
    worker = await site.worker(env);
    await run.signal('retry');

    const { state, record } = await run.result();

    assert.match(
      progress.says ?? '',
      /^The facility works on the request\. Not ready since 20[-\d]* [:\d]* UTC, looks next at 20[-\d]* [:\d]* UTC\.$/,
    );
    assert.ok(currentDetails.endsWith(`\n\n${progress.says}`), `the Web UI shows: ${currentDetails}`);
    assert.equal((await run.describe()).raw.pendingActivities?.length ?? 0, 0);
    assert.equal(state, 'done');
    assert.ok(Number(record.added) > 80);
    assert.equal(asked(), before, 'nothing was asked a second time');
  });

  it('says since when it is paused and how it goes on, and looks when it is resumed', async () => {
    const { run } = await waiting();
    const noted = async () => (await new Runs(site.database).get(run.firstExecutionRunId))?.says ?? '';
    await run.signal('pause');
    await until(async () => (await noted()).startsWith('Paused'));
    const [shown, kept] = [(await progressOf(run)).says ?? '', await noted()];
    finish();
    await run.signal('resume');

    const { state } = await run.result();

    assert.match(kept, /^Paused by an operator since 20[-\d]* [:\d]* UTC; it goes on with landfall resume ctd, or with signal resume\./);
    assert.match(kept, / Not ready since 20[-\d]* [:\d]* UTC, looks next when it is resumed\.$/);
    assert.equal(shown, kept);
    assert.equal(state, 'done');
  });

  it('ends when it is stopped, and the next run goes on with the same request', async () => {
    const { run } = await waiting();
    const before = asked();
    await run.signal('stop');
    const stopped = await run.result();
    const { request } = (await new Statuses(site.database).get(TABLE)) ?? {};
    const second = await stream.start();
    await untilProgress(second, ({ phase, says }) => phase === 'wait' && says !== null);
    finish();
    await second.signal('retry');

    const { state } = await second.result();

    assert.equal(stopped.state, 'stopped');
    assert.deepEqual([request?.state, request?.isOutstanding], ['pending', true]);
    assert.match(stopped.message, /while request .* waits; the next run goes on with it/);
    assert.equal(state, 'done');
    assert.equal(asked(), before);
  });

  it('is cancelled at once and gives its lease back; a second run beside it is refused', async () => {
    const { run } = await waiting();
    const refused = stream.start({}, 'harvest/second').then((second) => second.result());
    await assert.rejects(
      refused,
      (error: unknown) => error instanceof WorkflowFailedError && /already being worked on/.test(String(error.cause?.message)),
    );

    await run.cancel();
    await assert.rejects(run.result());

    const lease = await site.database.book.collection<{ _id: string; holder: unknown }>('leases').findOne({ _id: 'ctd#harvest' });
    assert.equal(lease?.holder, null);
  });

  it('reports the request that waits when it is forced, and gives it up when it is told to', async () => {
    const before = asked();
    const reported = await (await stream.start({ force: true })).result();
    finish();
    const replaced = await (await stream.start({ force: true, request: 'replace' })).result();

    assert.equal(reported.state, 'skipped');
    assert.match(
      reported.message,
      /^Nothing was asked: the request of 20.* UTC for 20.* To give it up and ask anew: landfall run harvest ctd --force --request replace\.$/,
    );
    assert.equal(replaced.state, 'done');
    assert.equal(asked(), before + 1);
  });

  it('waits for whoever changes the store, says for whom, and appends when the lease is free', async () => {
    facility.clock.advance(86_400);
    facility.set({ delayOf: { [OTHER]: 'never' } });
    const other = streamFlow(site, facility, 'other', OTHER, SLOW);
    await (await other.start()).result();
    const { workflowId, runId = '' } = await other.refresh().describe();
    const leases = site.database.book.collection<{ _id: string; epoch: number; holder: unknown }>('leases');
    await leases.updateOne({ _id: 'ctd' }, { $set: { holder: { job: 'rollback', workflowId, runId } }, $inc: { epoch: 1 } });
    const run = await stream.start();
    const { says } = await untilProgress(run, (progress) => progress.phase === 'append' && progress.says !== null);
    await leases.updateOne({ _id: 'ctd' }, { $set: { holder: null } });
    await run.signal('retry');

    const { state } = await run.result();

    assert.match(says ?? '', /^Waits for rollback \(refresh\/.*\), which changes the store since 20/);
    assert.equal(state, 'done');
    assert.equal((await leases.findOne({ _id: 'ctd' }))?.holder, null);
    await other.refresh().cancel();
    await assert.rejects(other.refresh().result());
  });

  it('is put down by a pause while it appends, and appends when it is resumed; what touches the store is done on the host that the flow names', async () => {
    facility.clock.advance(86_400);
    await site.worker(env, ['--queues', 'transfer,notify', '--suffix', 'far']);
    const far = streamFlow(site, facility, 'ctd', TABLE, { ...SLOW, queueSuffix: 'far' });
    const run = await far.start();
    const pending = async (): Promise<number> => ((await run.describe()).raw.pendingActivities ?? []).length;
    await until(async () => (await progressOf(run)).phase === 'append' && (await pending()) === 1);
    await run.signal('pause');
    await until(async () => (await pending()) === 0);
    await site.worker(env, ['--queues', 'convert', '--suffix', 'far']);
    await run.signal('resume');

    const { state, record } = await run.result();

    streamFlow(site, facility, 'ctd', TABLE, SLOW);
    assert.equal(state, 'done');
    assert.ok(Number(record.added) > 80);
  });

  it('that is broken off is in the history and the status of its stream, until the next one that ends well', async () => {
    const { run } = await waiting();
    const link = join(stream.place, TABLE);
    const target = await readlink(link);
    await rm(link);
    await symlink('/somewhere', link);
    finish();
    await run.signal('retry');

    await assert.rejects(run.result());

    const { book } = site.database;
    const noted = await book.collection('ooiHistory').findOne({ table: TABLE, event: 'harvest', state: 'failed' });
    const statuses = new Statuses(site.database);
    const failed = await statuses.get(TABLE);
    await rm(link);
    await symlink(target, link);
    await (await stream.start()).result();
    const after = await statuses.get(TABLE);
    assert.equal(noted?.run, run.firstExecutionRunId);
    assert.match(noted?.says, /symbolic link to \/somewhere/);
    assert.deepEqual([failed?.process.state, failed?.request.state, after?.process.state], ['failed', 'pending', 'success']);
    messages.length = 0;
  });

  it('only says what it would do in a dry run', async () => {
    const before = asked();
    facility.clock.advance(86_400);

    const { state, message } = await (await stream.start({ dryRun: true })).result();

    assert.equal(state, 'dry');
    assert.notEqual((await new Runs(site.database).last('ctd', ['harvest']))?.says, message);
    assert.match(message, /^The facility has data until .* Asks for 20.* to 20/);
    assert.equal(asked(), before);
  });

  it('is nothing new when every part of the request says so', async () => {
    facility.set({ outcome: 'no_data' });

    const { state, message } = await (await stream.start()).result();

    assert.equal(state, 'unchanged');
    assert.match(message, /Every sub-job says that there are no data in its range/);
  });

  it('asks again after a failure, and then says what is to be done', async () => {
    facility.set({ outcome: 'aggregation_failed' });
    const run = await stream.start();
    const seen: string[] = [];
    for (let failures = 1; failures <= 3; failures += 1) {
      await until(async () => {
        const { says, health } = await progressOf(run);
        return health === 'failing' && says !== null && !seen.includes(says);
      });
      seen.push((await progressOf(run)).says ?? '');
      await run.signal('retry');
    }

    const { state, message } = await run.result();

    assert.match(seen[0] ?? '', /could not finish the request: Aggregation failed.* Asks again at 20/);
    assert.equal(state, 'failed');
    assert.match(message, /It was asked again three times; tell the facility/);
    assert.equal(messages.length, 1, 'people are told once');
    assert.match(messages[0] ?? '', /harvest: failed .*could not finish the request/);
  });

  it('is refused for what is the job of a set', async () => {
    const run = await site.client.workflow.start<HarvestAllWorkflow>('harvestAll', {
      taskQueue: 'landfall',
      workflowId: 'harvestAll/ctd',
      args: [{ flow: 'ctd' }],
    });

    await assert.rejects(
      run.result(),
      (error: unknown) =>
        error instanceof WorkflowFailedError &&
        /The jobs of ctd are harvest, refresh, rollback, verify\./.test(String(error.cause?.message)),
    );
  });
});
