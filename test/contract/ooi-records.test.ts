import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Context } from '../../src/cli/context.ts';
import { exportOoiRecords, importOoiRecords } from '../../src/cli/ooi-records.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const REQUEST = `${TABLE}__20240913T0004__daily`;
const FOLDER = `harvester@example.org/20240913T000412877Z-${TABLE}`;

const STATUS = {
  status: 'pending',
  last_updated: '2024-09-13T00:05:00.000000',
  data_ready: false,
  data_response: `s3://flow-process-bucket/ooinet-requests/${REQUEST}`,
  requested_at: '2024-09-13T00:04:12.877000',
  data_check: true,
  process_status: 'success',
  cloud_location: `s3://ooi-data/${TABLE}`,
  start_date: '2023-08-14T00:00:07.413563968',
  end_date: '2023-09-02T18:52:37.596809728',
  advanced_qaqc_end_date: null,
  processed_at: '2024-09-12T12:00:00',
  last_refresh: null,
};

const RECORD = {
  result: {
    request_id: '5f0c9a51-3a1e-4d0c-9d68-0c8b4b1f9a01',
    thredds_catalog: `https://opendap-west.oceanobservatories.org/thredds/catalog/ooi/${FOLDER}/catalog.html`,
    download_catalog: `https://downloads-west.oceanobservatories.org/async_results/${FOLDER}`,
    status_url: `https://downloads-west.oceanobservatories.org/async_results/${FOLDER}/status.txt`,
    data_size: 1113537,
    estimated_time: 60,
    units: { data_size: 'bytes', estimated_time: 'seconds', request_dt: 'UTC' },
    request_dt: '2024-09-13T00:04:12.877000',
  },
  params: { beginDT: '2023-09-02T18:52:37.596809Z', endDT: '2024-09-13T00:04:12.000000Z' },
};

describe('the records of an existing harvest', () => {
  let server: TestDatabase;
  let context: Context;
  let folder: string;

  before(async () => {
    server = await startDatabase();
    folder = await mkdtemp(join(tmpdir(), 'landfall-records-'));
    const settings = loadSettings({ LANDFALL_DATABASE: 'records', MONGODB_URI: server.uri }, { cwd: folder });
    context = new Context(settings, { mongodbUri: server.uri, temporalAddress: '127.0.0.1:1', temporalUi: null });
    for (const [kind, name, json] of [
      ['harvest-status', TABLE, STATUS],
      ['ooinet-requests', REQUEST, RECORD],
    ] as const) {
      await mkdir(join(folder, 'old', kind), { recursive: true });
      await writeFile(join(folder, 'old', kind, name), JSON.stringify(json));
    }
  });
  after(async () => {
    await context.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('go into the book-keeping and come out again as they were', async () => {
    const taken = await importOoiRecords(context, join(folder, 'old'), false);
    const again = await importOoiRecords(context, join(folder, 'old'), false);
    await exportOoiRecords(context, join(folder, 'new'));

    assert.match(taken.text, /^Took over 1 status record \(0 were there already\) and 1 request that is waited for/);
    assert.match(again.text, /^Took over 0 status records \(1 were there already\) and 0 requests that are waited for \(1 were there/);
    const read = async (path: string): Promise<{ readonly result?: unknown }> =>
      JSON.parse(await readFile(join(folder, 'new', path), 'utf8'));
    assert.deepEqual(await read(`harvest-status/${TABLE}`), STATUS);
    assert.deepEqual((await read(`ooinet-requests/${REQUEST}`)).result, RECORD.result);
  });
});
