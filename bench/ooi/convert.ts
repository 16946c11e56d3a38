/** One conversion in a process of its own: node bench/ooi/convert.ts FILES TABLE TARGET THREADS. Without target it only reads and merges. Prints JSON. */
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv, cpuUsage, pid, stdout } from 'node:process';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../src/formats/netcdf/open.ts';
import { openSeriesInput } from '../../src/ooi/files/input.ts';
import { mergeSources } from '../../src/ooi/files/merge.ts';
import { peakMemory } from '../support.ts';
import { plainZarr, readingOnly } from './sinks.ts';

const [files = '', table = '', target = '', threads = '2'] = argv.slice(2);
const hdf5 = createHdf5Pool({ threads: Number(threads) });
// As in a worker, whose threads are there from the first file on.
const first = (await readdir(files))[0] ?? '';
await Promise.all(Array.from({ length: Number(threads) }, () => openNetcdf(join(files, first), { hdf5 })));
const startedWith = cpuUsage();
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const began = performance.now();
const request = { id: 'bench', kind: 'refresh' as const, requestedAt: '2024-01-01T00:00:00Z', begin: '', end: '' };
const input = await openSeriesInput({ request, table, files, hdf5, scratch: tmpdir() });
const opened = performance.now();
const sink = target === '' ? readingOnly(input.plan) : plainZarr(input.plan, target);
let rows = 0;
for await (const window of mergeSources(input.sources)) {
  await sink.take(window);
  rows += window.rows;
}
await sink.end();
const seconds = (performance.now() - began) / 1000;
const { user, system } = cpuUsage(startedWith);
stdout.write(
  JSON.stringify({
    seconds,
    openSeconds: (opened - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    systemSeconds: system / 1e6,
    rows,
    peakMiB: peakMemory(pid),
    longestBlockMs: delay.max / 1e6,
  }),
);
await input.close();
await hdf5.close();
if (target !== '') await rm(target, { recursive: true });
