import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import { watchAllocations } from '../../fuzz/support/allocations.ts';
import { damaged, damages } from '../../fuzz/support/mutations.ts';
import { readWhole } from '../../fuzz/support/netcdf-case.ts';
import { fc } from '../../helpers/properties.ts';
import { expectations, fixtureBytes } from './netcdf-fixtures.ts';

const hdf5 = createHdf5Pool({ timeoutMs: 20_000 });
after(() => hdf5.close());

const files = expectations.map(({ file }) => ({ file, bytes: fixtureBytes(file) }));
const isHdf5 = ({ file }: { file: string }) => /netcdf4|hdf5/.test(file);
const allocations = watchAllocations();

test('a damaged classic file is read whole or refused, and nothing larger than itself is ever allocated', async () => {
  const cases = fc.asyncProperty(fc.constantFrom(...files.filter((file) => !isHdf5(file))), damages, async ({ file, bytes }, all) => {
    const broken = damaged(bytes, all);
    allocations.takeLargest();

    await readWhole(file, { bytes: broken });

    assert.ok(allocations.takeLargest() <= broken.byteLength + 4096);
  });

  await fc.assert(cases, { numRuns: 600 });
});

test('a damaged HDF5 file is read whole or refused', async () => {
  const limits = { readBytes: 64 * 1024 * 1024 };
  const cases = fc.asyncProperty(fc.constantFrom(...files.filter(isHdf5)), damages, async ({ file, bytes }, all) => {
    const outcome = await readWhole(file, { bytes: damaged(bytes, all), hdf5, limits });

    assert.match(outcome, /^(read|refused|ended after the time bound)$/);
  });

  await fc.assert(cases, { numRuns: 12 });
});
