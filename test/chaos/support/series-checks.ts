import { join } from 'node:path';
import * as zarrita from 'zarrita';
import type { ChunkStore } from '../../../src/formats/zarr/store.ts';
import { rawBytes } from '../../../src/formats/zarr/values.ts';
import { checkStore } from '../../../src/ooi/check/check-store.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import { Leases } from '../../../src/stores/leases.ts';
import { chunksIn } from '../../../src/stores/objects/chunks.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { Runs } from '../../../src/stores/runs.ts';
import { compareSeries } from '../../../standins/ooi/compare.ts';
import type { ExpectedSeries } from '../../../standins/ooi/series/expected.ts';
import { bytesRead, zarritaStore } from '../../helpers/zarrita.ts';
import type { DevHome } from './dev-home.ts';
import type { SeriesFlow } from './series-site.ts';

/** What is wrong with a store by itself and against what it must hold, in sentences. */
export async function storeWrongs(
  flow: SeriesFlow,
  objects: ObjectStore,
  expected: ExpectedSeries,
  dev: DevHome,
): Promise<readonly string[]> {
  const address = await addressOf(flow, objects);
  if (address === null) return ['Nothing is published.'];
  const chunks = chunksIn(objects, address);
  const { different } = await compareSeries(expected, chunks);
  return [
    ...different.map((line) => `Against the generator: ${line}`),
    ...(different.length > 0 ? [] : await foreignWrongs(expected, chunks)),
    ...(await recordWrongs(flow, objects, dev)),
    ...(await leftovers(flow, objects)),
  ];
}

/** Where a reader who knows only the documented addresses finds the live store. */
async function addressOf({ place, table }: SeriesFlow, objects: ObjectStore): Promise<string | null> {
  if (place === 'prefix') return table;
  const current = await objects.get(`${table}.current.json`);
  if (current === null) return null;
  return `${table}.generations/${JSON.parse(Buffer.from(current.bytes).toString()).generation}`;
}

/** As another program reads it: array by array, by their own documents. */
async function foreignWrongs(expected: ExpectedSeries, chunks: ChunkStore): Promise<readonly string[]> {
  const root = zarrita.root(zarritaStore(chunks));
  const wrongs: string[] = [];
  for (const [name, { values }] of expected.columns) {
    const array = await zarrita.open.v2(root.resolve(name), { kind: 'array' });
    const [found, wanted] = [await bytesRead(array), Buffer.from(rawBytes(values))];
    if (Buffer.compare(found, wanted) !== 0 && !isSameButForNaN(found, values)) wrongs.push(`zarrita reads something else in ${name}.`);
  }
  return wrongs;
}

function isSameButForNaN(found: Buffer, values: ExpectedSeries['time'] | object): boolean {
  if (!(values instanceof Float64Array) && !(values instanceof Float32Array)) return false;
  const copy = new Uint8Array(found);
  const read = values instanceof Float64Array ? new Float64Array(copy.buffer) : new Float32Array(copy.buffer);
  return read.length === values.length && read.every((value, at) => Object.is(value, values[at]));
}

/** The store's own checks: every chunk against what was written, times, documents. */
async function recordWrongs({ place, table }: SeriesFlow, objects: ObjectStore, dev: DevHome): Promise<readonly string[]> {
  const disk = place === 'disk' ? { folder: join(dev.folder, 'stores') } : null;
  const store = openSeriesStore({ objects, disk, table, publish: place === 'disk' ? 'link' : place, codec: 'zstd' });
  const live = await store.live();
  if (live === null) return ['Its own record knows no live store.'];
  const { segments } = live;
  const record = {
    chunk: (key: string, row: number) => segments.chunk(key, row),
    origins: (from: number, count: number) => segments.origins(from, count),
  };
  const { findings } = await checkStore({ chunks: chunksIn(objects, live.root), record, files: [] }, { seed: 1 });
  return findings.map(({ code, count, examples }) => `The store's check finds ${code} ${count} times: ${examples[0] ?? ''}`);
}

/** Changes that nobody has brought to an end. */
async function leftovers({ table }: SeriesFlow, objects: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list(`${table}.generations/`)) if (/\.landfall\/intent(\.json|\/)/.test(key)) keys.push(key);
  return keys.length === 0 ? [] : [`${keys.length} objects of an unfinished change are left, such as ${keys[0]}.`];
}

/** What the book says of a run that went well. */
export async function bookWrongs({ name }: SeriesFlow, job: string, run: string, dev: DevHome): Promise<readonly string[]> {
  const wrongs: string[] = [];
  for (const lease of [name, `${name}#${job}`]) {
    const holder = await new Leases(dev.database).holder(lease);
    if (holder !== null) wrongs.push(`The lease ${lease} is still held by ${holder.workflowId}.`);
  }
  const known = await new Runs(dev.database).get(run);
  if (known?.health !== 'ok' || known.endedAt === null) wrongs.push(`The book says ${known?.health}, ended ${known?.endedAt}.`);
  return wrongs;
}
