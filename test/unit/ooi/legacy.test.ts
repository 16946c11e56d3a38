import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLegacyRequest, legacyName, parseLegacyName, toLegacyRequest } from '../../../src/ooi/requests/legacy-request.ts';
import { fromLegacyStatus, toLegacyStatus } from '../../../src/ooi/requests/legacy-status.ts';
import { newStatus, requestStatus } from '../../../src/ooi/requests/status.ts';

const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const now = new Date('2026-01-01T00:00:00Z');

const status = {
  status: 'pending',
  last_updated: '2025-07-31T00:03:11.120000',
  data_ready: false,
  data_response: `s3://flow-process-bucket/ooinet-requests/${TABLE}__20250731T0003__daily`,
  requested_at: '2025-07-31T00:03:10.000000',
  data_check: true,
  process_status: 'success',
  cloud_location: `s3://ooi-data/${TABLE}`,
  start_date: '2014-10-07T01:05:10.333669376',
  end_date: '2025-07-30T10:14:22.092512768',
  advanced_qaqc_end_date: null,
  processed_at: '2025-07-30T00:40:00.000000',
  last_refresh: '2025-01-02T03:04:05.000000',
} as const;

describe('a status record of the existing harvester', () => {
  it('comes back as it was after it was brought in and given out', () => {
    assert.deepEqual(toLegacyStatus(fromLegacyStatus(TABLE, status, now)), status);
  });

  it('that has only defaults comes back with all fields', () => {
    const given = toLegacyStatus(fromLegacyStatus(TABLE, {}, now));

    assert.deepEqual([given.status, given.data_check, given.end_date, given.last_updated], ['unknown', false, null, now.toISOString()]);
  });

  it('tells the kind of its request by its name', () => {
    const kinds = ['daily', 'refresh', 'other'].map(
      (word) => fromLegacyStatus(TABLE, { data_response: `s3://b/T__202507__${word}` }, now).request.kind,
    );

    assert.deepEqual(kinds, ['append', 'refresh', null]);
  });

  it('is made of a request of ours, whose kind its name tells', () => {
    const record = { ...fromLegacyRequest(NAME, request, 'ctd', now), id: `${TABLE}#append#7`, number: 7 };
    const given = (['waiting', 'ready', 'consumed', 'expired'] as const).map((state) => {
      const made = toLegacyStatus(
        { ...newStatus(TABLE, 'now'), request: requestStatus({ ...record, state }) },
        's3://bucket/ooinet-requests/',
      );
      return [made.status, made.data_ready, made.data_check, made.data_response];
    });

    const name = `s3://bucket/ooinet-requests/${NAME}`;
    assert.deepEqual(given, [
      ['pending', false, true, name],
      ['success', true, true, name],
      ['success', true, false, name],
      ['failed', false, false, name],
    ]);
  });

  it('loses dates that are no times: the store says what it covers', () => {
    const read = fromLegacyStatus(TABLE, { ...status, end_date: 'NaT' }, now);

    assert.deepEqual([read.store.first, read.store.last], [status.start_date, null]);
  });

  for (const [what, json] of [
    ['another state', { ...status, status: 'done' }],
    ['a number as its date', { ...status, end_date: 5 }],
    ['no object', 'success'],
  ] as const) {
    it(`with ${what} is refused with a sentence that names the stream`, () => {
      assert.throws(() => fromLegacyStatus(TABLE, json, now), { code: 'bad_status_record', kind: 'stop', message: new RegExp(TABLE) });
    });
  }
});

const folder = `harvester@example.org/20240913T000412877Z-${TABLE}`;
const request = {
  result: {
    request_id: '609c7970-8065-46fa-9fd3-0975c97a1f28',
    thredds_catalog: `https://opendap-west.oceanobservatories.org/thredds/catalog/ooi/${folder}/catalog.html`,
    download_catalog: `https://downloads-west.oceanobservatories.org/async_results/${folder}`,
    status_url: `https://downloads-west.oceanobservatories.org/async_results/${folder}/status.txt`,
    data_size: 5548554,
    estimated_time: 60,
    units: { data_size: 'bytes', estimated_time: 'seconds', request_dt: 'UTC' },
    request_dt: '2024-09-13T00:04:12.000000',
  },
  url: 'https://ooinet.oceanobservatories.org/api/m2m/12576/sensor/inv/CE02SHBP/LJ01D/06-CTDBPN106/streamed/ctdbp_no_sample',
  params: {
    beginDT: '2023-09-02T18:52:37.596810Z',
    endDT: '2024-09-13T00:04:10.000000Z',
    format: 'application/netcdf',
    limit: '-1',
    execDPA: 'true',
    include_provenance: 'true',
    estimate_only: 'false',
    email: 'None',
  },
  stream: {
    table_name: TABLE,
    reference_designator: 'CE02SHBP-LJ01D-06-CTDBPN106',
    platform_code: 'CE02SHBP',
    mooring_code: 'LJ01D',
    instrument_code: '06-CTDBPN106',
    stream: 'ctdbp_no_sample',
    method: 'streamed',
  },
  estimated: { requestUUID: '', sizeCalculation: 5548554, timeCalculation: 60, numberOfSubJobs: null },
  zarr_exists: true,
  request_dt: '2024-09-13T00:04:12.000000',
} as const;
const NAME = `${TABLE}__20240913T0004__daily`;

describe('a request record of the existing harvester', () => {
  it('is brought in as a request that waits, of the kind its name says, and given out as it was', () => {
    const read = fromLegacyRequest(NAME, request, 'ce02shbp-ctd', now);

    assert.deepEqual([read.table, read.kind, read.state, read.accepted?.id], [TABLE, 'append', 'waiting', request.result.request_id]);
    assert.deepEqual(read.range, { begin: request.params.beginDT, end: request.params.endDT });
    assert.deepEqual(toLegacyRequest(read, 'https://ooinet.oceanobservatories.org'), request);
  });

  it('is named by its table, its time and its kind', () => {
    assert.equal(legacyName(TABLE, 'append', request.result.request_dt), NAME);
    assert.equal(legacyName(TABLE, 'refresh', '2025-07-30T10:14:22Z'), `${TABLE}__202507__refresh`);
    assert.deepEqual(parseLegacyName(`s3://bucket/ooinet-requests/${NAME}`), { table: TABLE, kind: 'append' });
    assert.equal(parseLegacyName(`${TABLE}__20240913T0004__hourly`), null);
  });

  for (const [what, name, json] of [
    ['whose name is something else', 'a__202401__daily', request],
    [
      'that failed at the facility',
      NAME,
      { ...request, result: { status_code: 500, reason: 'Internal', request_dt: '2024-09-13T00:04:12' } },
    ],
    ['that names no folder of results', NAME, { ...request, result: { ...request.result, download_catalog: 'https://x/y' } }],
    ['without a range', NAME, { ...request, params: {} }],
  ] as const) {
    it(`${what} is refused`, () => {
      assert.throws(() => fromLegacyRequest(name, json, 'flow', now), { code: 'bad_request_record', kind: 'stop' });
    });
  }
});
