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

  test('values read out of a Buffer are plain typed arrays, and bytes are not copied', async () => {
    const bytes = Buffer.from(fixtureBytes('classic.nc'));
    const opened = await openNetcdf('classic.nc', { bytes });

    const [words] = await opened.read([{ name: 'flags' }]);

    assert.deepEqual(words, Uint8Array.of(0x31, 0x20, 0x34));
    assert.ok(words instanceof Uint8Array && words.buffer === bytes.buffer);
  });
});
