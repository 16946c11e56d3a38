import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, rmSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Failure } from '../../src/errors.ts';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { RefreshInput, RefreshWorkflow } from '../../workflows/ooi/refresh.ts';
import type { RollbackWorkflow } from '../../workflows/ooi/rollback.ts';
import type { VerifyStreamWorkflow } from '../../workflows/ooi/verify.ts';
import { order } from '../helpers/ooi-facility.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { madeInput } from '../helpers/series.ts';
import { free } from '../helpers/series-cases.ts';
import { filesIn, type Site, startSite, untilProgress } from '../helpers/site.ts';

const options = { ...SERIES_DEFAULTS, seed: 9, streams: 1, deploymentDays: 3, rowsPerFile: 60 };
const world = generatedWorld(options);
const [TABLE = ''] = streamsOf(options).keys();

describe('a refresh of a stream', () => {
  let site: Site;
  let facility: Facility;
  let stream: StreamSite;
  before(async () => {
    facility = await startFacility({ world, startMs: clockAt(options, 2) });
    site = await startSite();
    await site.worker(OOI_WORKER);
    stream = streamFlow(site, facility, 'ctd', TABLE, { upstream: { look: '1h' }, lookBack: '1h' });
    await (await stream.start()).result();
    await stream.refresh().result();
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  const refresh = (input: Partial<RefreshInput> = {}) =>
    site.client.workflow.start<RefreshWorkflow>('refresh', {
      taskQueue: 'landfall',
      workflowId: 'refresh/ctd',
      args: [{ flow: 'ctd', ...input }],
    });
  const live = (): string => realpathSync(join(stream.place, TABLE));
  const expected = (): Readonly<Record<string, string>> => {
    const { columns } = world.expectedRows(TABLE, facility.requests);
    const digest = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): string =>
      createHash('sha256')
        .update(Buffer.from(buffer, byteOffset, byteLength))
        .digest('hex');
    return Object.fromEntries([...columns].map(([name, { values }]) => [name, digest(values)]));
  };

  it('goes on beside daily appends, has them in it when it is published, and keeps the old generation', async () => {
    const old = live();
    facility.clock.advance(86_400);
    facility.set({ delay: 'never' });
    const run = await refresh({ force: true });
    await untilProgress(run, ({ phase, says }) => phase === 'wait' && says !== null);
    const [before] = facility.requests.slice(-1);
    facility.clock.advance(86_400);
    facility.set({ delay: { seconds: 0 } });
    const appended = await (await stream.start()).result();
    const between = await stream.digests();
    await run.signal('retry');

    const { state, record, message } = await run.result();

    assert.equal(appended.state, 'done');
    assert.equal(state, 'published');
    assert.ok(before !== undefined && facility.requests.length === 3);
    assert.equal(Array.isArray(record.replayed) && record.replayed.length, 1);
    assert.match(message, /1 append that came meanwhile is in it\. Against .*; the report is .*report\.html\.$/);
    assert.notEqual(live(), old);
    assert.ok(existsSync(old));
    assert.deepEqual(await stream.digests(), expected());
    assert.equal(Object.keys(between).length, Object.keys(await stream.digests()).length);
    assert.equal(await filesIn(join(site.home, 'spool', 'ctd')), 0, 'nothing stays in the spool');
  });

  it('is started by a harvest that is told so, under an id of its own, and goes on by itself', async () => {
    const old = live();
    facility.clock.advance(86_400);

    const harvested = await (await stream.start({ refresh: true, force: true })).result();
    const refreshed = await stream.refresh().result();

    assert.equal(harvested.state, 'refresh');
    assert.match(
      harvested.message,
      new RegExp(
        `^A refresh was asked for\\. It goes on by itself as refresh/${TABLE}\\. Watch it with: landfall watch ctd --job refresh\\.$`,
      ),
    );
    assert.equal(refreshed.state, 'published');
    assert.notEqual(live(), old);
    assert.deepEqual(await stream.digests(), expected());
  });

  for (const { what, isExpired, taken } of [
    { what: 'that is fetched again', isExpired: false, taken: [] },
    { what: 'that the facility does not have any more is taken from the live store', isExpired: true, taken: [/results .* no longer/] },
  ])
    it(`has appends in it whose files are gone: one ${what}`, async () => {
      facility.clock.advance(86_400);
      facility.set({ delay: 'never' });
      const run = await refresh({ force: true });
      await untilProgress(run, ({ phase, says }) => phase === 'wait' && says !== null);
      facility.clock.advance(86_400);
      facility.set({ delay: { seconds: 0 } });
      const appended = await (await stream.start()).result();
      const [{ directory = '' } = {}] = facility.requests.slice(-1);
      await rm(join(site.home, 'spool', 'ctd'), { recursive: true });
      if (isExpired) await order(facility, 'expire', { of: directory });
      await run.signal('retry');

      const { state, record, message } = await run.result();

      assert.deepEqual([appended.state, state, Array.isArray(record.replayed) && record.replayed.length], ['done', 'published', 1]);
      const fromLive: readonly unknown[] = Array.isArray(record.fromLive) ? record.fromLive : assert.fail('it says what was taken');
      assert.equal(fromLive.length, taken.length);
      for (const [at, why] of taken.entries()) assert.match(String(fromLive[at]), why);
      assert.equal(/1 of them were taken from the live store/.test(message), isExpired);
      assert.deepEqual(await stream.digests(), expected());
    });

  it('asks before it publishes less than there is, and leaves the live store when it is stopped', async () => {
    const before = { at: live(), digests: await stream.digests() };
    const run = await refresh({ force: true, end: new Date(clockAt(options, 2)).toISOString() });
    const { says } = await untilProgress(run, ({ health }) => health === 'asks');
    await run.signal('stop');

    const { state } = await run.result();

    assert.equal(state, 'stopped');
    assert.match(
      says ?? '',
      /^The new series is not published unasked: .* The live store is as it was\. Look again with: landfall retry \w+ --job refresh\. Accept it with: .* --force /,
    );
    assert.deepEqual({ at: live(), digests: await stream.digests() }, before);
  });

  it('publishes less when that is accepted beforehand, and is rolled back with one command, even when it opens no more', async () => {
    const before = { at: live(), digests: await stream.digests() };
    const shorter = await (await refresh({ force: true, accept: ['shorter'], end: new Date(clockAt(options, 2)).toISOString() })).result();
    const after = live();
    truncateSync(join(after, '.zmetadata'), 10);
    const rollback = (input: object = {}) =>
      site.client.workflow.execute<RollbackWorkflow>('rollback', {
        taskQueue: 'landfall',
        workflowId: 'rollback/ctd',
        args: [{ flow: 'ctd', ...input }],
      });
    const back = await rollback();
    await assert.rejects(rollback({ generation: basename(after) }), (error) => /\.zmetadata/.test(String(Object(error).cause?.message)));

    const { book } = site.database;
    const [noted, status] = [
      await book.collection('ooiHistory').findOne({ event: 'rollback' }),
      await book.collection('ooiStatus').findOne(),
    ];

    assert.deepEqual([shorter.state, back.state], ['published', 'published']);
    assert.equal(noted?.subject, back.record.generation);
    assert.ok(String(status?.store.last) > new Date(clockAt(options, 2)).toISOString());
    assert.notEqual(after, before.at);
    assert.deepEqual({ at: live(), digests: await stream.digests() }, before);
  });

  it('asks about files that could not be read, and publishes when a person says so', async () => {
    facility.set({ defectsOf: { [TABLE]: [{ file: -1, kind: 'truncated' }] } });
    const run = await refresh({ force: true });
    const { says } = await untilProgress(run, ({ health }) => health === 'asks');
    await run.signal('retry', { force: true });

    const { state, record } = await run.result();

    facility.reset();
    assert.match(says ?? '', /1 file was left out/);
    assert.equal(state, 'published');
    assert.match(String(record.leftOut), /nc: unreadable/);
    assert.equal(Array.isArray(record.owed) && record.owed.length, 1);
  });

  it('takes a finished request a second time only while its results are there', async () => {
    const again = async () => (await (await refresh({ request: 'reuse', dryRun: true })).result()).message;
    const [{ directory = '' } = {}] = facility.requests.slice(-1);
    const before = await again();
    await order(facility, 'expire', { of: directory });

    const after = await again();

    assert.match(before, /A finished request covers the range\. It is /);
    assert.match(after, /Asks for 20/);
  });

  it('ends first what a harvest that died had begun to change', async () => {
    const objects = await openDisk({ folder: stream.place });
    const dying: ObjectStore = {
      ...objects,
      async copy(from, to, copying) {
        await objects.copy(from, to, copying);
        throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
      },
    };
    const store = openSeriesStore({ objects: dying, disk: { folder: stream.place }, table: TABLE, publish: 'link', codec: 'zstd' });
    const { firstTime } = (await store.live())?.state ?? {};
    const between = madeInput({ id: 'died', at: 0, times: [Number(firstTime) + 0.25], columns: { lat: { type: '<f8', values: [7] } } });
    await assert.rejects(store.append(between, free), { code: 'killed' });

    const { state, record } = await (await refresh({ force: true, accept: ['shorter'] })).result();

    assert.deepEqual([state, Object(record).difference.rowsGone], ['published', 1]);
    assert.deepEqual(await stream.digests(), expected());
  });

  it('brings what was owed with the next append, and the whole store is then as the facility has it', async () => {
    facility.clock.advance(86_400);
    const { state, record } = await (await stream.start({ force: true, start: new Date(options.beginMs).toISOString() })).result();
    const verified = await site.client.workflow.execute<VerifyStreamWorkflow>('verify', {
      taskQueue: 'landfall',
      workflowId: 'verify/ctd',
      args: [{ flow: 'ctd', slabs: 4, seed: 1 }],
    });

    assert.equal(state, 'done');
    assert.deepEqual(record.owed, []);
    assert.deepEqual([verified.state, verified.record.findings], ['done', []]);
    assert.equal(verified.record.compared, 4);
    assert.ok(Number(verified.record.rowsCompared) > 40);
    assert.ok(readdirSync(join(stream.place, `${TABLE}.generations`)).length > 3);
  });

  it('notes as many rows as it published, also those of an append that came while it asked', async () => {
    const store = openSeriesStore({
      objects: await openDisk({ folder: stream.place }),
      disk: { folder: stream.place },
      table: TABLE,
      publish: 'link',
      codec: 'zstd',
    });
    facility.clock.advance(86_400);
    await (await stream.start({ force: true })).result();
    const run = await refresh({ force: true, end: new Date(clockAt(options, 2)).toISOString() });
    await untilProgress(run, ({ health }) => health === 'asks');
    facility.clock.advance(86_400);
    const appended = await (await stream.start({ force: true })).result();
    await run.signal('retry', { force: true });

    const { state, record } = await run.result();

    assert.deepEqual([appended.state, state, Array.isArray(record.replayed) && record.replayed.length], ['done', 'published', 1]);
    assert.equal(record.rows, (await store.live())?.state.length);
  });

  const HARMS: Readonly<Record<string, (root: string) => void>> = {
    'whose documents are cut': (root) => truncateSync(join(root, '.zmetadata'), 10),
    'that lost a chunk of time': (root) => rmSync(join(root, 'time', '0')),
    'that lost its record': (root) => rmSync(join(`${root}.landfall`, 'state.json')),
    'that lost a part of its record': (root) => rmSync(join(`${root}.landfall`, 'rows', '0')),
    'that is gone': (root) => rmSync(root, { recursive: true }),
  };
  for (const [what, harm] of Object.entries(HARMS))
    it(`puts a whole series in the place of one ${what}, when a person says so`, async () => {
      facility.set({ defectsOf: {} });
      harm(live());
      const run = await refresh({ force: true });
      const { says } = await untilProgress(run, ({ health }) => health === 'asks' || health === 'failed');
      await run.signal('retry', { force: true });

      const { state, message } = await run.result();

      assert.equal(says?.split('The live store cannot be read, and nobody can tell whether it had more.').length, 2, says ?? 'nothing');
      assert.equal(state, 'published', message);
      assert.deepEqual(await stream.digests(), expected());
    });
});
