import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Failure, isFailure } from '../../src/errors.ts';
import { annotationsOf } from '../../src/ooi/m2m/annotations.ts';
import { tableOfContents, timesOfStream } from '../../src/ooi/m2m/inventory.ts';
import { poll } from '../../src/ooi/m2m/poll.ts';
import { askForData, estimate } from '../../src/ooi/m2m/request.ts';
import { streamDetails } from '../../src/ooi/m2m/stream-details.ts';
import { isOoiDataThere, OOI_DATA, WITHOUT_OOI_DATA } from '../golden/ooi-data.ts';
import { OoiServer } from '../helpers/ooi-server.ts';

const skip = isOoiDataThere ? false : WITHOUT_OOI_DATA;
const ctd = { instrument: 'CE02SHBP-LJ01D-06-CTDBPN106', method: 'streamed', stream: 'ctdbp_no_sample' } as const;
const table = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const range = { begin: '2023-08-14T00:00:07.413564Z', end: '2023-09-06T22:52:37.6666864Z' };
const never = new AbortController().signal;
const sample = (file: string): string => (isOoiDataThere ? readFileSync(join(OOI_DATA, 'server', file), 'utf8') : '');

async function failure(asking: Promise<unknown>): Promise<Failure> {
  const error: unknown = await asking.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isFailure(error), String(error));
  return error;
}

