import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { rsyncsOver, until } from '../helpers/processes.ts';
import { snapshotOf } from '../helpers/products.ts';
import { type FlowSite, filesIn, type Night, progressOf, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 21, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const loadable = expected.flatMap(({ key, files, outcome }) => (outcome.state === 'document' ? [{ key, files }] : []));
const smallBatches = { load: { batch: 7, width: 1 } };
/** Slow enough that a copy is under way for many seconds. KiB/s. */
const SLOW = 40;

let site: Site;
before(async () => {
  site = await startSite();
  await site.worker({ LANDFALL_CAPACITY_TRANSFER: '16', LANDFALL_CAPACITY_LOAD: '8' });
});
after(() => site.stop());

/** Waits until no activity of the run is under way or waiting for another attempt. */
const untilIdle = (night: Night): Promise<void> => until(async () => ((await night.describe()).raw.pendingActivities ?? []).length === 0);

const untilCopying = async (night: Night, argo: FlowSite): Promise<void> => {
  await untilProgress(night, ({ phase }) => phase === 'copy');
  await until(async () => (await filesIn(argo.flow.mirror)) > 3);
};

const isCancelled = (error: unknown): boolean => error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;

describe('a second run of a flow', { concurrency: true }, () => {
  it('ends at once with a sentence that names the first', async () => {
    const argo = await site.flow('busy', world);
    const first = await argo.start();
    await first.signal('pause');
    await until(async () => (await site.runs.get(first.firstExecutionRunId)) !== null);

    const second = await argo.start({}, 'mirror/busy-by-hand');
    await assert.rejects(second.result(), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(
        error.cause?.message ?? '',
        /^Flow busy is already being worked on by mirror \(workflow mirror\/busy, since .*This second run did nothing/,
      );
      return true;
    });

    await first.signal('stop');
    const { state } = await first.result();
    assert.equal(state, 'stopped');
  });
});

describe('a night that would lose too much', { concurrency: true }, () => {
  it('asks before anything is deleted, looks again on retry, and goes on by force', async () => {
    const argo = await site.flow('asking', world, { deletions: { share: 0, floor: 0 } });
    await argo.run();
    const before = await snapshotOf(argo.products, 'argo');
    const files = await filesIn(argo.flow.mirror);
    await argo.gdac.playNight(1);

    const night = await argo.start();
    const asked = await untilProgress(night, ({ health }) => health === 'asks');
    await untilIdle(night);
    const found = await Array.fromAsync(site.client.workflow.list({ query: "Flow = 'asking' AND Health = 'asks'" }));
    await night.signal('retry');
    await until(async () => (await looksOf(night)) === 2);
    const again = await untilProgress(night, ({ health }) => health === 'asks');
    const untouched = [await filesIn(argo.flow.mirror), await snapshotOf(argo.products, 'argo')];
    await night.signal('retry', { force: true });
    const { state, record } = await night.result();

    assert.match(
      asked.says ?? '',
      /would be left without any file, of \d+ documents.*Nothing was deleted\. Look again with: landfall retry asking --job mirror\. /,
    );
    assert.equal(found.length, 1);
    assert.match(again.says ?? '', /Nothing was deleted/);
    assert.deepEqual(untouched, [files, before]);
    assert.equal(state, 'done');
    assert.ok((record?.removed ?? 0) > 0);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('because the source is empty asks too, keeps its question while paused, and goes on when the source is back', async () => {
    const argo = await site.flow('emptied', world);
    await argo.run();
    const before = await snapshotOf(argo.products, 'argo');
    await argo.gdac.setFaults({ isEmpty: true });

    const night = await argo.start();
    await untilProgress(night, ({ health }) => health === 'asks');
    await night.signal('pause');
    await night.signal('resume');
    const { says } = await progressOf(night);
    await argo.gdac.setFaults({});
    await night.signal('retry');
    const { state } = await night.result();

    assert.match(says ?? '', /The source holds no file at all/);
    assert.equal(state, 'done');
    assert.deepEqual(await snapshotOf(argo.products, 'argo'), before);
  });

  it('asks again when the source goes on to lose more than was accepted', async () => {
    const argo = await site.flow('collapsing', { ...world, floats: 30 }, { deletions: { share: 0, floor: 0 } });
    await argo.run();
    await argo.gdac.playNight(1);
    const night = await argo.start();
    const asked = await untilProgress(night, ({ health }) => health === 'asks');
    await night.signal('pause');
    await night.signal('retry', { force: true });
    await argo.gdac.setFaults({ isEmpty: true });

    await night.signal('resume');
    const again = await untilProgress(night, ({ health, says }) => health === 'asks' && says !== asked.says);
    await argo.gdac.setFaults({});
    await night.signal('retry', { force: true });
    const { state } = await night.result();

    assert.match(again.says ?? '', /The source holds no file at all, and the mirror would lose all/);
    assert.equal(state, 'done');
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('can be stopped instead of answered', async () => {
    const argo = await site.flow('unanswered', world);
    await argo.run();
    await argo.gdac.setFaults({ isEmpty: true });
    const night = await argo.start();
    await untilProgress(night, ({ health }) => health === 'asks');

    await night.signal('stop');

    const { state, message } = await night.result();
    assert.equal(state, 'stopped');
    assert.match(message, /Stopped by an operator before everything was copied/);
    assert.deepEqual(await argo.wrongs(), []);
  });
});

describe('an operator', { concurrency: true }, () => {
  it('pauses and resumes a load, and sets how many batches go at once', async () => {
    const argo = await site.flow('paused-load', world, smallBatches);
    const night = await argo.start();
    await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);

    await night.signal('pause');
    await untilIdle(night);
    const paused = await progressOf(night);
    const count = await argo.products.collection('argo').countDocuments();
    await night.signal('setWidth', 3);
    await night.signal('resume');
    const { state, record } = await night.result();

    assert.deepEqual([paused.paused, paused.phase, paused.width], [true, 'load', 1]);
    assert.match(paused.says ?? '', /^Paused by an operator/);
    assert.ok(count > 0 && count < loadable.length, `${count} of ${loadable.length} documents while paused`);
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record));
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('pauses a copy, which ends rsync, and resumes it where it was', async () => {
    const argo = await site.flow('paused-copy', world);
    await argo.gdac.setFaults({ bandwidthKiB: SLOW });
    const night = await argo.start();
    await untilCopying(night, argo);

    await night.signal('pause');
    await untilIdle(night);
    const processes = await rsyncsOver(argo.flow.mirror);
    const { paused, phase } = await progressOf(night);
    await argo.gdac.setFaults({});
    await night.signal('resume');
    const { state, record } = await night.result();

    assert.deepEqual([processes, paused, phase], [[], true, 'copy']);
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('stops a copy, and the next run goes on from there', async () => {
    const argo = await site.flow('stopped-copy', world);
    await argo.gdac.setFaults({ bandwidthKiB: SLOW });
    const night = await argo.start();
    await untilCopying(night, argo);

    await night.signal('stop');
    const stopped = await night.result();
    const files = await filesIn(argo.flow.mirror);
    await argo.gdac.setFaults({});
    const { state, record, listed } = await argo.run();

    assert.equal(stopped.state, 'stopped');
    assert.deepEqual(await rsyncsOver(argo.flow.mirror), []);
    assert.equal(state, 'done');
    assert.ok(files > 3 && (listed?.filesToCopy ?? 0) < expected.length + files, 'what was there was not copied again');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('stops a load, and the next run loads what is left without loading the rest again', async () => {
    const argo = await site.flow('stopped-load', world, smallBatches);
    const night = await argo.start();
    await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);

    await night.signal('stop');
    const stopped = await night.result();
    const before = await argo.products.collection('argo').countDocuments();
    const { state, record } = await argo.run();

    assert.equal(stopped.state, 'stopped');
    assert.match(stopped.message, /before everything was loaded; the next run goes on from there/);
    assert.equal(state, 'done');
    assert.deepEqual([record?.seen, record?.unchanged], [expected.length, before]);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('cancels a copy: rsync has ended before the run has, and the next run goes on', async () => {
    const argo = await site.flow('cancelled-copy', world);
    await argo.gdac.setFaults({ bandwidthKiB: SLOW });
    const night = await argo.start();
    await untilCopying(night, argo);

    await night.cancel();
    await assert.rejects(night.result(), isCancelled);

    const processes = await rsyncsOver(argo.flow.mirror);
    const run = await site.runs.get(night.firstExecutionRunId);
    await argo.gdac.setFaults({});
    const { state } = await argo.run();
    assert.deepEqual(processes, []);
    assert.deepEqual([run?.health, run?.says], ['stopped', 'Cancelled while in phase copy; the next run goes on from there.']);
    assert.equal(state, 'done');
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('cancels a load, and the next run goes on', async () => {
    const argo = await site.flow('cancelled-load', world, smallBatches);
    const night = await argo.start();
    await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);

    await night.cancel();
    await assert.rejects(night.result(), isCancelled);

    const { state, record } = await argo.run();
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record) && record.seen === expected.length && record.unchanged > 0);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('has items tried again while the night is loading; names that are none are refused', async () => {
    const argo = await site.flow('retried', world, smallBatches);
    const night = await argo.start();
    await night.signal('pause');
    await untilIdle(night);
    const [{ key, files } = assert.fail()] = loadable;
    const retryItems = (items: readonly string[]) => night.executeUpdate('retryItems', { args: [{ items }] });

    await assert.rejects(retryItems(['aoml/1900000']), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError);
      assert.match(error.cause?.message ?? '', /"aoml\/1900000" names no item\. Expected <dac>\/<wmo>_<number>/);
      return true;
    });
    const answer = await retryItems([key]);
    await night.signal('resume');
    const { record } = await night.result();

    assert.deepEqual(answer, { accepted: 1 });
    assert.ok(files.length > 0);
    assert.equal(record?.retried?.loaded, 1);
    assert.ok(record !== null && addsUp(record));
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('has the quarantine tried again with signal retry', async () => {
    const argo = await site.flow('retried-all', world, smallBatches);
    await argo.run();
    const [{ files } = assert.fail()] = loadable;
    truncateSync(join(argo.gdac.tree, files.at(-1) ?? ''), 200);
    const night = await argo.start();
    await night.signal('pause');

    await night.signal('retry');
    await night.signal('resume');
    const { record } = await night.result();

    const open = await site.quarantine.list('retried-all');
    assert.equal(record?.rejected, 1);
    assert.deepEqual([record.retried?.rejected, record.retried?.loaded], [open.length, 0]);
    assert.ok(open.length > 1);
  });

  it('sees what the night is about and how far it is', async () => {
    const argo = await site.flow('watched', world, smallBatches);
    const night = await argo.start();
    const progress = await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);

    const plan = await night.query<{ profiles: number; sentence: string }>('plan');

    await night.result();
    assert.equal(plan.profiles, expected.length);
    assert.match(plan.sentence, /profiles of 9 floats changed/);
    assert.deepEqual([progress.total, progress.health, progress.says, progress.paused], [expected.length, 'ok', null, false]);
    assert.ok(progress.rate > 0 && progress.bytes > 0);
  });
});

/** How often the run has looked at its source. */
async function looksOf(night: Night): Promise<number> {
  const { events } = await night.fetchHistory();
  return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'argo.listChanges').length;
}
