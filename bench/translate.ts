/**
 * How many real Argo profiles one core reads and translates in a second: file to documents, sha256 included.
 *
 * Usage: node bench/translate.ts [rounds]
 *
 * The files are those of the test data beside the project that are NetCDF classic (or its 64-bit offset form), as every published
 * single-profile file is. netcdfjs takes turns with it as the yardstick: it reads the same files and the same kind of variables, and does nothing with them.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, memoryUsage, stdout } from 'node:process';
import { NetCDFReader } from 'netcdfjs';
import { ahead } from '../src/argo/ahead.ts';
import { parseProfilePath } from '../src/argo/names.ts';
import { readSources } from '../src/argo/read.ts';
import type { ProfileGroup } from '../src/argo/select.ts';
import { translateFiles } from '../src/argo/translate.ts';
import { createHdf5Pool } from '../src/formats/netcdf/hdf5-pool.ts';
import { detectContainer } from '../src/formats/netcdf/open.ts';
import { ARGO_ROOT, isArgoDataThere, readOrder, SOURCE_URL, WITHOUT_ARGO_DATA } from '../test/golden/argo-data.ts';

/** Passes over all files in one measurement, so that one measurement takes some tenths of a second. */
const PASSES = 5;
/** As many as the loader prepares at once. */
const AHEAD = 8;
const NEEDED =
  /^(PLATFORM_NUMBER|CYCLE_NUMBER|DIRECTION|DATA_MODE|PARAMETER_DATA_MODE|STATION_PARAMETERS|JULD|JULD_QC|LATITUDE|LONGITUDE|POSITION_QC|DATE_UPDATE|DATA_CENTRE|PI_NAME|PLATFORM_TYPE|WMO_INST_TYPE|POSITIONING_SYSTEM|VERTICAL_SAMPLING_SCHEME|(PRES|TEMP|PSAL)(_ADJUSTED)?(_QC)?)$/;

const hdf5 = createHdf5Pool();

type Files = Parameters<typeof translateFiles>[1];

async function readFiles(group: ProfileGroup): Promise<Files> {
  const files = await Promise.all(group.files.map(async (path) => ({ path, bytes: await readFile(join(ARGO_ROOT, path)) })));
  for (const { bytes } of files) createHash('sha256').update(bytes).digest('hex');
  return files;
}

async function translate(group: ProfileGroup, files: Files): Promise<void> {
  const outcome = await translateFiles(group, files, { hdf5, sourceUrl: SOURCE_URL, now: new Date() });
  if (outcome.state === 'rejected') throw new Error(outcome.message);
}

async function readWithNetcdfjs(group: ProfileGroup): Promise<void> {
  for (const path of group.files) {
    const reader = new NetCDFReader(await readFile(join(ARGO_ROOT, path)));
    for (const { name } of reader.variables) if (NEEDED.test(name)) reader.getDataVariable(name);
  }
}

type Contender = readonly [what: string, pass: (groups: readonly ProfileGroup[]) => Promise<void>];

const oneByOne =
  (work: (group: ProfileGroup) => Promise<unknown>): Contender[1] =>
  async (groups) => {
    for (const group of groups) await work(group);
  };

/** The loader's own reading: a few profiles ahead of the one that is being translated. */
async function asTheLoader(groups: readonly ProfileGroup[]): Promise<void> {
  for await (const { group, files } of ahead(groups, AHEAD, async (one) => ({
    group: one,
    files: await readSources(ARGO_ROOT, one.files),
  }))) {
    await translate(group, files ?? []);
  }
}

/** Seconds for all groups, one after the other. */
async function seconds(work: Contender[1], groups: readonly ProfileGroup[]): Promise<number> {
  const start = performance.now();
  for (let pass = 0; pass < PASSES; pass += 1) await work(groups);
  return (performance.now() - start) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function isClassic(path: string): boolean {
  const container = detectContainer(readFileSync(join(ARGO_ROOT, path)).subarray(0, 8));
  return container === 'classic' || container === 'offset64';
}

async function main(rounds: number): Promise<void> {
  const groups = readOrder()
    .filter((files) => files.every(isClassic))
    .flatMap((files): ProfileGroup[] => {
      const name = parseProfilePath(files[0] ?? '');
      return name === null ? [] : [{ dac: name.dac, wmo: name.wmo, number: name.number, files }];
    });
  const files = groups.flatMap((group) => group.files).length;
  const inMemory = new Map(await Promise.all(groups.map(async (group) => [group, await readFiles(group)] as const)));
  const contenders: readonly Contender[] = [
    ['read + translate, as the loader', asTheLoader],
    ['read + translate, one by one', oneByOne(async (group) => translate(group, await readFiles(group)))],
    ['read + sha256', oneByOne(readFiles)],
    ['translate, bytes in memory', oneByOne((group) => translate(group, inMemory.get(group) ?? []))],
    ['netcdfjs, reading alone', oneByOne(readWithNetcdfjs)],
  ];
  const times = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1) {
    // Round -1 warms up.
    for (const [at, [, work]] of contenders.entries()) {
      const taken = await seconds(work, groups);
      if (round >= 0) times[at]?.push(taken);
    }
  }
  const medians = times.map(median);
  const yardstick = medians.at(-1) ?? Number.NaN;
  stdout.write(`${groups.length} profiles, ${files} files, median of ${rounds} rounds of ${PASSES} passes; reading includes sha256\n`);
  stdout.write(`${''.padEnd(34)}${'profiles/s'.padStart(12)}${'files/s'.padStart(10)}${'ratio'.padStart(8)}\n`);
  for (const [at, [what]] of contenders.entries()) {
    const taken = medians[at] ?? Number.NaN;
    const cells = [
      ((groups.length * PASSES) / taken).toFixed(0).padStart(12),
      ((files * PASSES) / taken).toFixed(0).padStart(10),
      (yardstick / taken).toFixed(2).padStart(8),
    ];
    stdout.write(`${what.padEnd(34)}${cells.join('')}\n`);
  }
  stdout.write(`resident memory at the end: ${(memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB\n`);
}

if (isArgoDataThere) await main(Number(argv[2] ?? 7));
else stdout.write(`Nothing measured: ${WITHOUT_ARGO_DATA}.\n`);
await hdf5.close();
