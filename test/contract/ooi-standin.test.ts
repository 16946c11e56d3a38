import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { openTree } from '../../standins/ooi/tree.ts';
import { accept, asked, dataPath, listed, order } from '../helpers/ooi-facility.ts';

const TREE = fileURLToPath(new URL('../../../shared/data/ooi/server', import.meta.url));
const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const DATA = dataPath(TABLE);
const RANGE = 'beginDT=2023-08-14T00:00:00.000000Z&endDT=2023-09-07T00:00:00.000000Z&format=application/netcdf&limit=-1';

describe('the stand-in of a given tree', { skip: existsSync(TREE) ? false : 'the published sample requests are not here' }, () => {
  let facility: Facility;
  beforeEach(async () => {
    await facility?.stop();
    facility = await startFacility({ world: openTree(TREE), startMs: Date.UTC(2024, 8, 12), speed: 0 });
  });
  after(() => facility.stop());

  it('gives the answers of the tree, one data request after the other, with its own address in them', async () => {
    const estimate = await asked(facility, `${DATA}?${RANGE}&estimate_only=true`);
    const first = await accept(facility, TABLE, `${RANGE}&estimate_only=false`);
    const second = await accept(facility, TABLE, RANGE);

    assert.deepEqual(estimate.body, { requestUUID: '', sizeCalculation: 1113537, timeCalculation: 60, numberOfSubJobs: 2 });
    assert.equal(first.id, '5f0c9a51-3a1e-4d0c-9d68-0c8b4b1f9a01');
    assert.ok([first.catalog, first.directory].every((url) => url.startsWith(facility.url)));
    assert.equal(second.id, '9b1d2a77-6f53-4a0e-8d0f-2f3b8f0f7b02');
    assert.deepEqual(
      facility.requests.map(({ directory }) => directory.slice(0, 8)),
      ['20240912', '20240913'],
    );
    assert.deepEqual(facility.traffic.counts, { estimate: 1, request: 2 });
  });

  it('answers 404 to status.txt, and lists half of the files, until enough of its clock went by', async () => {
    facility.set({ delay: { seconds: 600 } });
    const { catalog, directory } = await accept(facility, TABLE, RANGE);
    const datasets = async () => (await listed(catalog)).filter((name) => name.endsWith('.nc')).length;

    const early = await fetch(`${directory}/status.txt`);
    const fewer = await datasets();
    await order(facility, 'advance', { seconds: 600 });
    const late = await fetch(`${directory}/status.txt`);

    assert.equal(early.status, 404);
    assert.equal(await late.text(), 'complete\n');
    assert.equal(fewer, 3);
    assert.equal(await datasets(), 7);
  });

  it('counts looks at status.txt where so many looks are the delay', async () => {
    facility.set({ delay: { polls: 2 } });
    const { directory } = await accept(facility, TABLE, RANGE);
    const statuses: number[] = [];
    for (let look = 0; look < 3; look += 1) statuses.push((await fetch(`${directory}/status.txt`)).status);
    assert.deepEqual(statuses, [404, 404, 200]);
  });

  it('gives files as they are, and the rest of one to a client that has its beginning', async () => {
    const request = JSON.parse(readFileSync(join(TREE, 'routes.json'), 'utf8')).data_requests[0];
    const path = `async_results/harvester@example.org/${request.request_directory}/${request.data_files[0]}`;
    const bytes = readFileSync(join(TREE, path));

    const whole = await fetch(`${facility.url}/${path}`);
    const etag = whole.headers.get('etag') ?? '';
    const rest = await fetch(`${facility.url}/${path}`, { headers: { range: 'bytes=100-', 'if-range': etag } });
    const other = await fetch(`${facility.url}/${path}`, { headers: { range: 'bytes=100-', 'if-range': '"other"' } });

    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
    assert.equal(rest.status, 206);
    assert.deepEqual(Buffer.from(await rest.arrayBuffer()), bytes.subarray(100));
    assert.equal(other.status, 200);
  });

  it('refuses a wrong token, and a rate that is too high', async () => {
    facility.set({ rateLimit: { requests: 1, perSeconds: 3600, retryAfterSeconds: 7 } });
    const refused = await fetch(`${facility.url}${DATA}?${RANGE}`, { headers: { authorization: 'Basic eDp5' } });
    const limited = await asked(facility, '/api/m2m/12576/sensor/inv/toc');
    assert.equal(refused.status, 401);
    assert.deepEqual([limited.status, limited.retryAfter], [429, '7']);
    assert.deepEqual(facility.requests, []);
  });

  it('fails as often as it is told, and then no more', async () => {
    facility.set({
      faults: [
        { endpoint: 'request', kind: 'status', status: 503, times: 1 },
        { endpoint: 'toc', kind: 'maintenance' },
      ],
    });
    const first = await asked(facility, `${DATA}?${RANGE}`);
    const second = await asked(facility, `${DATA}?${RANGE}`);
    const page = await fetch(`${facility.url}/api/m2m/12576/sensor/inv/toc`);
    assert.deepEqual([first.status, second.status, facility.requests.length], [503, 200, 1]);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<title>[^<]*maintenance/i);
  });

  it('knows how many requests of the interface were under way at once', async () => {
    facility.set({ faults: [{ endpoint: 'toc', kind: 'late', lateMs: 50 }] });
    await Promise.all([1, 2, 3].map(() => asked(facility, '/api/m2m/12576/sensor/inv/toc')));
    assert.equal(facility.traffic.mostAtOnce, 3);
    assert.deepEqual(
      facility.traffic.visits.map(({ status }) => status),
      [200, 200, 200],
    );
  });

  it('ends requests badly when told so', async () => {
    const ends = ['aggregation_failed', 'no_data', 'some_failed'] as const;
    const found: object[] = [];
    for (const outcome of ends) {
      facility.set({ outcomeOf: { [TABLE]: outcome }, answersOf: { [TABLE]: ['A0', 'A0', 'A0'] } });
      const { directory } = await accept(facility, TABLE, RANGE);
      const text = await (await fetch(`${directory}/status.txt`)).text();
      const json = z.record(z.string(), z.unknown()).parse(await (await fetch(`${directory}/status.json`)).json());
      const codes = Object.values(json).map((value) => (typeof value === 'object' ? Reflect.get(value ?? {}, 'code') : value));
      found.push({ isComplete: text === 'complete\n', codes });
    }
    assert.deepEqual(found, [
      { isComplete: false, codes: [] },
      { isComplete: true, codes: [404, 404] },
      { isComplete: true, codes: ['complete', 500] },
    ]);
  });

  it('breaks off, shortens and replaces downloads', async () => {
    const { directory } = await accept(facility, TABLE, RANGE);
    const listing = await (await fetch(directory)).text();
    const name = /deployment0009_\S*?\.nc(?=")/.exec(listing)?.[0] ?? '';
    const get = () => fetch(`${directory}/${name}`).then((response) => response.arrayBuffer());
    const whole = (await get()).byteLength;

    facility.set({ faults: [{ endpoint: 'file', kind: 'cut' }] });
    await assert.rejects(get());
    facility.set({ faults: [{ endpoint: 'file', kind: 'truncated' }] });
    assert.equal((await get()).byteLength, Math.floor(whole * 0.6));
    facility.set({ faults: [{ endpoint: 'file', kind: 'html' }] });
    assert.match(Buffer.from(await get()).toString(), /^<!DOCTYPE html>/);
    facility.set({ faults: [{ kind: 'slow', bytesPerSecond: 4 * whole }] });
    assert.equal((await get()).byteLength, whole);
    await order(facility, 'expire', { of: TABLE });
    facility.set({ faults: [] });
    assert.equal((await fetch(`${directory}/${name}`)).status, 404);
  });
});
