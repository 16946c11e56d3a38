import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { withLength, type ZarrArray } from '../../src/formats/zarr/array.ts';
import { type Fill, filled } from '../../src/formats/zarr/fill.ts';
import { consolidatedDocument } from '../../src/formats/zarr/group.ts';
import { newArray } from '../../src/formats/zarr/new-array.ts';
import { type OpenedStore, openStore } from '../../src/formats/zarr/open.ts';
import { readArray, readRows } from '../../src/formats/zarr/read.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import { writeRows } from '../../src/formats/zarr/write.ts';
import { foreignPython, type Python } from '../helpers/python.ts';
import { folderStore } from '../helpers/zarr-stores.ts';
import { writeStore } from '../helpers/zarr-written.ts';
import { COMPRESSORS, signal, TYPES } from '../unit/formats/zarr-cases.ts';

const ROWS = 1000;

/** Several blocks of Blosc to the chunk, the last one of no round number of values. */
const LONG_ROWS = 600_003;
const BLOSC = ['lz4', 'zlib', 'zstd'].flatMap((cname) => [0, 1, 2].map((shuffle) => ({ id: 'blosc', cname, clevel: 1, shuffle })));

/** Of the values in this machine's byte order. */
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** One value of fill as Python has it, hexadecimal; null: none. */
const fillOf = ({ type, fill }: ZarrArray): string | null =>
  fill === null ? null : Buffer.from(rawBytes(filled(type, fill, 1))).toString('hex');

/** A fill that JSON has to be asked for specially, where the type has one. */
const telling = (type: string): Fill => {
  if (type.includes('S')) return Buffer.from('e');
  if (type.endsWith('i8')) return -(2n ** 63n);
  if (type === '<u8') return 2n ** 64n - 1n;
  return type.includes('f') ? Number.NEGATIVE_INFINITY : 120;
};

const DESCRIBE = `
import hashlib, json, sys
import numpy as np, xarray, zarr
def digest(values):
    return hashlib.sha256(np.ascontiguousarray(values).astype(values.dtype.newbyteorder('=')).tobytes()).hexdigest()
def fill(array):
    return None if array.fill_value is None else np.array([array.fill_value], dtype=array.dtype.newbyteorder('=')).tobytes().hex()
def described(path):
    group = zarr.open_consolidated(path, mode='r', zarr_format=2)
    return {name: [array.metadata.to_dict()['dtype'], list(array.shape), digest(array[...]), fill(array)] for name, array in group.arrays()}
def opened(path):
    with xarray.open_zarr(path, consolidated=True, decode_times=True) as data:
        return [str(data.time.values[0]), str(data.time.values[-1]), dict(data.sizes), dict(data.attrs)]
print(json.dumps({'arrays': described(sys.argv[1]), 'xarray': opened(sys.argv[1])}))
`;

