/**
 * Damaged NetCDF files: each is read whole or refused with `unreadable_file`; never another error, a hang, or an allocation beyond bounds.
 *
 * LANDFALL_FUZZ_CASES (20000) cases of classic files, a twentieth as many of HDF5 files; LANDFALL_FUZZ_SEED repeats a run.
 */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { detectContainer } from '../../src/formats/netcdf/open.ts';
import { watchAllocations } from './support/allocations.ts';
import { damaged, damages } from './support/mutations.ts';
import { type Outcome, readWhole } from './support/netcdf-case.ts';

const ROOT = join(import.meta.dirname, '../..');
const cases = Number(process.env.LANDFALL_FUZZ_CASES ?? 20_000);
const hdf5Cases = Number(process.env.LANDFALL_FUZZ_HDF5_CASES ?? Math.ceil(cases / 20));
const seed = Number(process.env.LANDFALL_FUZZ_SEED ?? Date.now() % 0x7fff_ffff);

/** A variable of a classic file is part of the file, so nothing needs more memory than the file and a little for bookkeeping. */
const CLASSIC_SLACK_BYTES = 4096;
const HDF5_READ_BYTES = 64 * 1024 * 1024;
const HDF5_MEMORY_BYTES = 192 * 1024 * 1024;
const HDF5_TIMEOUT_MS = 20_000;
const PROCESS_BYTES = 1536 * 1024 * 1024;

const paths = globSync(['test/fixtures/netcdf/*.nc', '../shared/data/argo/gdac/dac/**/*.nc'], { cwd: ROOT }).sort();
const files = paths.map((path) => ({ path: basename(path), bytes: new Uint8Array(readFileSync(join(ROOT, path))) }));
const isHdf5 = ({ bytes }: { bytes: Uint8Array }) => detectContainer(bytes.subarray(0, 8)) === 'hdf5';
const classicFiles = files.filter((file) => !isHdf5(file));
const hdf5Files = files.filter(isHdf5);
const allocations = watchAllocations();
const hdf5 = createHdf5Pool({ threads: 2, timeoutMs: HDF5_TIMEOUT_MS, memoryBytes: HDF5_MEMORY_BYTES });

interface Figures {
  readonly outcomes: Record<Outcome, number>;
  longestMs: number;
  largestBytes: number;
}

const newFigures = (): Figures => ({ outcomes: { read: 0, refused: 0, 'ended after the time bound': 0 }, longestMs: 0, largestBytes: 0 });

async function timed(figures: Figures, read: () => Promise<Outcome>): Promise<Outcome> {
  const start = performance.now();
  const outcome = await read();
  figures.outcomes[outcome] += 1;
  figures.longestMs = Math.max(figures.longestMs, performance.now() - start);
  return outcome;
}

async function fuzzClassic(): Promise<Figures> {
  const figures = newFigures();
  const property = fc.asyncProperty(fc.constantFrom(...classicFiles), damages, async ({ path, bytes }, all) => {
    const broken = damaged(bytes, all);
    allocations.takeLargest();
    await timed(figures, () => readWhole(path, { bytes: broken, hdf5 }));
    const largest = allocations.takeLargest();
    figures.largestBytes = Math.max(figures.largestBytes, largest);
    assert.ok(largest <= broken.byteLength + CLASSIC_SLACK_BYTES, `${largest} bytes at once for a file of ${broken.byteLength}`);
  });
  await fc.assert(property, { numRuns: cases, seed, endOnFailure: true });
  return figures;
}

async function fuzzHdf5(): Promise<Figures> {
  const figures = newFigures();
  const limits = { readBytes: HDF5_READ_BYTES };
  const property = fc.asyncProperty(fc.constantFrom(...hdf5Files), damages, async ({ path, bytes }, all) => {
    const outcome = await timed(figures, () => readWhole(path, { bytes: damaged(bytes, all), hdf5, limits }));
    if (outcome === 'ended after the time bound') console.log(`hung: ${path} ${fc.stringify(all)}`);
  });
  await fc.assert(property, { numRuns: hdf5Cases, seed, endOnFailure: true });
  return figures;
}

function report(what: string, { outcomes, longestMs, largestBytes }: Figures): void {
  const counts = Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
  const largest = largestBytes === 0 ? '' : `, largest allocation ${largestBytes} bytes`;
  console.log(`${what}: ${counts}, longest ${longestMs.toFixed(0)} ms${largest}`);
}

console.log(`seed ${seed}; ${classicFiles.length} classic and ${hdf5Files.length} HDF5 files to damage`);
report(`classic, ${cases} cases`, await fuzzClassic());
report(`HDF5, ${hdf5Cases} cases`, await fuzzHdf5());
await hdf5.close();
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(`peak memory of the process ${(peakBytes / 2 ** 20).toFixed(0)} MiB`);
assert.ok(peakBytes < PROCESS_BYTES, `the process took ${peakBytes} bytes`);
