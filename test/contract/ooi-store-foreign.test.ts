import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { isFailure } from '../../src/errors.ts';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../helpers/memory-objects.ts';
import { foreignPython } from '../helpers/python.ts';
import { madeInput, START } from '../helpers/series.ts';
import { free } from '../helpers/series-cases.ts';

/**
 * Stores of every form, each with a variable x: minutes 0 to 39 without 20. Printed: what goes in at minutes 3, 20, 39 and 40, and what
 * must be read afterwards; null where it must be refused.
 */
const WRITE = `
import sys, json, os, warnings, numpy as np, numcodecs
warnings.simplefilter('ignore')
import zarr
folder, start = sys.argv[1], float(sys.argv[2])
minutes = np.array([m for m in range(40) if m != 20])
f4, words = minutes.astype('f4'), np.array(['w%d' % m if m % 5 else '' for m in minutes], dtype=object)
accents = np.array(['\\u00e9%d' % m for m in minutes], dtype=object)
zlib, z = numcodecs.Zlib(1), {'chunks': (16,)}
blosc = lambda name, shuffle: numcodecs.Blosc(name, 3, shuffle)
NUMBERS, TEXTS = ('<f4', [3.5, 20.5, 39.5, 40.5]), ('|S8', ['a', 'inserted', '\\u00df', ''])
cases = {}
def case(name, data, new, compressor=zlib, dims=('time',), edit=None, **more):
    cases[name] = (data, new, dims, edit, {**z, 'dtype': data.dtype.str, 'compressors': compressor, **more})
def text(name, data=words, new=TEXTS, **more): case(name, data, new, dtype=zarr.dtype.VariableLengthUTF8(), fill_value='', **more)
text('vlen-accents', accents)
text('vlen-wide', np.stack([words, accents], 1), ('|S8', list('abcdefgh')), dims=('time', 'bin'), chunks=(16, 1))
for fill in ('', None, 0): text('vlen-fill-%s' % fill, edit=lambda d, fill=fill: d.update(fill_value=fill))
for name, one in {'none': None, 'zlib': zlib, 'gzip': numcodecs.GZip(1), 'zstd': numcodecs.Zstd(3), 'lz4': numcodecs.LZ4(), 'blosc-zstd': blosc('zstd', 2),
                  'blosc-lz4': blosc('lz4', -1), 'blosc-zlib': blosc('zlib', 1), 'blosc-lz4hc': blosc('lz4hc', 0)}.items():
    text('vlen-' + name, compressor=one)
    case('f4-' + name, f4, NUMBERS, compressor=one, chunks=(7,), chunk_key_encoding={'name': 'v2', 'separator': '/'})
for kind in ('<U8', '>U8', 'S8'): case('text-' + kind[-2:] + kind[0].replace('<', 'little').replace('>', 'big'), words.astype(kind), TEXTS if kind != 'S8' else ('|S8', ['a', 'b', 'c', 'd']), fill_value='' if kind != 'S8' else b'')
for kind in ('>f8', '>f4', '>i2', '>u4', '>i8', '<i8', '<u8', '|i1', '|u1'):
    case('type-' + kind[1:] + ('-big' if kind[0] == '>' else ''), minutes.astype(kind), (kind.replace('>', '<'), [103, 120, 101, 102]), compressor=blosc('zstd', 1))
    case('shuffled-' + kind[1:], minutes.astype(kind), (kind.replace('>', '<'), [103, 120, 101, 102]), filters=[numcodecs.Shuffle(np.dtype(kind).itemsize)])
case('blocks', np.arange(39 * 6).reshape(39, 2, 3).astype('f4'), ('<f4', list(range(24))), dims=('time', 'bin', 'beam'), chunks=(5, 2, 2))
case('one-chunk', f4, NUMBERS, chunks=(1000,))
case('fortran-row', f4, NUMBERS, order='F')
case('missing', f4, NUMBERS, fill_value=np.float32(-1), edit='missing')
case('unconsolidated', f4, NUMBERS, edit='unconsolidated')
for name in ('json2', 'pickle', 'msgpack2', 'categorize'): text('refused-' + name, edit=lambda d, name=name: d.update(filters=[{'id': name}]))
for name, one in {'delta': numcodecs.Delta('f4'), 'scaled': numcodecs.FixedScaleOffset(0, 10, 'f4', 'i2'), 'quantized': numcodecs.Quantize(3, 'f4'), 'checked': numcodecs.CRC32()}.items():
    case('refused-' + name, f4, NUMBERS, filters=[one])
case('refused-bz2', f4, NUMBERS, compressor=numcodecs.BZ2(1))
case('refused-blosclz', f4, NUMBERS, compressor=blosc('blosclz', 1))
case('refused-fortran', np.stack([f4, f4], 1), ('<f4', list(range(8))), dims=('time', 'bin'), chunks=(16, 2), order='F')
case('refused-turned', np.stack([f4, f4], 0), NUMBERS, dims=('bin', 'time'), chunks=(2, 16))
case('refused-narrow', words.astype('<U3'), TEXTS, fill_value='')
case('refused-fill', words.astype('S8'), ('|S8', list('abcd')), fill_value=b'none')
for kind in ('c8', 'f2', 'm8[s]', 'M8[ns]'): case('refused-' + kind[:2], minutes.astype(kind), NUMBERS)
case('refused-group', f4, NUMBERS, edit='group')
def rewrite(path, change):
    for file, key in ((path + '/x/.zarray', None), (path + '/.zmetadata', 'x/.zarray')):
        document = json.load(open(file)); change(document['metadata'][key] if key else document); json.dump(document, open(file, 'w'))
expected = {}
for name, (data, (kind, values), dims, edit, more) in cases.items():
    path = folder + '/' + name
    group = zarr.open_group(path, mode='w', zarr_format=2)
    group.create_array('time', shape=(39,), chunks=(16,), dtype='f8', compressors=zlib, fill_value=None, attributes={'_ARRAY_DIMENSIONS': ['time'], 'units': 'seconds since 1900-01-01 0:0:0', 'calendar': 'gregorian'})[:] = start + 60 * minutes
    group.create_array('x', shape=data.shape, attributes={'_ARRAY_DIMENSIONS': list(dims)}, **more)[...] = data
    if edit == 'group': group.create_group('inner')
    if edit != 'unconsolidated': zarr.consolidate_metadata(path, zarr_format=2)
    if edit == 'missing': os.remove(path + '/x/1'); data[16:32] = -1
    if callable(edit): rewrite(path, edit)
    rows = {int(m): one.tolist() if isinstance(one, (np.ndarray, np.generic)) else one for m, one in zip(minutes, data)} if not name.startswith('refused') else None
    if rows is not None:
        new = np.array(values, dtype=object).reshape((4,) + data.shape[1:]).tolist()
        rows.update(dict(zip((3, 20, 39, 40), new)))
        rows = [one.decode() if isinstance(one, bytes) else one for m, one in sorted(rows.items())]
    expected[name] = {'type': kind, 'inner': [{'name': d, 'size': n} for d, n in zip(dims[1:], data.shape[1:])] if dims[0] == 'time' else [], 'values': values, 'rows': rows}
print(json.dumps(expected))
`;