describe('the interface of the facility', { skip }, () => {
  let server: OoiServer;
  beforeEach(async () => {
    server = new OoiServer();
    await server.start();
  });
  afterEach(() => server.stop());

  it('says what there is of a stream, and nothing of a stream that it does not have', async () => {
    const times = await timesOfStream(server.facility(), ctd, never);
    const none = await timesOfStream(server.facility(), { ...ctd, stream: 'ctdbp_no_other' }, never);
    const unknown = await timesOfStream(server.facility(), { ...ctd, instrument: 'CE02SHBP-LJ01D-06-CTDBPN107' }, never);

    assert.deepEqual(times, {
      stream: 'ctdbp_no_sample',
      method: 'streamed',
      count: 9104233,
      beginTime: '2023-08-14T00:00:07.413Z',
      endTime: '2023-09-04T15:52:37.699Z',
    });
    assert.deepEqual([none, unknown], [null, null]);
  });

  it('lists its instruments, the parameters of a stream, and annotations', async () => {
    const facility = server.facility();

    const toc = await tableOfContents(facility, never);
    const details = await streamDetails(facility, 'ctdbp_no_sample', never);
    const { annotations, text } = await annotationsOf(facility, ctd.instrument, never);

    assert.deepEqual([toc.length, toc[0]?.streams[0]?.count], [4, 9104233]);
    assert.deepEqual(
      [details.stream_type, details.parameters[1]?.unit, details.parameters[0]?.data_product_type],
      ['Science', 'counts', null],
    );
    assert.deepEqual([annotations.length, annotations[1]?.endDT, annotations[1]?.qcFlag], [2, null, 'suspect']);
    assert.deepEqual(Object.keys(annotations[0] ?? {}).includes('@class'), false);
    assert.equal(text, sample('api/annotations/CE02SHBP-LJ01D-06-CTDBPN106.json'));
  });

  it('is asked for data with exactly the parameters that it is used to, times with six digits, and never earlier or later than wanted', async () => {
    const asked = await askForData(server.facility({ now: () => Date.parse('2024-09-12T10:15:00Z') }), ctd, range, never);

    const [{ query, authorization } = assert.fail()] = server.asked('/streamed/ctdbp_no_sample');
    assert.deepEqual(Object.fromEntries(query), {
      beginDT: '2023-08-14T00:00:07.413564Z',
      endDT: '2023-09-06T22:52:37.666687Z',
      format: 'application/netcdf',
      limit: '-1',
      execDPA: 'true',
      include_provenance: 'true',
      estimate_only: 'false',
      email: 'None',
    });
    assert.equal(authorization, `Basic ${Buffer.from('OOIAPI-X:TEMP-TOKEN-Y').toString('base64')}`);
    const folder = 'harvester@example.org/20240912T101500123Z-CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
    assert.deepEqual(asked, {
      state: 'accepted',
      request: {
        id: '5f0c9a51-3a1e-4d0c-9d68-0c8b4b1f9a01',
        catalogUrl: `https://opendap-west.oceanobservatories.org/thredds/catalog/ooi/${folder}/catalog.xml`,
        downloadUrl: `https://downloads-west.oceanobservatories.org/async_results/${folder}`,
        statusUrl: `https://downloads-west.oceanobservatories.org/async_results/${folder}/status.txt`,
        sizeBytes: 1113537,
        estimatedSeconds: 60,
        subJobs: 2,
        requestedAt: '2024-09-12T10:15:00.000Z',
      },
    });
  });

  it('estimates without being asked to do anything', async () => {
    const found = await estimate(server.facility(), ctd, range, never);

    assert.deepEqual(found, { state: 'data', sizeBytes: 1113537, estimatedSeconds: 60, subJobs: 2 });
    assert.equal(server.asked('/streamed/ctdbp_no_sample')[0]?.query.get('estimate_only'), 'true');
  });

  it('has no data in a range when it says 404 with a reason', async () => {
    server.fail('ctdbp_no_sample', { status: 404, body: sample('api/errors/no_data_404.json') });

    const asked = await askForData(server.facility(), ctd, range, never);

    assert.deepEqual(asked, { state: 'no_data', says: 'No data available for the requested time range.' });
  });

  it('refuses where its answer is none of an accepted request', async () => {
    server.fail('ctdbp_no_sample', { status: 200, body: '{"message":"User not authorized for this stream"}' });

    const asked = await askForData(server.facility(), ctd, range, never);

    assert.deepEqual([asked.state, asked.state === 'refused' ? asked.says : ''], ['refused', 'User not authorized for this stream']);
  });

  it('is not believed when it names what no request has: an endless id, or an estimate of years', async () => {
    const urls = ['https://opendap.oceanobservatories.org/async_results/x', 'https://opendap.oceanobservatories.org/thredds/catalog.html'];
    const answer = (requestUUID: string) => ({ status: 200, body: JSON.stringify({ requestUUID, allURLs: urls, timeCalculation: 1e300 }) });
    server.fail('ctdbp_no_sample', answer('u'.repeat(100_000)), answer('u'));

    const endless = await askForData(server.facility(), ctd, range, never);
    const years = await askForData(server.facility(), ctd, range, never);

    assert.equal(endless.state, 'refused');
    assert.equal(years.state === 'accepted' ? years.request.estimatedSeconds : 0, null);
  });

  it('finds catalog and folder by their words, in whatever order and on whatever host', async () => {
    const older = 'https://opendap.oceanobservatories.org/async_results/x@y.z/1-T';
    const urls = [older, 'https://opendap.oceanobservatories.org/thredds/catalog/ooi/x@y.z/1-T/catalog.html'];
    server.fail('ctdbp_no_sample', { status: 200, body: JSON.stringify({ requestUUID: 'u', allURLs: urls }) });

    const asked = await askForData(server.facility(), ctd, range, never);

    assert.ok(asked.state === 'accepted');
    assert.deepEqual([asked.request.downloadUrl, asked.request.catalogUrl], [older, urls[1]?.replace('.html', '.xml')]);
  });

  const failures = [
    [
      'a page of maintenance with status 200',
      { status: 200, body: sample('api/errors/maintenance.html') },
      'again',
      'facility_maintenance',
    ],
    ['a body that is cut JSON', { status: 200, body: '{"instruments":[{' }, 'again', 'facility_maintenance'],
    ['refused credentials', { status: 401, body: sample('api/errors/auth_401.json') }, 'stop', 'facility_refused'],
    ['too many questions', { status: 429 }, 'again', 'facility_busy'],
    ['a back end that is down', { status: 500, body: '{}' }, 'again', 'facility_error'],
    ['a gateway page', { status: 502, body: '<html><head><title>502</title></head></html>' }, 'again', 'facility_error'],
    ['a bad request', { status: 400, body: '{}' }, 'stop', 'facility_refused_request'],
    ['a cut answer', { cutAfter: 10 }, 'again', 'facility_unreachable'],
    ['an answer of another form', { status: 200, body: '{"instruments":[{}]}' }, 'stop', 'unknown_answer'],
  ] as const;
  for (const [what, fault, kind, code] of failures) {
    it(`fails with ${kind} at ${what}, and says no credentials`, async () => {
      server.fail('/toc', fault);

      const found = await failure(tableOfContents(server.facility(), never));

      assert.deepEqual([found.kind, found.code], [kind, code]);
      assert.doesNotMatch(`${found.stack} ${JSON.stringify(found)}`, /OOIAPI-X|TEMP-TOKEN-Y/);
    });
  }

  it('is waited for as long as it says, in seconds or by a date', async () => {
    const facility = server.facility({ now: () => Date.parse('2026-01-01T00:00:00Z') });
    server.fail('/toc', { status: 429, headers: { 'retry-after': '17' } });
    server.fail('/toc', { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' } });

    const seconds = await failure(tableOfContents(facility, never));
    const date = await failure(tableOfContents(facility, never));

    assert.deepEqual([seconds.retryAfterMs, date.retryAfterMs], [17_000, 120_000]);
  });

  it('is given up when it says nothing in time', async () => {
    server.fail('/toc', { isSilent: true });

    const found = await failure(tableOfContents(server.facility({ timeoutMs: 50 }), never));

    assert.deepEqual([found.kind, found.code], ['again', 'facility_unreachable']);
  });

  it('is given up when what it says never ends', { timeout: 10_000 }, async () => {
    server.fail('status.txt', { status: 200, body: 'complete', cutAfter: 1, isHeld: true });
    const address = `${server.url}status.txt`;

    assert.equal((await failure(server.facility({ timeoutMs: 300 }).text(address, 'a state', never))).code, 'facility_unreachable');
  });

  it('is refused when its answer is larger than any', async () => {
    const found = await failure(tableOfContents(server.facility({ maxBytes: 1000 }), never));

    assert.deepEqual([found.kind, found.code], ['stop', 'answer_too_large']);
  });

  it('lets whoever cancels go at once', async () => {
    const stop = new AbortController();
    server.fail('/toc', { isSilent: true });
    const asking = tableOfContents(server.facility(), stop.signal);
    stop.abort(new Error('cancelled by hand'));

    await assert.rejects(asking, /cancelled by hand/);
  });

  it('waits for its turn before each question', async () => {
    let turns = 0;
    const facility = server.facility({
      turn: async () => {
        turns += 1;
      },
    });

    await timesOfStream(facility, ctd, never);
    await tableOfContents(facility, never);

    assert.equal(turns, 2);
  });

  it('gets no credentials anywhere but at its interface', async () => {
    const asked = await askForData(server.facility(), ctd, range, never);
    assert.ok(asked.state === 'accepted');

    await poll(server.facility(), asked.request, table, never);

    const others = server.seen.filter(({ path }) => !path.startsWith('/api/'));
    assert.equal(others.length, 3);
    assert.deepEqual(
      others.map(({ authorization }) => authorization),
      [undefined, undefined, undefined],
    );
  });

  for (const address of [
    'https://example.org/async_results/x/status.txt',
    'https://opendap-west.oceanobservatories.org.example.org/status.txt',
    'https://user:word@downloads-west.oceanobservatories.org/status.txt',
    'file:///etc/passwd',
    'https://downloads-west.oceanobservatories.org/a%2f..%2fb',
    'status.txt',
  ]) {
    it(`follows no address such as ${address}`, async () => {
      const found = await failure(server.facility().text(address, 'a file', never));

      assert.deepEqual([found.kind, found.code], ['stop', 'foreign_address']);
      assert.deepEqual(server.seen, []);
    });
  }

  it('is followed to another of its hosts, and no further', async () => {
    const to = (location: string) => ({ status: 302, headers: { location } });
    server.files.set('/moved.txt', 'moved');
    server.fail('/a.txt', to('https://opendap-west.oceanobservatories.org/moved.txt'), to('https://example.org/moved.txt'), to('http://['));
    const address = `${server.url}a.txt`;

    const moved = await server.facility().text(address, 'a file', never);
    const away = await failure(server.facility().text(address, 'a file', never));
    const nowhere = await failure(server.facility().text(address, 'a file', never));

    assert.deepEqual([moved, away.code, nowhere.code], ['moved', 'foreign_address', 'foreign_address']);
  });
});
