import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { ReloadWorkflow } from '../../workflows/argo/reload.ts';
import { type FlowSite, type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 41, floats: 9, cyclesPerFloat: 7 };
const expected = [...expectedProfiles(world, 0)];
const [{ key: firstKey } = assert.fail()] = expected.filter(({ outcome }) => outcome.state === 'document');

/** How many runs the chain of a workflow has had. */
async function runsOf(site: Site, workflowId: string): Promise<number> {
  return (await Array.fromAsync(site.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))).length;
}

describe('a run whose history grows long', () => {
  let site: Site;
  let argo: FlowSite;
  let night: Night;
  before(async () => {
    // The server suggests going on as new after so many events; the usual number is a hundred times that.
    site = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '40' } });
    await site.worker();
    argo = await site.flow('long', world, { load: { batch: 6, width: 2 } });
  });
  after(() => site.stop());

  it('goes on as new, keeps its lease and its messages, and ends as one run', async () => {
    night = await argo.start();
    await untilProgress(night, ({ phase }) => phase === 'load' || phase === 'plan');
    await night.executeUpdate('retryItems', { args: [{ items: [firstKey] }] });
    await night.signal('setWidth', 3);
    const progress = await untilProgress(
      site.client.workflow.getHandle(night.workflowId),
      ({ phase, done }) => phase === 'load' && done > 20,
    );
    const second = await argo.start({}, 'mirror/long-2');
    await assert.rejects(second.result());

    const { state, record } = await night.result();

    const lease = await site.database.book.collection<{ _id: string; epoch: number }>('leases').findOne({ _id: 'long' });
    assert.equal(state, 'done');
    assert.ok(record !== null && addsUp(record), JSON.stringify(record));
    assert.deepEqual([record.seen, record.run], [expected.length, night.firstExecutionRunId]);
    assert.deepEqual([progress.width, progress.total], [3, expected.length]);
    assert.equal(record.retried?.loaded, 1);
    assert.equal(lease?.epoch, 1);
    assert.ok((await runsOf(site, 'mirror/long')) >= 3, 'it went on as new more than once');
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('that reloads named profiles adds up over all its parts', async () => {
    const items = expected.map(({ key }) => key);

    const result = await site.client.workflow.execute<ReloadWorkflow>('reload', {
      taskQueue: 'landfall',
      workflowId: 'reload/long',
      args: [{ flow: 'long', items }],
    });

    assert.equal(result.state, 'done');
    assert.equal(result.loaded + result.rejected, expected.length);
    assert.ok((await runsOf(site, 'reload/long')) >= 2, 'it went on as new');
    assert.deepEqual(await argo.wrongs(), []);
  });
});
