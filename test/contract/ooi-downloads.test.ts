import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Downloaded, downloadFile, type FileDownload } from '../../src/ooi/m2m/download.ts';
import { listFiles } from '../../src/ooi/m2m/listing.ts';
import { manifestPath, readManifest } from '../../src/ooi/m2m/manifest.ts';
import { poll } from '../../src/ooi/m2m/poll.ts';
import type { AcceptedRequest } from '../../src/ooi/m2m/request.ts';
import { fetchRequest, type Spooled, type SpoolRequest } from '../../src/ooi/m2m/spool.ts';
import { isOoiDataThere, WITHOUT_OOI_DATA } from '../golden/ooi-data.ts';
import { type Fault, OoiServer } from '../helpers/ooi-server.ts';

const skip = isOoiDataThere ? false : WITHOUT_OOI_DATA;
const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const NUTNR = 'CE04OSPS-SF01B-4A-NUTNRA102-streamed-nutnr_a_sample';
const never = new AbortController().signal;

const requestIn = (stamp: string, table: string): AcceptedRequest => {
  const folder = `harvester@example.org/${stamp}-${table}`;
  const downloadUrl = `https://downloads-west.oceanobservatories.org/async_results/${folder}`;
  return {
    id: stamp,
    catalogUrl: `https://opendap-west.oceanobservatories.org/thredds/catalog/ooi/${folder}/catalog.xml`,
    downloadUrl,
    statusUrl: `${downloadUrl}/status.txt`,
    sizeBytes: 1,
    estimatedSeconds: 60,
    subJobs: 1,
    requestedAt: '2024-09-12T10:15:00.000Z',
  };
};
const A0 = requestIn('20240912T101500123Z', CTD);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that begin like an HDF5 file of the length it says. */
function hdf5(bytes: number, says = bytes): Buffer {
  const made = Buffer.alloc(bytes, 'landfall');
  Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2, 8, 8, 0]).copy(made);
  made.writeBigUInt64LE(BigInt(says), 28);
  return made;
}

