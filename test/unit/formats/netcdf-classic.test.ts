import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openNetcdf } from '../../../src/formats/netcdf/open.ts';
import { described, expectations, fixture, fixtureBytes } from './netcdf-fixtures.ts';

const classic = expectations.filter(({ file }) => !/netcdf4|hdf5/.test(file));

describe('classic, 64-bit offset and CDF-5 files', () => {
  for (const { file, ...expected } of classic) {
    test(`${file} reads as netCDF4-python reads it`, async () => {
      const opened = await openNetcdf(fixture(file));

      const found = await described(opened);
      await opened.close();

      assert.deepEqual(found, expected);
    });

    test(`${file} reads the same from memory`, async () => {
      const opened = await openNetcdf(file, { bytes: fixtureBytes(file) });

      const found = await described(opened);

      assert.deepEqual(found, expected);
    });
  }
});
