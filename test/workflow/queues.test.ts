import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { RebuildWorkflow } from '../../workflows/argo/rebuild.ts';
import { until } from '../helpers/processes.ts';
import { type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';
import type { WorkerProcess } from '../helpers/worker.ts';

const world = { seed: 61, floats: 4, cyclesPerFloat: 6 };
const profiles = [...expectedProfiles(world, 0)].length;
const shim = fileURLToPath(new URL('../../tools/landfall.js', import.meta.url));

/** The activities a run waits for now, as `<activity> <state>`. */
const pendingOf = async (night: Night): Promise<readonly string[]> =>
  ((await night.describe()).raw.pendingActivities ?? []).map(
    ({ activityType, state }) => `${activityType?.name} ${state === 1 ? 'waits' : 'runs'}`,
  );

/** The worker processes that loaded pages of a run. */
async function handsOf(run: Pick<Night, 'fetchHistory'>): Promise<ReadonlySet<string>> {
  const { events } = await run.fetchHistory();
  const loads = (events ?? []).filter(({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === 'argo.loadPage');
  const ids = new Set(loads.map(({ eventId }) => String(eventId)));
  const started = (events ?? []).flatMap(({ activityTaskStartedEventAttributes: task }) => (task == null ? [] : [task]));
  return new Set(started.filter(({ scheduledEventId }) => ids.has(String(scheduledEventId))).map(({ identity }) => identity ?? ''));
}

describe('workers that serve some of the queues', () => {
  let site: Site;
  let first: WorkerProcess;
  before(async () => {
    site = await startSite();
    first = await site.worker({}, ['--queues', 'control,transfer']);
  });
  after(() => site.stop());

  it('do the work of theirs alone: a night is copied and waits, and goes on when landfall worker serves the queue that is missing', async () => {
    const argo = await site.flow('parts', world);
    const night = await argo.start();
    await untilProgress(night, ({ phase }) => phase === 'load');
    await until(async () => (await pendingOf(night)).includes('argo.loadPage waits'));
    const home = await argo.products.collection('argo').countDocuments();
    const started = first.log().find(({ event }) => event === 'worker_ready');

    const child = spawn(process.execPath, [shim, 'worker', '--queues', 'load', '--home', site.home], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const { record } = await night.result();
    child.kill('SIGTERM');
    const [code] = await ended;

    assert.deepEqual(started?.queues, ['landfall', 'landfall-transfer']);
    assert.equal(home, 0);
    assert.equal(record?.seen, profiles);
    assert.equal(code, 0);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('are any number: two that load share the pages of one rebuild', async () => {
    const argo = await site.flow('shared', world, { load: { batch: 2, width: 2 } });
    const night = await argo.start();
    await untilProgress(night, ({ phase }) => phase === 'load');
    const two = await Promise.all([1, 2].map(() => site.worker({ LANDFALL_CAPACITY_LOAD: '1' }, ['--queues', 'load'])));
    await night.result();

    const rebuild = await site.client.workflow.start<RebuildWorkflow>('rebuild', {
      taskQueue: 'landfall',
      workflowId: 'rebuild/shared',
      args: [{ flow: 'shared' }],
    });
    const { record } = await rebuild.result();
    const hands = await handsOf(rebuild);
    await Promise.all(two.map((worker) => worker.stop()));

    assert.deepEqual([record?.planned, record?.isWhole], [profiles, true]);
    assert.equal(hands.size, 2);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('of one host take the work of flows that only it can do, and no other', async () => {
    const argo = await site.flow('far', world, { queueSuffix: 'beamline3' });
    const night = await argo.start();
    await until(async () => (await pendingOf(night)).includes('argo.listChanges waits'));

    await site.worker({}, ['--queues', 'transfer,load', '--suffix', 'beamline3']);
    const { record } = await night.result();

    assert.equal(record?.seen, profiles);
    assert.deepEqual(await argo.wrongs(), []);
  });
});
