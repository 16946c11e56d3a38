/**
 * Two conversions in a process of their own: node bench/ooi/convert.ts FILES TABLE TARGET THREADS [ENDPOINT HOME]. Prints JSON, a line for each:
 * the first finds a program that has never converted anything, the second one that has, as a worker is that lives for weeks.
 *
 * Without target it only reads and merges. With an endpoint the target is a prefix in a bucket of the server whose home is given.
 */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv, cpuUsage, pid, stdout } from 'node:process';
import { readObjectServerKeys } from '../../src/embedded/object-server-keys.ts';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../src/formats/netcdf/open.ts';
import { type OpenSeriesInput, openSeriesInput } from '../../src/ooi/files/input.ts';
import { openSeriesStore, type StoreOptions } from '../../src/ooi/store/series-store.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import type { S3Store } from '../../src/stores/objects/s3.ts';
import { peakMemory } from '../support.ts';
import { readMerged } from './read-merged.ts';

const [files = '', table = '', target = '', threads = '2', endpoint, home = ''] = argv.slice(2);
const hdf5 = createHdf5Pool({ threads: Number(threads) });
// As in a worker, whose threads are there from the first file on.
const first = (await readdir(files))[0] ?? '';
await Promise.all(Array.from({ length: Number(threads) }, () => openNetcdf(join(files, first), { hdf5 })));
for (const turn of ['first', 'again']) stdout.write(`${JSON.stringify(await converted(target === '' ? '' : `${target}/${turn}`))}\n`);
await hdf5.close();

async function converted(to: string): Promise<object> {
  const place = to === '' ? null : await (endpoint === undefined ? inFolder(to) : inBucket(endpoint, home, to));
  const startedWith = cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const began = performance.now();
  const request = { id: 'bench', kind: 'refresh' as const, requestedAt: '2024-01-01T00:00:00Z', begin: '', end: '' };
  const input = await openSeriesInput({ request, table, files, hdf5, scratch: tmpdir() });
  const openSeconds = (performance.now() - began) / 1000;
  const { rows, checkingFrom } = place === null ? { rows: await readMerged(input), checkingFrom: null } : await build(place, input);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = cpuUsage(startedWith);
  await input.close();
  if (place !== null && 'close' in place.objects) place.objects.close();
  return {
    seconds,
    openSeconds,
    checkSeconds: checkingFrom === null ? undefined : (began + seconds * 1000 - checkingFrom) / 1000,
    cpuSeconds: (user + system) / 1e6,
    systemSeconds: system / 1e6,
    rows,
    peakMiB: peakMemory(pid),
    longestBlockMs: delay.max / 1e6,
  };
}

type Place = Pick<StoreOptions, 'disk' | 'publish'> & { readonly objects: StoreOptions['objects'] | S3Store };

async function inFolder(folder: string): Promise<Place> {
  return { objects: await openDisk({ folder }), disk: { folder }, publish: 'link' };
}

async function inBucket(server: string, homeOfServer: string, prefix: string): Promise<Place> {
  const keys = readObjectServerKeys(homeOfServer);
  if (keys === null) throw new Error(`${homeOfServer} is not the home of a server.`);
  const { openS3 } = await import('../../src/stores/objects/s3.ts');
  const connection = { endpoint: server, region: 'us-east-1', isPathStyle: true, keys, bucket: 'bench', prefix, createBucket: true };
  return { objects: await openS3(connection), disk: null, publish: 'pointer' };
}

/** As a refresh does: beside what is live, every chunk read back, then published. */
async function build(given: Place, input: OpenSeriesInput): Promise<{ readonly rows: number; readonly checkingFrom: number | null }> {
  const store = openSeriesStore({ ...given, table, codec: 'zstd' });
  const fence = async (): Promise<void> => {};
  let checkingFrom: number | null = null;
  const built = await store.build(
    { id: 'g1', inputs: [input] },
    {
      fence,
      onProgress({ phase }) {
        if (phase === 'checking') checkingFrom ??= performance.now();
      },
    },
  );
  await store.publish('g1', { fence });
  if (built.validation.isSample || built.validation.problems.length > 0) throw new Error('It was not checked.');
  return { rows: built.rows, checkingFrom };
}
