import { test } from 'node:test';
import { watchAllocations } from '../../fuzz/support/allocations.ts';
import { anyMetadata, damagedChunks, damagedMetadata, damagedTexts } from '../../fuzz/support/zarr-case.ts';
import { fc } from '../../helpers/properties.ts';

const allocations = watchAllocations();

test('metadata with any value in any place are read or refused, within bounded memory', async () => {
  await fc.assert(anyMetadata(allocations), { numRuns: 1000 });
});

test('damaged consolidated metadata are read or refused, within bounded memory', async () => {
  await fc.assert(damagedMetadata(allocations), { numRuns: 1000 });
});

test('damaged chunks of every codec are read at their length or refused, and good ones are read after them', async () => {
  await fc.assert(await damagedChunks(allocations), { numRuns: 500 });
});

test('damaged chunks of texts of any length are read as so many texts or refused, within bounded memory', async () => {
  await fc.assert(await damagedTexts(allocations), { numRuns: 500 });
});