const READ = `
import sys, json, zarr, xarray, numpy as np
def shown(values): return [one.decode() if isinstance(one, bytes) else one for one in values.tolist()]
found = {}
for name in sys.argv[2:]:
    path = sys.argv[1] + '/' + name
    data = xarray.open_zarr(path, decode_times=False, mask_and_scale=False, consolidated=True)
    group = zarr.open_group(path, mode='r', zarr_format=2)
    found[name] = {'zarr': shown(np.asarray(group['x'][...])), 'xarray': shown(np.asarray(data['x'].values)), 'time': data['time'].values.tolist(), 'type': json.load(open(path + '/x/.zarray'))['dtype']}
print(json.dumps(found))
`;

const value = z.union([z.number(), z.string()]);
const forms = z.record(
  z.string(),
  z.object({
    type: z.string(),
    inner: z.array(z.object({ name: z.string(), size: z.number() })),
    values: z.array(value),
    rows: z.array(z.unknown()).nullable(),
  }),
);
const read = z.record(z.string(), z.object({ zarr: z.unknown(), xarray: z.unknown(), time: z.unknown(), type: z.string() }));

const MINUTES = [3, 20, 39, 40];

/** The store in memory: what is written to a disk one by one, and synced, takes a minute for all of them. */
async function loaded(folder: string, table: string): Promise<ReturnType<typeof memoryObjects>> {
  const entries = await readdir(join(folder, table), { recursive: true, withFileTypes: true });
  const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  const files = paths.map(async (path): Promise<[string, Uint8Array]> => [relative(folder, path), await readFile(path)]);
  return memoryObjects(new Map(await Promise.all(files)));
}

async function save(folder: string, table: string, objects: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [key, bytes] of objects) {
    if (!key.startsWith(`${table}/`)) continue;
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
}

describe('Stores of every form that zarr-python writes', () => {
  it('are added to value for value, as zarr-python and xarray read them, or refused with a sentence before anything changes', async (t) => {
    const python = await foreignPython();
    if (!python.isThere) return t.skip(python.why);
    const folder = await mkdtemp(join(tmpdir(), 'landfall-foreign-'));
    t.after(() => rm(folder, { recursive: true }));
    const given = forms.parse(JSON.parse(await python.run(WRITE, folder, `${START}`)));
    const taken: string[] = [];
    for (const [table, { type, inner, values, rows }] of Object.entries(given)) {
      const objects = await loaded(folder, table);
      const before = new Map(objects.objects);
      const store = openSeriesStore({ objects, disk: null, table, publish: 'pointer', codec: 'zstd' });
      const input = madeInput({
        id: 'r',
        at: 1,
        times: MINUTES.map((minute) => START + 60 * minute),
        columns: { x: { type, values, ...(inner.length === 0 ? {} : { inner }) } },
      });
      const outcome = await store.append(input, free).catch((error: unknown) => {
        if (isFailure(error) && error.kind === 'stop') return { state: error.code, why: error.message };
        throw error;
      });
      if (rows === null) {
        assert.ok(['unsupported_store', 'needs_generation'].includes(outcome.state), `${table}: ${outcome.state}`);
        assert.ok((outcome.why?.length ?? 0) > 20, table);
        assert.deepEqual(objects.objects, before, table);
      } else {
        assert.deepEqual([outcome.state, outcome.why], ['appended', null], table);
        assert.deepEqual((await store.validate(null)).problems, [], table);
        await save(folder, table, objects.objects);
        taken.push(table);
      }
    }
    const found = read.parse(JSON.parse(await python.run(READ, folder, ...taken)));
    const times = Array.from({ length: 41 }, (_, minute) => START + 60 * minute);
    for (const table of taken) {
      const expected = given[table]?.rows;
      assert.deepEqual([found[table]?.time, found[table]?.zarr, found[table]?.xarray], [times, expected, expected], table);
    }
    assert.equal(found['vlen-zlib']?.type, '|O');
    assert.ok(taken.length > 45);
  });
});
