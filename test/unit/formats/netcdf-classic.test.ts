import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/errors.ts';
import { openNetcdf } from '../../../src/formats/netcdf/open.ts';

test('an empty file is unreadable, and the failure names it', async () => {
  const opening = openNetcdf('float.nc', { bytes: new Uint8Array(0) });

  await assert.rejects(
    opening,
    (error) => error instanceof Failure && error.code === 'unreadable_file' && /^float\.nc .*empty/.test(error.message),
  );
});
