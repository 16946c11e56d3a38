import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as zarrPackage from 'zarr';
import * as zarrita from 'zarrita';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { openStore } from '../../src/formats/zarr/open.ts';
import { openSeriesInput } from '../../src/ooi/files/input.ts';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { foreignPython } from '../helpers/python.ts';
import { free } from '../helpers/series-cases.ts';
import { folderStore } from '../helpers/zarr-stores.ts';
import { bytesRead, zarritaStore } from '../helpers/zarrita.ts';
import { type GoldenSeries, goldenSeries, isOoiDataThere, readGoldenContent, requestFolder, WITHOUT_OOI_DATA } from './ooi-data.ts';

const CODECS = ['zstd', 'lz4', 'zlib'] as const;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every NaN counts as the standard one. */
function standard(bytes: Buffer, dtype: string): Uint8Array {
  if (dtype !== '<f4' && dtype !== '<f8') return bytes;
  const copy = new Uint8Array(bytes);
  const values = dtype === '<f4' ? new Float32Array(copy.buffer) : new Float64Array(copy.buffer);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
  return copy;
}

/** As zarrita names types. */
const typeName = (dtype: string): string =>
  dtype.startsWith('|S') ? `v2:${dtype.slice(1)}` : `${{ f: 'float', i: 'int', u: 'uint' }[dtype[1] ?? '']}${8 * Number(dtype.slice(2))}`;

const READ = `
import base64, hashlib, json, sys
import numpy as np, zarr
def plain(array):
    fill = array.fill_value
    if fill is None: return None
    if array.dtype.kind == 'f': return 'NaN' if np.isnan(fill) else float(fill)
    return int(fill)
def read(array):
    values = array[...]
    if values.dtype.kind == 'f': values[np.isnan(values)] = np.nan
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
def told(path):
    group = zarr.open_consolidated(path, mode='r', zarr_format=2)
    arrays = {name: {'dtype': a.dtype.str, 'dims': a.attrs['_ARRAY_DIMENSIONS'], 'shape': list(a.shape), 'fill_value': plain(a), 'sha256': read(a)}
              for name, a in group.arrays()}
    return {'arrays': arrays, 'attributes': {name: dict(a.attrs) for name, a in group.arrays()}, 'group': dict(group.attrs)}
print(json.dumps([told(path) for path in sys.argv[1:]]))
`;

interface Told {
  readonly arrays: object;
  readonly attributes: object;
  readonly group: object;
}

/** What the expected content says of each array. */
const expectedOf = (golden: GoldenSeries) => {
  const { variables, observations } = readGoldenContent(golden);
  return Object.fromEntries(
    Object.entries(variables).map(([name, { dtype, dims, shape = [observations], fill_value, sha256 }]) => [
      name,
      { dtype, dims, shape, fill_value, sha256 },
    ]),
  );
};

/** What the expected store says of itself and of each array; null where there is no such store. */
async function attributesOf({ folder }: GoldenSeries) {
  if (!existsSync(folder)) return null;
  const { attributes, arrays } = await openStore(folderStore(folder));
  return { group: attributes, attributes: Object.fromEntries([...arrays].map(([name, array]) => [name, array.attributes])) };
}

describe('stores that are made of the files of requests', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-readers-'));
  const made = goldenSeries().map((golden, at) => ({ golden, codec: CODECS[at % 3] ?? 'zstd', table: `${at}` }));
  before(async () => {
    const [objects, hdf5] = [await openDisk({ folder }), createHdf5Pool()];
    for (const { golden, codec, table } of made) {
      const inputs = await Promise.all(
        golden.requests.map((id) => {
          const request = { id, kind: 'append' as const, requestedAt: id.slice(0, 18), begin: '', end: '' };
          return openSeriesInput({ request, table: golden.table, files: requestFolder(id), hdf5, scratch: folder });
        }),
      );
      const store = openSeriesStore({ objects, disk: { folder }, table, publish: 'link', codec, windowRows: 500 });
      await store.build({ id: 'g1', inputs }, free);
      await store.publish('g1', free);
      await Promise.all(inputs.map((input) => input.close()));
    }
    await hdf5.close();
  });
  after(() => rm(folder, { recursive: true }));

  for (const { golden, codec, table } of made)
    it(`in ${codec} are ${golden.table}/${golden.name} to zarrita: values, types, dimensions, fills and attributes`, async () => {
      const store = await zarrita.withConsolidatedMetadata(zarritaStore(folderStore(join(folder, table))), { format: 'v2' });
      const root = zarrita.root(store);
      const names = store.contents().flatMap(({ path, kind }) => (kind === 'array' ? [path.slice(1)] : []));

      const found: Record<string, object> = {};
      const attributes: Record<string, object> = {};
      for (const name of names) {
        const array = await zarrita.open.v2(root.resolve(name), { kind: 'array' });
        const { dtype = '' } = expectedOf(golden)[name] ?? {};
        attributes[name] = array.attrs;
        const fill = Number.isNaN(array.fillValue) ? 'NaN' : array.fillValue;
        found[name] = {
          dtype: array.dtype,
          dims: array.attrs._ARRAY_DIMENSIONS,
          shape: array.shape,
          fill_value: typeof fill === 'bigint' ? Number(fill) : fill,
          sha256: digest(standard(await bytesRead(array), dtype)),
        };
      }
      const group = await zarrita.open.v2(root, { kind: 'group' });

      const expected = Object.entries(expectedOf(golden)).map(([name, one]) => [name, { ...one, dtype: typeName(one.dtype) }]);
      assert.deepEqual(found, Object.fromEntries(expected));
      const told = await attributesOf(golden);
      if (told !== null) assert.deepEqual({ group: group.attrs, attributes }, told);
    });

  it('are the same to zarr-python: values, types, dimensions, fills and attributes', async (t) => {
    const python = await foreignPython();
    if (!python.isThere) return t.skip(python.why);

    const found: readonly Told[] = JSON.parse(await python.run(READ, ...made.map(({ table }) => join(folder, table))));

    assert.equal(found.length, made.length);
    for (const [at, { golden }] of made.entries()) {
      const { arrays, attributes, group } = found[at] ?? assert.fail();
      assert.deepEqual(arrays, expectedOf(golden), golden.name);
      const told = await attributesOf(golden);
      if (told !== null) assert.deepEqual({ attributes, group }, told, golden.name);
    }
  });

  it('in zlib are read rightly by the package zarr where there are numbers without filters', async () => {
    let numbers = 0;
    for (const { golden, codec, table } of made) {
      if (codec !== 'zlib') continue;
      const files = folderStore(join(folder, table));
      const { arrays } = await openStore(files);
      for (const [name, { type, filters }] of arrays) {
        const isInteger64 = type.bytes === 8 && type.name !== '<f8';
        if (filters.length > 0 || type.kind === 'text' || isInteger64) continue;
        const store = {
          getItem: async (key: string) => new Uint8Array((await files.get(key)) ?? []).buffer,
          containsItem: async (key: string) => (await files.get(key)) !== null,
          setItem: async () => false,
          deleteItem: async () => false,
          keys: async () => [],
        };
        const { data } = await (await zarrPackage.openArray({ store, path: name, mode: 'r' })).getRaw(null);
        numbers += 1;
        const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
        assert.equal(digest(standard(bytes, type.name)), expectedOf(golden)[name]?.sha256, name);
      }
    }
    assert.ok(numbers > 3, `${numbers} arrays`);
  });
});
