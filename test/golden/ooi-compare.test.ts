import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../src/formats/netcdf/open.ts';
import { dimensionsOf } from '../../src/formats/zarr/array.ts';
import { newArray } from '../../src/formats/zarr/new-array.ts';
import { openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { rawBytes, valuesOver } from '../../src/formats/zarr/values.ts';
import { checkStore } from '../../src/ooi/check/check-store.ts';
import { compareStores } from '../../src/ooi/report/compare.ts';
import { changesOf, isSameVariable } from '../../src/ooi/report/comparison.ts';
import { coverageOf } from '../../src/ooi/report/coverage.ts';
import type { SeriesView } from '../../src/ooi/report/series-view.ts';
import { timeText } from '../../src/ooi/report/time-text.ts';
import { folderStore, memoryStore } from '../helpers/zarr-stores.ts';
import { writeStore } from '../helpers/zarr-written.ts';
import { goldenStores, isOoiDataThere, OOI_DATA, readGoldenContent, WITHOUT_OOI_DATA } from './ooi-data.ts';

/**
 * Rows that the second daily request gives anew with another value, by variable: counted by netCDF4-python 1.7.5 over the files of both
 * requests, at the times that both have. (Ten temperatures are raised by 0.125, on top of what is different in all twenty rows.)
 */
const GIVEN_ANEW = {
  conductivity: 20,
  corrected_dissolved_oxygen: 20,
  corrected_dissolved_oxygen_qartod_executed: 2,
  corrected_dissolved_oxygen_qartod_results: 2,
  depth: 20,
  oxy_temp: 11,
  pressure: 20,
  pressure_temp: 9,
  sea_water_density: 20,
  sea_water_electrical_conductivity: 20,
  sea_water_practical_salinity: 20,
  sea_water_pressure: 20,
  sea_water_temperature: 20,
  temperature: 20,
};

const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

async function golden(table: string, name: string): Promise<SeriesView> {
  const store = folderStore(join(OOI_DATA, 'golden', table, `${name}.zarr`));
  return { store, group: await openStore(store) };
}

const hdf5 = createHdf5Pool();
after(() => hdf5.close());

/** The file of the first daily request: its row for a time, and the bytes of a row of a variable. */
async function firstAppend() {
  const [path = assert.fail('the file is not there')] = globSync(`server/async_results/*/20240913*-${CTD}/*.nc`, { cwd: OOI_DATA });
  const file = await openNetcdf(join(OOI_DATA, path), { hdf5 });
  const names = [...file.variables.keys()];
  const all = await file.read(names.map((name) => ({ name })));
  await file.close();
  const columns = new Map(names.map((name, i) => [name, all[i]]));
  const times = columns.get('time');
  if (!(times instanceof Float64Array)) return assert.fail('times are not doubles');
  const bytesOf = (name: string, row: number): Uint8Array | null => {
    const values = columns.get(name);
    if (values === undefined) return null;
    if (!ArrayBuffer.isView(values)) return Buffer.from(values[row] ?? '', 'latin1');
    const rowBytes = values.byteLength / times.length;
    return new Uint8Array(values.buffer, values.byteOffset + row * rowBytes, rowBytes);
  };
  return { times, rowAt: new Map([...times.entries()].map(([row, time]) => [time, row])), bytesOf };
}

const timesOf = async ({ store, group }: SeriesView): Promise<Float64Array> => {
  const times = await readArray(store, group.arrays.get('time') ?? assert.fail('there is no time'));
  return times instanceof Float64Array ? times : assert.fail('times are not doubles');
};

/**
 * The store as it is after the first daily request: that after the second, without the rows that neither the refresh nor the first request
 * has, and with the rows of the first request as they were. The digests of the expected content prove that it is.
 */
async function afterFirstAppend(): Promise<SeriesView> {
  const [refresh, full, append] = [await golden(CTD, 'refresh'), await golden(CTD, 'refresh_append1_append2'), await firstAppend()];
  const known = new Set([...(await timesOf(refresh)), ...append.times]);
  const times = await timesOf(full);
  const kept = [...times.keys()].filter((row) => known.has(times[row] ?? 0));
  const arrays = [...full.group.arrays.values()].map(async (array) => {
    const { name, type, fill, attributes } = array;
    const values = rawBytes(await readArray(full.store, array));
    const bytes = new Uint8Array(kept.length * type.bytes);
    for (const [at, row] of kept.entries()) {
      const own = append.rowAt.get(times[row] ?? 0);
      const before = own === undefined ? null : append.bytesOf(name, own);
      bytes.set(before ?? values.subarray(row * type.bytes, (row + 1) * type.bytes), at * type.bytes);
    }
    const dimensions = dimensionsOf(array) ?? [];
    const plan = newArray({
      name,
      type: type.name,
      shape: [kept.length],
      dimensions,
      fill,
      compressor: { id: 'zstd', level: 1 },
      attributes,
    });
    return { array: plan, values: valuesOver(type, bytes) };
  });
  const store = memoryStore();
  await writeStore(store, await Promise.all(arrays), full.group.attributes);
  return { store, group: await openStore(store) };
}

describe('the expected OOI stores', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, () => {
  it('before and after the second daily request differ in the twenty rows that were given anew, three late ones and sixty at the end', async () => {
    const before = await afterFirstAppend();
    const expected = readGoldenContent({ table: CTD, name: 'refresh_append1', folder: '' });
    for (const [name, array] of before.group.arrays) {
      const digest = createHash('sha256')
        .update(rawBytes(await readArray(before.store, array)))
        .digest('hex');
      assert.equal(digest, expected.variables[name]?.sha256, name);
    }

    const { comparison } = await compareStores(before, await golden(CTD, 'refresh_append1_append2'));

    assert.deepEqual(comparison.rows, { both: 2072, onlyOld: 0, onlyNew: 63, late: 3 });
    const changed = comparison.variables.flatMap(({ name, total }) => (changesOf(total) > 0 ? [[name, total.changedRows]] : []));
    assert.deepEqual(Object.fromEntries(changed), GIVEN_ANEW);
    const largest = comparison.variables.find(({ name }) => name === 'sea_water_temperature')?.total.largest;
    assert.equal((Number(largest?.new) - Number(largest?.old)).toFixed(4), '0.1833');
    assert.equal(coverageOf(comparison).isShorter, false);
  });

  it('of the refresh and of all requests have the rows of the refresh in common', async () => {
    const { comparison } = await compareStores(await golden(CTD, 'refresh_append1_append2'), await golden(CTD, 'refresh'), {
      windowRows: 300,
    });

    assert.deepEqual(comparison.rows, { both: 1952, onlyOld: 183, onlyNew: 0, late: 0 });
    assert.deepEqual(
      coverageOf(comparison).losses.map(({ code, period }) => [code, period]),
      [
        ['ends_earlier', null],
        ['fewer_rows', '2023-09'],
      ],
    );
    assert.equal(timeText(comparison.new.last ?? 0), '2023-09-02T18:52:37.596810Z');
  });

  for (const { table, name, folder } of goldenStores()) {
    it(`${table}/${name} is the same as itself, and the check finds nothing`, async () => {
      const { comparison } = await compareStores(await golden(table, name), await golden(table, name), { windowRows: 70 });
      const check = await checkStore({ chunks: folderStore(folder), record: null, files: [] }, { seed: 1 });

      assert.deepEqual(
        comparison.variables.filter((one) => !isSameVariable(one)),
        [],
      );
      assert.deepEqual([comparison.rows.onlyOld, comparison.rows.onlyNew], [0, 0]);
      assert.deepEqual(check.findings, []);
    });
  }
});
