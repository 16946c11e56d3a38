import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, Connection, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { type Embedded, startEmbedded } from '../../src/embedded/embedded.ts';
import { type Command, commandIn, type Ended } from '../helpers/command.ts';
import { until } from '../helpers/processes.ts';
import { room } from '../helpers/room.ts';

describe('landfall apply', () => {
  let folder: string;
  let embedded: Embedded;
  let connection: Connection;
  let client: Client;
  let mongo: MongoClient;
  let landfall: Command;
  before(async () => {
    folder = mkdtempSync(join(room, 'landfall-apply-'));
    embedded = await startEmbedded({ home: join(folder, 'home'), report: () => undefined });
    const { temporalAddress, mongodbUri } = embedded.endpoints;
    connection = await Connection.connect({ address: temporalAddress });
    client = new Client({ connection });
    mongo = await MongoClient.connect(mongodbUri);
    // Servers named by settings, as those of a deployment are: nothing is looked up in a home.
    landfall = commandIn(folder, { TEMPORAL_ADDRESS: temporalAddress, MONGODB_URI: mongodbUri });
    mkdirSync(join(folder, 'flows'));
  });
  after(async () => {
    await connection.close();
    await mongo.close();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes a flow file; no times leaves the flow without a schedule. */
  const write = (name: string, cron: string | null): void =>
    writeFileSync(
      join(folder, 'flows', `${name}.yaml`),
      JSON.stringify({
        name,
        kind: 'argo',
        upstream: { rsync: 'host::m/' },
        mirror: name,
        database: `products-${name}`,
        schedules: { mirror: cron, audit: null, verify: null },
      }),
    );
  const scheduleOf = (flow: string): Promise<ScheduleDescription> => client.schedule.getHandle(`mirror/${flow}`).describe();
  const isGone = (flow: string): Promise<void> => assert.rejects(scheduleOf(flow), ScheduleNotFoundError);
  const changesIn = (ended: Ended) => Object(ended.json()).changes;
  const scheduleChanges = (ended: Ended): readonly string[] =>
    changesIn(ended).schedules.map(
      ({ kind, id, schedule }: { kind: string; id?: string; schedule?: { id: string } }) => `${kind} ${id ?? schedule?.id}`,
    );
  const hour = async (flow: string): Promise<number | undefined> => (await scheduleOf(flow)).spec.calendars?.[0]?.hour[0]?.start;

  it('makes collections and a schedule once; what is there is left alone', async () => {
    write('argo', '0 6 * * *');

    const shown = await landfall('diff --json');
    const first = await landfall('apply --json');
    const second = await landfall('apply');

    const { action, state, policies } = await scheduleOf('argo');
    assert.deepEqual(changesIn(first), changesIn(shown));
    assert.deepEqual(scheduleChanges(first), ['create mirror/argo']);
    assert.match(second.stdout, /\nNothing to change: 1 flow, /);
    assert.deepEqual(
      [action.workflowType, action.workflowId, action.taskQueue, action.args],
      ['mirror', 'mirror/argo', 'landfall', [{ flow: 'argo' }]],
    );
    assert.deepEqual([state.paused, policies.overlap, await hour('argo')], [false, 'SKIP', 6]);
  });

  it('changes a time in place, and keeps what operators set: a pause, a note, a jitter, a policy', async () => {
    const handle = client.schedule.getHandle('mirror/argo');
    await handle.update((now) => ({
      ...now,
      spec: { ...now.spec, jitter: '1 minute' },
      policies: { ...now.policies, pauseOnFailure: true },
    }));
    await handle.pause('The centre moves its server');
    const before = await scheduleOf('argo');
    const unchanged = await landfall('apply --json');
    write('argo', '30 7 * * 1');

    const applied = await landfall('apply');

    const { state, policies, spec, info } = await scheduleOf('argo');
    assert.deepEqual(scheduleChanges(unchanged), [], 'what operators may set is no difference');
    assert.match(applied.stdout, /^~ schedule mirror\/argo from "0 6 \* \* \*" to "30 7 \* \* 1" UTC\n/);
    assert.deepEqual([state.paused, state.note], [true, 'The centre moves its server']);
    assert.deepEqual([policies.pauseOnFailure, spec.jitter, await hour('argo')], [true, 60_000, 7]);
    assert.deepEqual(info.createdAt, before.info.createdAt, 'it is the same schedule, with its past');
  });

  it('puts right what was changed by hand: when it starts, and what', async () => {
    await client.schedule.getHandle('mirror/argo').update((now) => ({ ...now, spec: { intervals: [{ every: '1 hour' }] } }));
    const times = await landfall('apply --json');
    await client.schedule
      .getHandle('mirror/argo')
      .update((now) => ({ ...now, action: { ...now.action, args: [{ flow: 'argo', force: true }] } }));

    const action = await landfall('apply --json');

    const now = await scheduleOf('argo');
    assert.deepEqual([scheduleChanges(times), scheduleChanges(action)], [['update mirror/argo'], ['update mirror/argo']]);
    assert.deepEqual([now.spec.intervals, await hour('argo'), now.action.args], [[], 7, [{ flow: 'argo' }]]);
  });

  it('finds at once what it made a moment ago: a schedule that becomes null is deleted, one that comes back is made', async () => {
    write('quick', '0 1 * * *');
    const made = await landfall('apply --json');
    write('quick', null);
    const deleted = await landfall('apply --json');
    write('quick', '0 2 * * *');

    const back = await landfall('apply --json');

    assert.deepEqual([made, deleted, back].map(scheduleChanges), [
      ['create mirror/quick'],
      ['delete mirror/quick'],
      ['create mirror/quick'],
    ]);
    assert.equal(await hour('quick'), 2);
  });

  it('deletes the schedule of a flow whose file is gone, and none of its collections', async () => {
    const collections = async () => (await mongo.db('products-quick').listCollections().toArray()).map(({ name }) => name).toSorted();
    const before = await collections();
    await until(async () => (await Array.fromAsync(client.schedule.list())).some(({ scheduleId }) => scheduleId === 'mirror/quick'));
    rmSync(join(folder, 'flows', 'quick.yaml'));

    const shown = await landfall('diff');
    const applied = await landfall('apply --json');

    assert.match(shown.stdout, /^- schedule mirror\/quick: no flow file wants it any more\n/);
    assert.deepEqual(scheduleChanges(applied), ['delete mirror/quick']);
    await isGone('quick');
    assert.deepEqual(await collections(), before);
    assert.ok(before.includes('argo') && before.includes('argoMeta'));
  });

  it('leaves schedules of others alone: of another deployment, or made by hand; one that is in the way is named', async () => {
    const action = { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other', workflowId: 'other' } as const;
    await client.schedule.create({ scheduleId: 'mirror/mine', spec: { cronExpressions: ['0 0 1 1 *'] }, action });
    write('mine', '0 3 * * *');

    const inTheWay = await landfall('apply');
    const theirs = await landfall('apply --json', { LANDFALL_DATABASE: 'elsewhere' });

    assert.equal(inTheWay.exit, 1);
    assert.match(
      inTheWay.stdout,
      /\n! schedule mirror\/mine was not made by this deployment, and is left alone\. Give the flow another name, /,
    );
    assert.equal((await scheduleOf('mine')).action.workflowType, 'other');
    assert.deepEqual([theirs.exit, scheduleChanges(theirs)], [1, []]);
    assert.deepEqual(Object(theirs.json()).taken, ['mirror/argo', 'mirror/mine']);
    assert.equal(await hour('argo'), 7);
    rmSync(join(folder, 'flows', 'mine.yaml'));
  });

  it('may be called twice at the same moment', async () => {
    write('twin', '0 4 * * *');
    const settings = { LANDFALL_DATABASE: 'twins' };
    rmSync(join(folder, 'flows', 'argo.yaml'));

    const both = await Promise.all([landfall('apply --json', settings), landfall('apply --json', settings)]);
    const after = await landfall('apply --json', settings);

    assert.deepEqual(
      both.map(({ exit, stderr }) => [exit, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.deepEqual(changesIn(after), { collections: [], schedules: [] });
    assert.equal(await hour('twin'), 4);
    assert.equal(await hour('argo'), 7, 'another deployment');
  });

  it('says in a sentence that the namespace is not there', async () => {
    const { exit, stderr } = await landfall('diff', { TEMPORAL_NAMESPACE: 'nowhere' });

    assert.equal(exit, 2);
    assert.equal(stderr, 'Temporal has no namespace "nowhere". Make it, or correct TEMPORAL_NAMESPACE.');
  });
});
