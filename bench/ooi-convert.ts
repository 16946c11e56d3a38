/**
 * NetCDF files of one request into a Zarr store, sorted, each time once, read back: node bench/ooi-convert.ts [files] [rows of each]
 *
 * Forty files of 100,000 rows and 15 variables are 292 MB of arrays. Each begins with the last hundred rows of the one before and repeats a row.
 * xarray does the same in the same run.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { foreignPython } from '../test/helpers/python.ts';
import { median, say } from './support.ts';

const BYTES_OF_ROW = 73;
const ROUNDS = 3;
const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

const figures = z.object({
  seconds: z.number(),
  openSeconds: z.number().optional(),
  cpuSeconds: z.number().optional(),
  rows: z.number(),
  peakMiB: z.number(),
  longestBlockMs: z.number().optional(),
});
type Figures = z.output<typeof figures>;

const [files = 40, rows = 100_000] = argv.slice(2).map(Number);
const beside = (name: string): string => fileURLToPath(new URL(`ooi/${name}`, import.meta.url));

async function convert(folder: string, target: string): Promise<Figures> {
  const child = spawn(execPath, [beside('convert.ts'), folder, TABLE, target, '2'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return figures.parse(JSON.parse(await text(child.stdout)));
}

function tell(what: string, all: readonly Figures[]): number {
  const rate = median(all.map(({ seconds }) => (files * rows * BYTES_OF_ROW) / 1e6 / seconds));
  const [one] = all;
  const cpu = median(all.flatMap(({ cpuSeconds }) => cpuSeconds ?? []));
  const rest = Number.isNaN(cpu)
    ? ''
    : `, ${cpu.toFixed(1)} s of processor${one?.longestBlockMs === undefined ? '' : `, loop held ${one.longestBlockMs.toFixed(0)} ms at most`}`;
  say(`${what}: ${rate.toFixed(0)} MB/s of arrays, ${one?.rows} rows, peak ${one?.peakMiB.toFixed(0)} MiB${rest}`);
  return rate;
}

const python = await foreignPython();
if (!python.isThere) {
  say(python.why);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
  try {
    const request = join(folder, 'request');
    await mkdir(request);
    await python.run(await readFile(beside('make-files.py'), 'utf8'), request, String(files), String(rows), TABLE);
    const rival = await readFile(beside('rival.py'), 'utf8');
    const [reading, ours, theirs]: [Figures[], Figures[], Figures[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      reading.push(await convert(request, ''));
      ours.push(await convert(request, join(folder, 'ours')));
      theirs.push(figures.parse(JSON.parse(await python.run(rival, request, join(folder, 'theirs')))));
    }
    say(`${files} files of ${rows} rows, ${((files * rows * BYTES_OF_ROW) / 1e6).toFixed(0)} MB of arrays; median of ${ROUNDS}`);
    tell('read and merged', reading);
    const rate = tell('converted', ours);
    say(`${(rate / tell('xarray', theirs)).toFixed(2)} times as fast as xarray`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
