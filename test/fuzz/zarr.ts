/**
 * Damaged Zarr metadata and chunks: each is read or refused with a sentence; never another error, or an allocation beyond bounds.
 *
 * LANDFALL_FUZZ_CASES (20000) cases of each sort; LANDFALL_FUZZ_SEED repeats a run.
 */

import fc from 'fast-check';
import { watchAllocations } from './support/allocations.ts';
import { anyMetadata, damagedChunks, damagedMetadata, damagedTexts } from './support/zarr-case.ts';

const numRuns = Number(process.env.LANDFALL_FUZZ_CASES ?? 20_000);
const seed = Number(process.env.LANDFALL_FUZZ_SEED ?? Date.now() % 0x7fff_ffff);
const allocations = watchAllocations();

console.log(`seed ${seed}`);
await fc.assert(anyMetadata(allocations), { numRuns, seed, endOnFailure: true });
console.log(`Zarr metadata with any value in any place, ${numRuns} cases`);
await fc.assert(damagedMetadata(allocations), { numRuns, seed, endOnFailure: true });
console.log(`damaged Zarr metadata, ${numRuns} cases`);
await fc.assert(await damagedTexts(allocations), { numRuns, seed, endOnFailure: true });
console.log(`damaged chunks of texts, ${numRuns} cases`);
await fc.assert(await damagedChunks(allocations), { numRuns, seed, endOnFailure: true });
console.log(`damaged Zarr chunks, ${numRuns} cases`);
