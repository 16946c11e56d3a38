import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { foreignPython } from '../helpers/python.ts';
import { START } from '../helpers/series.ts';
import { free, rowsInput } from '../helpers/series-cases.ts';

/** Stores as xarray writes them: minutes 0 to 39 without 20. */
const WRITE = `
import sys, numpy, xarray, numcodecs
folder, start = sys.argv[1], float(sys.argv[2])
minutes = numpy.array([m for m in range(40) if m != 20], dtype='f8')
data = xarray.Dataset(
    {'temperature': ('time', minutes.astype('f4'), {'_FillValue': numpy.float32(-9999)}),
     'spectra': (('time', 'wavelength'), numpy.stack([minutes, minutes + 1], 1).astype('u2'))},
    coords={'time': ('time', start + 60 * minutes, {'units': 'seconds since 1900-01-01 0:0:0', 'calendar': 'gregorian'})})
codecs = {
    'blosc': numcodecs.Blosc(cname='zstd', clevel=3, shuffle=2), 'lz4': numcodecs.Blosc(cname='lz4', clevel=5, shuffle=1),
    'zlib': numcodecs.Zlib(5), 'zstd': numcodecs.Zstd(3)}
for name, codec in codecs.items():
    encoding = {v: {'compressors': (codec,), 'chunks': (16,) + data[v].shape[1:]} for v in ('temperature', 'spectra', 'time')}
    data.to_zarr(folder + '/' + name, zarr_format=2, consolidated=True, encoding=encoding)
`;

const READ = `
import sys, json, xarray
def content(path):
    data = xarray.open_zarr(path, decode_times=False, mask_and_scale=False, consolidated=True)
    return {name: data[name].values.tolist() for name in ('time', 'temperature', 'spectra')}
print(json.dumps([content(path) for path in sys.argv[1:]]))
`;

describe('Stores that xarray wrote', () => {
  it('take appended, corrected and late rows, and xarray reads them back, also as a grown generation', async (t) => {
    const python = await foreignPython();
    if (!python.isThere) return t.skip(python.why);
    const folder = await mkdtemp(join(tmpdir(), 'landfall-xarray-'));
    await python.run(WRITE, folder, `${START}`);
    const objects = await openDisk({ folder });
    const tables = ['blosc', 'lz4', 'zlib', 'zstd'];

    for (const table of tables) {
      const store = openSeriesStore({ objects, disk: { folder }, table, publish: 'link', codec: 'zstd' });
      const { state, why, added, inserted, corrected } = await store.append(
        rowsInput({ id: 'r', at: 1, minutes: [3, 20, 39, 40], plus: 0.5 }),
        free,
      );
      assert.deepEqual({ state, why, added, inserted, corrected }, { state: 'appended', why: null, added: 1, inserted: 1, corrected: 2 });
      assert.deepEqual((await store.validate(null)).problems, []);
    }
    const grown = openSeriesStore({ objects, disk: { folder }, table: 'zlib', publish: 'link', codec: 'zstd' });
    await grown.grow({ id: 'g1', inputs: [rowsInput({ id: 's', at: 2, minutes: [41] })] }, free);
    await grown.publish('g1', free);

    const minutes = [...Array(41).keys()];
    const half = new Set([3, 20, 39, 40]);
    const expected = (all: readonly number[]) => ({
      time: all.map((minute) => START + 60 * minute),
      temperature: all.map((minute) => (half.has(minute) ? minute + 0.5 : minute)),
      spectra: all.map((minute) => [minute, minute + 1]),
    });
    const found: unknown = JSON.parse(await python.run(READ, ...tables.map((table) => join(folder, table))));
    assert.deepEqual(found, [expected(minutes), expected(minutes), expected([...minutes, 41]), expected(minutes)]);
    await rm(folder, { recursive: true });
  });
});
