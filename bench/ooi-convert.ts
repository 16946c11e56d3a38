/**
 * NetCDF files of one request into a Zarr store, sorted, each time once, synced, read back: node bench/ooi-convert.ts [files] [rows of each]
 *
 * Forty files of 100,000 rows and 15 variables are 292 MB of arrays. Each begins with the last hundred rows of the one before and repeats a row.
 * xarray does the same, by turns with it so that both meet the same load: it also brings every file to the disk, and reads every chunk back
 * against a digest. Both convert the set twice in one process: a worker lives for weeks, so what counts is the second time; the first, for
 * which V8 compiles everything, is told too. Then the same into the embedded S3 server, and ten times as many files, for which memory must not grow.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { WORKER_ENV, WORKER_FLAGS } from '../src/cli/worker-command.ts';
import { startObjectServer } from '../test/helpers/object-server.ts';
import { foreignPython, type Python } from '../test/helpers/python.ts';
import { median, say } from './support.ts';

const BYTES_OF_ROW = 73;
const ROUNDS = 7;
const LONGER = 10;
const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

const figures = z.object({
  seconds: z.number(),
  openSeconds: z.number().optional(),
  checkSeconds: z.number().optional(),
  cpuSeconds: z.number(),
  rows: z.number(),
  peakMiB: z.number(),
  longestBlockMs: z.number().optional(),
});
type Figures = z.output<typeof figures>;

const [files = 40, rows = 100_000] = argv.slice(2).map(Number);
const beside = (name: string): string => fileURLToPath(new URL(`ooi/${name}`, import.meta.url));

/** The first conversion of a process, and the next. */
interface Turns {
  readonly first: Figures;
  readonly again: Figures;
}

function turnsIn(lines: string): Turns {
  const [first, again] = lines
    .trim()
    .split('\n')
    .map((line) => figures.parse(JSON.parse(line)));
  if (first === undefined || again === undefined) throw new Error(`Two conversions were expected: ${lines}`);
  return { first, again };
}

async function convert(folder: string, ...target: readonly string[]): Promise<Turns> {
  const [place = '', ...server] = target;
  const child = spawn(execPath, [...WORKER_FLAGS, beside('convert.ts'), folder, TABLE, place, '2', ...server], {
    // as a worker is started
    env: { ...env, ...WORKER_ENV },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return turnsIn(await text(child.stdout));
}

const megabytes = (count: number): number => (count * rows * BYTES_OF_ROW) / 1e6;

function tell(what: string, all: readonly Figures[], count = files): void {
  const of = (figure: (one: Figures) => number | undefined): number => median(all.flatMap((one) => figure(one) ?? []));
  const check = of(({ checkSeconds }) => checkSeconds);
  const block = of(({ longestBlockMs }) => longestBlockMs);
  say(
    [
      `${what}: ${of(({ seconds }) => megabytes(count) / seconds).toFixed(0)} MB/s of arrays`,
      `${of(({ seconds }) => seconds).toFixed(1)} s${Number.isNaN(check) ? '' : ` (${check.toFixed(1)} s of it reading back)`}`,
      `${of(({ cpuSeconds }) => cpuSeconds).toFixed(1)} s of processor`,
      `${all[0]?.rows} rows`,
      `peak ${Math.max(...all.map(({ peakMiB }) => (peakMiB * 2 ** 20) / 1e6)).toFixed(0)} MB`,
      ...(Number.isNaN(block) ? [] : [`loop held ${block.toFixed(0)} ms at most`]),
    ].join(', '),
  );
}

function compare(when: string, ours: readonly Figures[], theirs: readonly Figures[]): void {
  tell(`${when}converted`, ours);
  tell(`${when}xarray`, theirs);
  const ratios = (figure: (one: Figures) => number): readonly number[] =>
    ours.map((one, round) => figure(theirs[round] ?? one) / figure(one)).toSorted((a, b) => a - b);
  const [times, processor] = [ratios(({ seconds }) => seconds), ratios(({ cpuSeconds }) => cpuSeconds)];
  say(
    `${when}${median(times).toFixed(2)} times as fast as xarray (rounds ${times.map((one) => one.toFixed(2)).join(', ')}), ` +
      `${median(processor).toFixed(2)} times as much for a second of processor`,
  );
}

async function made(python: Extract<Python, { isThere: true }>, folder: string, name: string, count: number): Promise<string> {
  const request = join(folder, name);
  await mkdir(request);
  await python.run(await readFile(beside('make-files.py'), 'utf8'), request, String(count), String(rows), TABLE);
  return request;
}

const python = await foreignPython();
if (!python.isThere) {
  say(python.why);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
  const server = await startObjectServer();
  try {
    const request = await made(python, folder, 'request', files);
    const rival = await readFile(beside('rival.py'), 'utf8');
    const fresh = async (name: string): Promise<string> => {
      await rm(join(folder, name), { recursive: true, force: true });
      return join(folder, name);
    };
    const [ours, theirs]: [Turns[], Turns[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await convert(request, await fresh('ours')));
      theirs.push(turnsIn(await python.run(rival, request, await fresh('theirs'))));
    }
    await fresh('theirs');
    say(
      `${files} files of ${rows} rows, ${megabytes(files).toFixed(0)} MB of arrays; medians of ${ROUNDS} rounds; load ${loadavg()[0]?.toFixed(1)}`,
    );
    tell('read and merged', [(await convert(request, '')).again]);
    for (const turn of ['again', 'first'] as const) {
      const [own, other] = [ours, theirs].map((all) => all.map((one) => one[turn]));
      compare(turn === 'first' ? 'in a new process: ' : '', own ?? [], other ?? []);
    }
    tell('converted to the S3 server', [(await convert(request, 'series', server.endpoint, server.home)).again]);
    const longer = await made(python, folder, 'longer', files * LONGER);
    tell(`${files * LONGER} files converted`, [(await convert(longer, await fresh('ours'))).again], files * LONGER);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}