/** Stores of every codec that zarr-python has and we read; keys with dots and with slashes; and those of xarray. */
const WRITE = `
import hashlib, json, sys, warnings
import numcodecs, numpy as np, xarray, zarr
from numcodecs import Blosc
root, rows = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(7)
compressors = {'none': None, 'zlib': numcodecs.Zlib(1), 'gzip': numcodecs.GZip(5), 'zstd': numcodecs.Zstd(3), 'lz4': numcodecs.LZ4()}
for cname in ['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd']:
    for shuffle in [0, 1, 2]:
        compressors[f'blosc_{cname}_{shuffle}'] = Blosc(cname=cname, clevel=5, shuffle=shuffle)
types = {'f8': np.round(np.sin(np.arange(rows) / 50), 3), 'f4': random.normal(size=rows).astype('<f4'), 'i8': np.arange(rows) * 10**12,
         'u1': random.integers(0, 4, rows).astype('u1'), 'u2': random.integers(0, 60000, rows).astype('<u2'),
         'S3': np.array([str(i % 97) for i in range(rows)], dtype='S3'), 'bf8': np.arange(rows).astype('>f8'),
         'wide': random.normal(size=(rows, 5))}
digests = {}
group = zarr.open_group(root + '/every.zarr', mode='w', zarr_format=2)
for label, compressor in compressors.items():
    for separator in ['.', '/']:
        for type_name, values in types.items():
            name = f"{label}_{type_name}_{'dot' if separator == '.' else 'slash'}"
            chunks = (300,) + ((3,) if values.ndim == 2 else ())
            array = group.create_array(name, shape=values.shape, chunks=chunks, dtype=values.dtype, compressors=compressor, filters=None,
                                       chunk_key_encoding={'name': 'v2', 'separator': separator}, fill_value=None if type_name != 'f8' else np.nan,
                                       attributes={'_ARRAY_DIMENSIONS': ['time', 'bin'][: values.ndim]})
            array[...] = values
            digests[name] = hashlib.sha256(np.ascontiguousarray(values).astype(values.dtype.newbyteorder('=')).tobytes()).hexdigest()
zarr.consolidate_metadata(root + '/every.zarr', zarr_format=2)
data = xarray.Dataset({'temperature': ('time', np.arange(rows) / 8), 'flag': ('time', types['u1'])},
                      coords={'time': ('time', 3.9e9 + np.arange(rows) * 10.0, {'units': 'seconds since 1900-01-01 0:0:0'})})
data.to_zarr(root + '/zlib.zarr', mode='w', zarr_format=2, consolidated=True,
             encoding={name: {'compressors': numcodecs.Zlib(1), 'chunks': (300,)} for name in ['time', 'temperature', 'flag']})
data.to_zarr(root + '/blosc.zarr', mode='w', zarr_format=2, consolidated=True,
             encoding={name: {'compressors': Blosc(cname='zstd', clevel=3, shuffle=Blosc.BITSHUFFLE)} for name in ['temperature', 'flag']})
mixed = xarray.Dataset({'empty': ('none', np.zeros(0)), 'objects': ('time', np.array(['a', 'bcd'], dtype=object)), 'unicode': ('time', np.array(['ab', 'ä'])),
                        'fixed': ('time', np.array([b'ab', b'c'])), 'scalar': ((), 3.5), 'flag': ('time', np.array([True, False])),
                        'when': ('time', np.array(['2020-01-01', '2020-01-03'], dtype='M8[ns]'))}, attrs={'nan': float('nan')})
mixed.to_zarr(root + '/mixed.zarr', mode='w', zarr_format=2, consolidated=True)
print(json.dumps(digests))
`;

