import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import { mergeSources } from '../../../src/ooi/files/merge.ts';
import { withReadableFiles } from '../../../src/ooi/files/readable.ts';
import { damaged, damages } from '../../fuzz/support/mutations.ts';
import { isOoiDataThere, OOI_DATA, requestFolder, WITHOUT_OOI_DATA } from '../../golden/ooi-data.ts';

const TABLE = 'CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample';
const nameOf = (deployment: number): string => `deployment000${deployment}_${TABLE}_20240101T000000-20240102T000000.nc`;

describe('damaged files', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-damaged-'));
  const hdf5 = createHdf5Pool({ memoryBytes: 192 * 2 ** 20, timeoutMs: 10_000 });
  after(async () => {
    await hdf5.close();
    await rm(folder, { recursive: true });
  });
  const request = { id: 'r', kind: 'append' as const, requestedAt: '2024', begin: '', end: '' };
  const options = { request, table: TABLE, files: folder, hdf5, scratch: folder };

  /** Reads everything; which files were read, and how many rows came out. */
  const readAll = () => {
    let times = 0;
    return withReadableFiles(options, async (input) => {
      times += 1;
      let rows = 0;
      for await (const window of mergeSources(input.sources)) {
        rows += window.rows;
        for (const column of input.plan.columns) if (column.isOnTime) await window.values(column, 0, window.rows);
      }
      return { rows, files: input.files, times };
    });
  };

  const [good = ''] = globSync(
    join(requestFolder('20240913T154233870Z-CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample'), '*.nc'),
  ).toSorted();

  it('whose damage is inside are left out once it shows, and the others are read', async () => {
    await copyFile(good, join(folder, nameOf(1)));
    const bytes = await readFile(good);
    // Within the deflated values of a variable that is not time.
    bytes.fill(0x5a, 174_296, 176_296);
    await writeFile(join(folder, nameOf(2)), bytes);

    const { rows, files, times } = await readAll();

    assert.equal(times, 2);
    assert.deepEqual(
      files.map((file) => (file.state === 'read' ? file.rows : file.reason)),
      [48, 'unreadable'],
    );
    assert.equal(rows, 48);
  });

  it('end as files that are left out, whatever is wrong with them, and harm no other', async () => {
    await copyFile(good, join(folder, nameOf(1)));
    const files = [good, ...globSync(join(OOI_DATA, 'real/nutnr*.nc'))];
    const all = await Promise.all(files.map((path) => readFile(path)));
    const property = fc.asyncProperty(fc.constantFrom(...all), damages, async (bytes, damage) => {
      await writeFile(join(folder, nameOf(2)), damaged(bytes, damage));

      const { rows, files: reports } = await readAll();

      assert.equal(reports[0]?.state, 'read');
      assert.ok(rows >= 48);
      if (reports[1]?.state === 'left_out') assert.match(reports[1].message, /\S{20}/);
    });
    await fc.assert(property, { numRuns: Number(process.env.LANDFALL_FUZZ_HDF5_CASES ?? 6) });
  });
});
