import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../../src/formats/netcdf/open.ts';
import { described, expectations, fixture, fixtureBytes } from './netcdf-fixtures.ts';

const hdf5 = createHdf5Pool();
after(() => hdf5.close());

const netcdf4 = expectations.filter(({ file }) => /netcdf4|hdf5/.test(file));

describe('NetCDF-4 files', () => {
  for (const { file, ...expected } of netcdf4) {
    test(`${file} reads as netCDF4-python reads it`, async () => {
      const opened = await openNetcdf(fixture(file), { hdf5 });

      const found = await described(opened);
      await opened.close();

      assert.deepEqual(found, expected);
    });

    test(`${file} reads the same from memory`, async () => {
      const opened = await openNetcdf('nowhere.nc', { hdf5, bytes: fixtureBytes(file) });

      const found = await described(opened);

      assert.deepEqual(found, expected);
    });
  }
});