describe('zarr-python and xarray', async () => {
  const python: Python = await foreignPython();
  const skip = python.isThere ? false : python.why;
  const run = (script: string, ...args: string[]) => (python.isThere ? python.run(script, ...args) : assert.fail(python.why));
  const folder = await mkdtemp(join(tmpdir(), 'landfall-zarr-'));
  after(() => rm(folder, { recursive: true }));
  let theirDigests: Record<string, string> = {};
  before(async () => {
    if (python.isThere) theirDigests = JSON.parse(await run(WRITE, folder, String(ROWS)));
  });

  const described = async (path: string): Promise<{ readonly arrays: Record<string, unknown>; readonly xarray: unknown }> =>
    JSON.parse(await run(DESCRIBE, path));

  async function ours(path: string, opened: OpenedStore): Promise<Record<string, string>> {
    const entries = [...opened.arrays].map(async ([name, array]) => [name, digest(rawBytes(await readArray(folderStore(path), array)))]);
    return Object.fromEntries(await Promise.all(entries));
  }

  it('read every type in every codec, with and without shuffle, keys with dots and slashes, as written', { skip }, async () => {
    const path = join(folder, 'written.zarr');
    const combinations = TYPES.flatMap((type) =>
      COMPRESSORS.flatMap((compressor) => (compressor?.id === 'blosc' ? [false] : [false, true]).map((s) => ({ type, compressor, s }))),
    );
    const arrays = combinations.map(({ type, compressor, s }, at) => {
      const plan = { type, shape: [ROWS], chunks: [300], dimensions: ['time'], compressor, fill: s ? telling(type) : null };
      const array = newArray({ ...plan, name: `a${at}`, filters: s ? [{ id: 'shuffle', elementsize: Number(type.slice(2)) }] : [] });
      return { array: { ...array, separator: at % 2 === 0 ? ('.' as const) : ('/' as const) }, values: signal(type, ROWS) };
    });
    const wide = newArray({
      name: 'wide',
      type: '<f4',
      shape: [ROWS, 7],
      chunks: [300, 3],
      dimensions: ['time', 'bin'],
      compressor: null,
      fill: Number.NaN,
    });
    const long = BLOSC.map((compressor, at) => {
      const type = (['<f8', '<u2', '|S5'] as const)[at % 3] ?? '<f8';
      const plan = { name: `long${at}`, type, shape: [LONG_ROWS], chunks: [LONG_ROWS], dimensions: ['long'], compressor, fill: null };
      return { array: newArray(plan), values: signal(type, LONG_ROWS) };
    });
    const units = { units: 'seconds since 1900-01-01 0:0:0', calendar: 'gregorian' };
    const time = newArray({
      name: 'time',
      type: '<f8',
      shape: [ROWS],
      dimensions: ['time'],
      compressor: { id: 'zstd', level: 1 },
      fill: null,
      attributes: units,
    });
    const seconds = Float64Array.from({ length: ROWS }, (_, i) => 3.9e9 + i);
    const all = [...arrays, ...long, { array: wide, values: signal('<f4', ROWS * 7) }, { array: time, values: seconds }];
    await writeStore(folderStore(path), all, { title: 'ºC' });

    const { arrays: found, xarray } = await described(path);

    assert.deepEqual(
      found,
      Object.fromEntries(
        all.map(({ array, values }) => [array.name, [array.type.name, array.shape, digest(rawBytes(values)), fillOf(array)]]),
      ),
    );
    assert.deepEqual(xarray, [
      '2023-08-02T21:20:00.000000000',
      '2023-08-02T21:36:39.000000000',
      { time: ROWS, bin: 7, long: LONG_ROWS },
      { title: 'ºC' },
    ]);
  });

  it('write objects, unicode, scalars, flags and times that are read as they are', { skip }, async () => {
    const store = folderStore(join(folder, 'mixed.zarr'));

    const opened = await openStore(store);
    const read = [...opened.arrays].map(async ([name, array]) => [name, await readArray(store, array)]);

    assert.deepEqual([...(opened.unread ?? new Map()).keys()], []);
    assert.deepEqual(Object.fromEntries(await Promise.all(read)), {
      empty: new Float64Array(0),
      fixed: new Uint8Array(Buffer.from('abc\0')),
      flag: Uint8Array.of(1, 0),
      objects: new Uint8Array(Buffer.from('a\0\0bcd')),
      scalar: Float64Array.of(3.5),
      unicode: new Uint8Array(Buffer.from('abä')),
      when: BigInt64Array.of(0n, 2n),
    });
    assert.deepEqual(opened.attributes, { nan: 'NaN' });
  });

  it('write nothing of Blosc, zlib, gzip, zstd, lz4 or raw that is read otherwise', { skip }, async () => {
    const path = join(folder, 'every.zarr');

    const opened = await openStore(folderStore(path));

    assert.deepEqual(await ours(path, opened), theirDigests);
    assert.equal(Object.keys(theirDigests).length, 20 * 2 * 8);
  });

  for (const name of ['zlib.zarr', 'blosc.zarr'])
    it(`read what is appended to a store that xarray wrote (${name})`, { skip }, async () => {
      const path = join(folder, name);
      const store = folderStore(path);
      const opened = await openStore(store);
      const seconds = Float64Array.from({ length: 250 }, (_, i) => 3.9e9 + (ROWS + i) * 10);
      const news = { time: seconds, temperature: seconds.map((_, i) => i), flag: new Uint8Array(250).fill(4) };

      const longer = new Map(opened.arrays);
      for (const [name, values] of Object.entries(news)) {
        const array = opened.arrays.get(name) ?? assert.fail(name);
        await writeRows(store, array, { from: ROWS, values });
        longer.set(name, withLength(array, ROWS + 250));
      }
      const { key, bytes } = consolidatedDocument({ ...opened, arrays: longer });
      await store.set(key, bytes);

      const { arrays, xarray } = await described(path);
      const temperature = Float64Array.from({ length: ROWS + 250 }, (_, i) => (i < ROWS ? i / 8 : i - ROWS));
      assert.deepEqual(arrays.temperature, ['<f8', [ROWS + 250], digest(rawBytes(temperature)), '000000000000f87f']);
      assert.deepEqual(xarray, ['2023-08-02T21:20:00.000000000', '2023-08-03T00:48:10.000000000', { time: ROWS + 250 }, {}]);
      const last = longer.get('temperature') ?? assert.fail();
      assert.deepEqual(await readRows(store, last, { from: ROWS - 2, to: ROWS + 2 }), Float64Array.of(998 / 8, 999 / 8, 0, 1));
    });
});
