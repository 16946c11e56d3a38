import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { Plans } from '../../src/stores/plans.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { RedoInput, RedoResult, RedoWorkflow } from '../../workflows/argo/redo.ts';
import { type StoredDocument, snapshotOf } from '../helpers/products.ts';
import { type FlowSite, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 71, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const loadable = expected.filter(({ outcome }) => outcome.state === 'document');
const smallBatches = { load: { batch: 7, width: 1 } };

let site: Site;
before(async () => {
  site = await startSite();
  await site.worker({ LANDFALL_CAPACITY_TRANSFER: '16', LANDFALL_CAPACITY_LOAD: '8' });
});
after(() => site.stop());

const redo = ({ flow }: FlowSite, input: Partial<RedoInput> = {}): Promise<RedoResult> =>
  site.client.workflow.execute<RedoWorkflow>('redo', {
    taskQueue: 'landfall',
    workflowId: `redo/${flow.name}`,
    args: [{ flow: flow.name, ...input }],
  });

/** A flow whose first night ended in the middle of its load. */
async function brokenOff(name: string): Promise<{ readonly argo: FlowSite; readonly night: string }> {
  const argo = await site.flow(name, world, smallBatches);
  const night = await argo.start();
  await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 7);
  await night.signal('stop');
  await night.result();
  return { argo, night: night.firstExecutionRunId };
}

describe('redo', { concurrency: true }, () => {
  it('first shows what the plan of a night that broke off holds, then loads it; how the night ended stays on record', async () => {
    const { argo, night } = await brokenOff('broken-off');
    const plans = new Plans(site.database);
    const before = { documents: await snapshotOf(argo.products, 'argo'), outcome: await plans.outcome(night) };
    await argo.gdac.stop();

    const { preview, message } = await redo(argo, { dryRun: true });
    const untouched = await snapshotOf(argo.products, 'argo');
    const { state, record } = await redo(argo);

    assert.deepEqual([preview?.night, preview?.profiles, preview?.platforms], [night, expected.length, world.floats]);
    assert.deepEqual([preview?.current, preview?.gone], [before.documents.size, 0]);
    assert.equal((preview?.current ?? 0) + (preview?.stale ?? 0), expected.length);
    assert.match(message, new RegExp(`^Night ${night}: ${expected.length} profiles of 9 floats in \\d+ pages\\.`));
    assert.deepEqual(untouched, before.documents);
    assert.equal(state, 'done');
    assert.deepEqual([record?.night, record?.loaded, record?.unchanged], [night, loadable.length, 0]);
    assert.deepEqual(await argo.wrongs(), []);
    assert.deepEqual(await plans.outcome(night), before.outcome);
    assert.ok(before.outcome.pagesOpen > 0);
  });

  it('of an older night loads what its profiles are now, and removes those that are gone', async () => {
    const argo = await site.flow('older', world, smallBatches);
    const first = await argo.start();
    await first.result();
    await argo.gdac.playNight(1);
    await argo.run();
    const [file = ''] = loadable.at(-1)?.files ?? [];
    const [, wmo = ''] = file.split('/');
    await rm(dirname(join(argo.flow.mirror, file)), { recursive: true });

    const { record } = await redo(argo, { night: first.firstExecutionRunId });

    const planned = expected.flatMap(({ key }) => (key.includes(`/${wmo}_`) ? key.slice(key.indexOf('/') + 1) : []));
    const left = await argo.products.collection<StoredDocument>('argo').countDocuments({ _id: { $in: planned } });
    const wrongs = await argo.wrongs();
    assert.equal(left, 0);
    assert.ok((record?.removed ?? 0) >= planned.length);
    assert.ok(
      wrongs.slice(1).every((sentence) => sentence.includes(wmo)),
      wrongs.join('\n'),
    );
  });

  it('goes by the list beside the mirror when the plan is not kept any more', async () => {
    const { argo, night } = await brokenOff('listed');
    for (const [name, filter] of [
      ['plans', { _id: night }],
      ['planPages', { plan: night }],
    ] as const)
      await site.database.book.collection<StoredDocument>(name).deleteMany(filter);

    const { record } = await redo(argo);

    assert.deepEqual([record?.night, record?.seen, record?.loaded], [night, expected.length, loadable.length]);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('of a night that nobody knows says which nights there are', async () => {
    const { argo, night } = await brokenOff('unknown');

    await assert.rejects(redo(argo, { night: 'last-tuesday' }), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(error.cause?.message ?? '', new RegExp(`^Of night last-tuesday no plan and no list is kept.*${night} \\(20`));
      return true;
    });
  });
});