describe('files of a request', { skip }, () => {
  let server: OoiServer;
  let folder: string;
  let waits: number[];
  beforeEach(async () => {
    server = new OoiServer();
    await server.start();
    folder = await mkdtemp(join(tmpdir(), 'landfall-spool-'));
    waits = [];
  });
  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const target = (): string => join(folder, 'a.nc');
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  const fetchOne = async (more: Partial<FileDownload> = {}): Promise<Downloaded> =>
    await downloadFile(server.facility(), { url: `${server.url}a.nc`, target: target(), what: 'a.nc', signal: never, wait, ...more });
  const serve = (body: Buffer, ...faults: readonly Fault[]): Buffer => {
    server.files.set('/a.nc', body);
    server.fail('/a.nc', ...faults);
    return body;
  };
  const assertWhole = async (body: Buffer, got: Downloaded): Promise<void> => {
    assert.deepEqual(got, { state: 'fetched', sizeBytes: body.length, sha256: sha256(body) });
    assert.deepEqual(readFileSync(target()), body);
    assert.deepEqual(await readdir(folder), ['a.nc']);
  };

  it('come whole, under their own name only when they are', async () => {
    const body = serve(hdf5(300_000));

    await assertWhole(body, await fetchOne());
  });

  it('are gone on with after a cut, from the byte where it was', async () => {
    const body = serve(hdf5(1_000_000), { cutAfter: 400_000 }, { cutAfter: 300_000 });

    await assertWhole(body, await fetchOne());

    const ranges = server.asked('/a.nc').map(({ range }) => range);
    assert.deepEqual([ranges[0], ranges[1]?.startsWith('bytes='), ranges[2]?.startsWith('bytes=')], [undefined, true, true]);
    assert.equal(waits.length, 2);
  });

  it('are gone on with by another process, whatever was left half written', async () => {
    const body = serve(hdf5(1_000_000), ...Array.from({ length: 5 }, () => ({ cutAfter: 0 })));
    server.faults.splice(0);
    server.fail('/a.nc', { cutAfter: 400_000 }, ...Array.from({ length: 5 }, () => ({ status: 500 })));
    await assert.rejects(fetchOne(), { kind: 'again', code: 'facility_error' });
    server.faults.splice(0);
    await truncate(`${target()}.part`, 123_456);

    await assertWhole(body, await fetchOne());

    assert.equal(server.asked('/a.nc').at(-1)?.range, 'bytes=123456-');
  });

  it('are begun anew when the facility has another file by then', async () => {
    serve(hdf5(1_000_000), { cutAfter: 400_000 }, ...Array.from({ length: 5 }, () => ({ status: 500 })));
    await assert.rejects(fetchOne(), { code: 'facility_error' });
    server.faults.splice(0);
    const other = serve(hdf5(1_000_000).fill('other', 64));

    await assertWhole(other, await fetchOne());
  });

  it('are never gone on with from another address, whatever its tag', async () => {
    server.etag = '"1"';
    serve(hdf5(1_000_000), { cutAfter: 400_000 }, ...Array.from({ length: 5 }, () => ({ status: 500 })));
    await assert.rejects(fetchOne(), { code: 'facility_error' });
    const other = hdf5(1_000_000).fill('other', 64);
    server.files.set('/b.nc', other);

    await assertWhole(other, await fetchOne({ url: `${server.url}b.nc` }));
  });

  for (const validators of ['weak', 'none'] as const) {
    it(`are begun anew after a cut when the facility tells files apart by ${validators} tags`, async () => {
      server.validators = validators;
      const body = serve(hdf5(500_000), { cutAfter: 400_000 });

      await assertWhole(body, await fetchOne());

      assert.deepEqual(
        server.asked('/a.nc').map(({ range }) => range),
        [undefined, undefined],
      );
    });
  }

  it('that are not there are left out as missing', async () => {
    assert.deepEqual(await fetchOne(), { state: 'left_out', reason: 'missing', message: 'the facility does not have it' });
    assert.deepEqual(await readdir(folder), []);
  });

  for (const [what, body, message] of [
    ['a page for people', Buffer.from('<!DOCTYPE html><html><head><title>Not here</title></head></html>'), /page for people/],
    ['no NetCDF file', Buffer.from('some text'), /does not begin/],
    ['a file that ends before its own end', hdf5(1000, 2000), /truncated: 1000 of 2000/],
  ] as const) {
    it(`that are ${what} are left out as unreadable, when they are so twice`, async () => {
      serve(body);

      const got = await fetchOne();

      assert.ok(got.state === 'left_out');
      assert.equal(got.reason, 'unreadable');
      assert.match(got.message, message);
      assert.equal(server.asked('/a.nc').length, 2);
      assert.deepEqual(await readdir(folder), []);
    });
  }

  it('that a proxy held half of come whole the second time', async () => {
    const whole = hdf5(2000);
    const body = serve(whole, { body: whole.subarray(0, 1000) });

    await assertWhole(body, await fetchOne());
  });

  it('are waited for in maintenance, with pauses that grow, and given up after some', async () => {
    const page = '<html><head><title>OOINet Maintenance</title></head></html>';
    serve(hdf5(1000), ...Array.from({ length: 9 }, () => ({ body: page })));

    await assert.rejects(fetchOne(), { kind: 'again', code: 'facility_maintenance' });

    assert.equal(waits.length, 4);
    assert.ok(
      waits.every((ms, n) => ms >= 500 * 2 ** n && ms <= 1000 * 2 ** n),
      waits.join(' '),
    );
  });

  it('are waited for in maintenance, in whatever pieces its page comes', async () => {
    serve(
      hdf5(1000),
      ...Array.from({ length: 9 }, () => ({ body: '\n<html><head><title>OOINet Maintenance</title></head></html>', firstBytes: 1 })),
    );

    await assert.rejects(fetchOne(), { kind: 'again', code: 'facility_maintenance' });
  });

  it('that the facility always cuts at one place, and that cannot be gone on with, are given up', async () => {
    server.validators = 'none';
    serve(hdf5(1_000_000), ...Array.from({ length: 30 }, () => ({ cutAfter: 400_000 })));

    await assert.rejects(fetchOne(), { kind: 'again' });

    assert.ok(waits.length <= 8, `${waits.length} pauses`);
  });

  it('are asked for no sooner than the facility says', async () => {
    const body = serve(hdf5(1000), { status: 429, headers: { 'retry-after': '30' } });

    await assertWhole(body, await fetchOne());

    assert.deepEqual(waits, [30_000]);
  });

  it('are left to the caller when the facility wants more time than a process should wait', async () => {
    serve(hdf5(1000), { status: 429, headers: { 'retry-after': '1800' } });

    await assert.rejects(fetchOne(), { kind: 'again', code: 'facility_busy', retryAfterMs: 1_800_000 });
    assert.deepEqual(waits, []);
  });

  it('of which nothing comes any more are asked for again', async () => {
    const body = serve(hdf5(1000), { isSilent: true });

    await assertWhole(body, await fetchOne({ idleMs: 50 }));
  });

  it('that are larger than any are refused while they come', async () => {
    serve(hdf5(300_000));

    await assert.rejects(fetchOne({ maxBytes: 100_000 }), { kind: 'stop', code: 'file_too_large' });
    assert.equal(existsSync(target()), false);
  });

  const fetchAll = async (request: AcceptedRequest, table: string, more: Partial<SpoolRequest> = {}): Promise<Spooled> => {
    const listing = await listFiles(server.facility(), request, table, more.signal ?? never);
    assert.ok(listing.state === 'listed');
    return await fetchRequest(server.facility(), { request, files: listing.files, folder, width: 4, signal: never, wait, ...more });
  };

  it('are listed in the order that counts, without those of other instruments', async () => {
    const listing = await listFiles(server.facility(), A0, CTD, never);

    assert.ok(listing.state === 'listed');
    assert.deepEqual(
      listing.files.map(({ file }) => [file.deployment, file.start]),
      [
        [9, '20230814T000007.413564'],
        [9, '20230818T034507.363193'],
        [9, '20230822T074507.426312'],
        [10, '20230825T110737.287597'],
        [10, '20230829T150737.379829'],
        [10, '20230902T190737.585753'],
      ],
    );
    assert.deepEqual([listing.provenance.length, listing.refused, listing.files[0]?.roughBytes], [2, [], 161_400]);
  });

  it('whose names are no plain names are said and never asked for', async () => {
    const evil = `deployment0001_${CTD}_20240101T000000-20240102T000000.nc/../../x`;
    const catalog = (await server.facility().text(A0.catalogUrl, 'a catalog', never)) ?? '';
    server.files.set(new URL(A0.catalogUrl).pathname, catalog.replaceAll('name="status.json"', `name="${evil}"`));

    const listing = await listFiles(server.facility(), A0, CTD, never);

    assert.ok(listing.state === 'listed');
    assert.deepEqual([listing.files.length, listing.refused], [6, [JSON.stringify(evil)]]);
  });

  it('come together, and those that are wrong are left out with their reason', async () => {
    const seen: number[] = [];

    const spooled = await fetchAll(requestIn('20240914T081107092Z', NUTNR), NUTNR, { onProgress: ({ filesDone }) => seen.push(filesDone) });

    assert.deepEqual([spooled.files.length, spooled.fetched, seen.at(-1)], [5, 6, 6]);
    assert.deepEqual(
      spooled.leftOut.map(({ reason, message }) => [reason, message]),
      [['unreadable', 'it is a page for people, not a file of data']],
    );
    assert.deepEqual(
      spooled.files.map(({ path }) => sha256(readFileSync(path))),
      spooled.files.map((one) => one.sha256),
    );
  });

  it('that are pages of maintenance are waited for while everything is in maintenance', async () => {
    const page = '<html><head><title>OOINet Maintenance</title></head></html>';
    server.fail('status.txt', ...Array.from({ length: 9 }, () => ({ body: page })));

    await assert.rejects(fetchAll(requestIn('20240914T081107092Z', NUTNR), NUTNR), { kind: 'again', code: 'facility_maintenance' });
  });

  it('that are truncated at the facility are told by their own length', async () => {
    const spooled = await fetchAll(A0, CTD);

    assert.equal(spooled.files.length, 5);
    assert.match(spooled.leftOut[0]?.message ?? '', /^it is truncated: \d+ of \d+ bytes are there$/);
  });

  it('that are at hand are not asked for a second time, and those that are gone or changed are', async () => {
    const first = await fetchAll(A0, CTD);
    const before = server.asked('.nc').length;
    await rm(first.files[0]?.path ?? '');
    await writeFile(first.files[1]?.path ?? '', 'short');
    await writeFile(manifestPath(folder), '{"state":"fetched","na', { flag: 'a' });

    const second = await fetchAll(A0, CTD);

    assert.deepEqual(second.files, first.files);
    assert.equal(second.fetched, 3);
    assert.equal(server.asked('.nc').length - before, 4);
  });

  it('are known by what is on disk, in the order that counts', async () => {
    const { files, leftOut } = await fetchAll(A0, CTD);

    const manifest = await readManifest(folder);
    assert.equal(manifest?.isComplete, true);
    assert.deepEqual(new Set(manifest?.files.keys()), new Set([...files, ...leftOut].map(({ file }) => file.name)));
    assert.deepEqual(
      files.map(({ file }) => file.deployment),
      [9, 9, 9, 10, 10],
    );
  });

  it('whose folder is gone are not listed', async () => {
    assert.equal((await listFiles(server.facility(), requestIn('20240101T000000000Z', CTD), CTD, never)).state, 'absent');
  });

  it('whose list of what is at hand is damaged are not guessed', async () => {
    await fetchAll(A0, CTD);
    await appendFile(manifestPath(folder), '\0\0\0\n');

    await assert.rejects(fetchAll(A0, CTD), { kind: 'stop', code: 'damaged_spool' });
  });

  it('are never put into the folder of another request', async () => {
    await fetchAll(A0, CTD);

    await assert.rejects(fetchAll(requestIn('20240914T081107092Z', NUTNR), NUTNR), { kind: 'stop', code: 'foreign_spool' });
  });

  it('are fetched no more at once than allowed', async () => {
    const spooled = await fetchAll(A0, CTD, { width: 2 });

    assert.equal(spooled.files.length, 5);
    assert.ok(server.mostAtOnce <= 2, `${server.mostAtOnce} at once`);
  });

  it('stop together when one of them cannot be had now, and what came is kept', async () => {
    server.fail('20230826T013007.559472.nc', ...Array.from({ length: 5 }, () => ({ status: 503 })));

    await assert.rejects(fetchAll(A0, CTD, { width: 1 }), { kind: 'again', code: 'facility_error' });
    assert.equal((await readManifest(folder))?.isComplete, false);
    const second = await fetchAll(A0, CTD, { width: 1 });

    assert.deepEqual([second.files.length, second.fetched], [5, 4]);
  });

  it('are finished when the facility says so, after as many looks as it takes', async () => {
    server.notReady = 2;
    const facility = server.facility();

    const looks = [await poll(facility, A0, CTD, never), await poll(facility, A0, CTD, never), await poll(facility, A0, CTD, never)];

    assert.deepEqual(
      looks.map(({ status }) => status.state),
      ['absent', 'absent', 'complete'],
    );
    assert.deepEqual(looks[2]?.folder, { state: 'there', dataFiles: 6, roughBytes: 987_000 });
    assert.equal(looks[2]?.subJobs.state === 'listed' ? looks[2].subJobs.jobs[0]?.range?.begin : null, '2023-08-14T00:00:07.413564Z');
  });
});
