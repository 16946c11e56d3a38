import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { execa } from 'execa';
import { z } from 'zod';
import { repeated } from '../../standins/ooi/desk.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS, seriesSchema } from '../../standins/ooi/series/options.ts';
import { requestSchema } from '../../standins/ooi/state.ts';
import { accept, asked, dataPath, listed, order } from '../helpers/ooi-facility.ts';

const OPTIONS = { ...SERIES_DEFAULTS, streams: 40 };
const ALL = 'beginDT=2025-01-01T00:00:00.000000Z&endDT=2030-01-01T00:00:00.000000Z&limit=-1';
const LATER = 'beginDT=2029-01-01T00:00:00.000000Z&endDT=2030-01-01T00:00:00.000000Z';
const readySchema = z.object({ url: z.url(), user: z.string(), token: z.string(), series: seriesSchema });
const requestsSchema = z.array(requestSchema);
const timesSchema = z.array(z.object({ endTime: z.iso.datetime(), count: z.int() }));

describe('the stand-in of generated streams', () => {
  const world = generatedWorld(OPTIONS);
  const [table = '', other = ''] = world.streams.keys();
  let folder: string;
  let facility: Facility;
  const start = () => startFacility({ world: generatedWorld(OPTIONS), startMs: clockAt(OPTIONS, 20), speed: 0, folder });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-ooi-'));
    facility = await start();
  });
  afterEach(async () => {
    await facility.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('lists, of a request, what it gives: data, what comes with them, and files of an instrument beside', async () => {
    const { catalog, directory, id } = await accept(facility, table, ALL);
    const names = await listed(catalog);
    const [data, beside] = [table, 'do_stable_sample'].map((part) => names.filter((name) => name.includes(part) && name.endsWith('.nc')));
    const statuses = await Promise.all(names.map(async (name) => (await fetch(`${directory}/${name}`)).status));

    assert.ok((data?.length ?? 0) >= 5 && beside?.length === 2, names.join('\n'));
    assert.ok(statuses.every((status) => status === 200));
    assert.deepEqual([...names].toSorted().toReversed().slice(0, 2), ['status.txt', 'status.json']);
    assert.equal(facility.requests[0]?.id, id);
  });

  it('says that there are no data, no such stream, and too many particles', async () => {
    const answers = await Promise.all([
      asked(facility, `${dataPath(table)}?${LATER}&estimate_only=true`),
      asked(facility, `${dataPath(table)}?${ALL.replace('-1', '20001')}`),
      asked(facility, `${dataPath(table)}?${ALL.replace('-1', '5')}`),
    ]);
    const unknown = await fetch(`${facility.url}${dataPath(table)}x?${ALL}`, { headers: { authorization: basic(facility) } });

    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 413, 200],
    );
    assert.equal(unknown.status, 404);
    assert.equal(z.array(z.object({ time: z.number(), deployment: z.literal(1) })).parse(answers[2]?.body).length, 5);
    assert.deepEqual(facility.requests, []);
  });

  it('goes on as its clock does', async () => {
    const path = dataPath(table).split('/').slice(0, -2).join('/');
    const times = async () => timesSchema.parse((await asked(facility, `${path}/metadata/times`)).body)[0];
    const before = await times();
    await order(facility, 'advance', { seconds: 86_400 });
    const after = await times();
    assert.ok(Date.parse(after?.endTime ?? '') - Date.parse(before?.endTime ?? '') > 80_000_000);
    assert.ok((after?.count ?? 0) > (before?.count ?? 0));
  });

  it('leaves out the newest file, and says which range, where a sub-job failed', async () => {
    const whole = await listed((await accept(facility, table, ALL)).catalog);
    facility.set({ outcomeOf: { [table]: 'some_failed' }, defectsOf: { [table]: [{ file: 0, kind: 'html' }] } });
    const { catalog, directory } = await accept(facility, table, ALL);
    const names = await listed(catalog);
    const missing = whole.filter((name) => !names.includes(name));
    const status = z.record(z.string(), z.unknown()).parse(await (await fetch(`${directory}/status.json`)).json());
    const failed = Object.entries(status).filter(([, value]) => value !== 'complete');
    const [first = ''] = names.filter((name) => name.includes(`_${table}_`) && name.endsWith('.nc')).toSorted();

    assert.equal(missing.length, 1);
    assert.equal(failed.length, 1);
    const [begins, start] = [failed[0]?.[0], missing[0]?.slice(16 + table.length)].map((text) => text?.split('-')[0] ?? '');
    assert.ok((begins ?? '9') <= (start ?? ''));
    assert.match(await (await fetch(`${directory}/${first}`)).text(), /^<!DOCTYPE html>/);
    const requests = facility.requests;
    assert.ok(world.expectedRows(table, requests.slice(1)).rows < world.expectedRows(table, requests.slice(0, 1)).rows);
  });

  it('remembers over a restart what it accepted and what its clock showed', async () => {
    await order(facility, 'advance', { seconds: 3600 });
    const { directory } = await accept(facility, table, ALL);
    const [shown, requests, name] = [facility.clock.now(), facility.requests, directory.slice(directory.lastIndexOf('/'))];
    await facility.stop();

    facility = await start();

    assert.equal(facility.clock.now(), shown);
    assert.deepEqual(facility.requests, requests);
    assert.equal((await fetch(`${facility.url}/async_results/${facility.world.user}${name}/status.txt`)).status, 200);
  });

  it('knows who asked twice for one range', async () => {
    await accept(facility, table, ALL);
    await accept(facility, other, ALL);
    assert.deepEqual(repeated(facility.requests), []);
    await accept(facility, other, ALL);
    assert.deepEqual(repeated(facility.requests), [other]);
    assert.equal(new Set(facility.requests.map(({ directory }) => directory)).size, 3);
  });

  it('has a gold copy of every stream, listed in ascending order', async () => {
    const catalog = `${facility.url}/thredds/catalog/ooigoldcopy/public/${table}/catalog.xml`;
    const names = await listed(catalog);
    const file = await fetch(
      `${facility.url}/thredds/fileServer/ooigoldcopy/public/${table}/${names.find((name) => name.endsWith('.nc'))}`,
    );
    assert.deepEqual(names, names.toSorted());
    assert.equal(
      Buffer.from(await file.arrayBuffer())
        .subarray(1, 4)
        .toString(),
      'HDF',
    );
  });

  it('waits as long as it is told with one stream, and answers the others', async () => {
    facility.set({ delayOf: { [table]: 'never' } });
    const [slow, fast] = [await accept(facility, table, ALL), await accept(facility, other, ALL)];
    const look = async ({ directory }: { readonly directory: string }) => (await fetch(`${directory}/status.txt`)).status;
    assert.deepEqual([await look(slow), await look(fast)], [404, 200]);
    await order(facility, 'finish', { of: table });
    assert.equal(await look(slow), 200);
  });
});

describe('the stand-in as a process of its own', () => {
  it('says where it is, answers, lets another process say what a store must hold, and ends with its parent', async () => {
    const child = execa({
      node: true,
      buffer: { stdout: false },
    })`standins/ooi/main.ts --streams 2 --speed 0 --hosts real --until-stdin-ends`;
    const lines = createInterface({ input: child.stdout });
    const [line] = await once(lines, 'line');
    const { series, ...address } = readySchema.parse(JSON.parse(line));
    const world = generatedWorld(series);
    const [table = ''] = world.streams.keys();

    const { directory } = await accept(address, table, ALL);
    const requests = requestsSchema.parse(await (await fetch(`${address.url}/standin/requests`)).json());
    child.stdin.end();
    const { exitCode } = await child;

    assert.match(directory, /^https:\/\/downloads-west\.oceanobservatories\.org\/async_results\//);
    assert.ok(world.expectedRows(table, requests).rows > 3_000);
    assert.equal(exitCode, 0);
  });
});

const basic = ({ user, token }: Facility): string => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
