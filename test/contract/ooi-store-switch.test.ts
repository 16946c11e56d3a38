import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { until } from '../helpers/processes.ts';
import { foreignPython } from '../helpers/python.ts';
import { free, minutesFrom, rowsInput } from '../helpers/series-cases.ts';

/** Opens each store at its link, waits until the links name something else, then reads every array through what it opened before. */
const READ_ACROSS = `
import sys, os, json, time, zarr
marker, *paths = sys.argv[1:]
links = {path: os.readlink(path) for path in paths}
opened = {path: zarr.open_group(path, mode='r', zarr_format=2) for path in paths}
arrays = {path: dict(group.arrays()) for path, group in opened.items()}
open(marker, 'w').close()
while any(os.readlink(path) == link for path, link in links.items()):
    time.sleep(0.01)
def read(array):
    try:
        return array[:].tolist()
    except Exception as error:
        return 'error'
again = {path: zarr.open_group(path, mode='r', zarr_format=2)['temperature'][:].tolist() for path in paths}
print(json.dumps([{name: read(array) for name, array in arrays[path].items()} for path in paths] + [again[path] for path in paths]))
`;

const CODECS = ['zstd', 'zlib', 'lz4'] as const;

const WIDE = 88;

const series = (id: string, at: number, plus: number) => {
  const minutes = minutesFrom(0, 30);
  const wide = {
    type: '<f8',
    inner: [{ name: 'band', size: WIDE }],
    values: minutes.flatMap((minute) => Array<number>(WIDE).fill(minute)),
  };
  return rowsInput({ id, at, minutes, plus, more: { wide } });
};

describe('a reader that keeps a store open across a refresh', () => {
  it('gets an error from zarr-python for every array and codec, and the new series when it opens again', async (t) => {
    const python = await foreignPython();
    if (!python.isThere) return t.skip(python.why);
    const folder = await mkdtemp(join(tmpdir(), 'landfall-switch-'));
    const objects = await openDisk({ folder });
    const stores = CODECS.map((codec) => openSeriesStore({ objects, disk: { folder }, table: codec, publish: 'link', codec }));
    for (const store of stores) {
      await store.build({ id: 'g1', inputs: [series('first', 0, 0)] }, free);
      await store.publish('g1', free);
      await store.build({ id: 'g2', inputs: [series('second', 1, 100)] }, free);
    }

    const marker = join(folder, 'opened');
    const reading = python.run(READ_ACROSS, marker, ...CODECS.map((codec) => join(folder, codec)));
    await Promise.race([until(async () => existsSync(marker)), reading]);
    for (const store of stores) await store.publish('g2', free);

    const refused = { spectra: 'error', temperature: 'error', time: 'error', wide: 'error' };
    const fresh = minutesFrom(100, 30);
    assert.deepEqual(JSON.parse(await reading), [...CODECS.map(() => refused), ...CODECS.map(() => fresh)]);
    await rm(folder, { recursive: true });
  });
});
