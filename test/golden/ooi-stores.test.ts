import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import * as zarrita from 'zarrita';
import { dimensionsOf } from '../../src/formats/zarr/array.ts';
import { fillJson } from '../../src/formats/zarr/fill.ts';
import { tornDimensions } from '../../src/formats/zarr/group.ts';
import type { JsonObject } from '../../src/formats/zarr/json.ts';
import { newArray } from '../../src/formats/zarr/new-array.ts';
import { type OpenedStore, openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { withBestShuffle } from '../../src/formats/zarr/trial.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import { foreignPython } from '../helpers/python.ts';
import { folderStore } from '../helpers/zarr-stores.ts';
import { writeStore } from '../helpers/zarr-written.ts';
import { bytesRead, zarritaStore } from '../helpers/zarrita.ts';
import { type GoldenContent, type GoldenStore, goldenStores, isOoiDataThere, readGoldenContent, WITHOUT_OOI_DATA } from './ooi-data.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const expectedDigests = ({ variables }: GoldenContent) =>
  Object.fromEntries(Object.entries(variables).map(([name, { sha256 }]) => [name, sha256]));

async function ourDigests(opened: OpenedStore, folder: string): Promise<Record<string, string>> {
  const entries = [...opened.arrays].map(async ([name, array]) => [name, digest(rawBytes(await readArray(folderStore(folder), array)))]);
  return Object.fromEntries(await Promise.all(entries));
}

async function zarritaDigests(folder: string): Promise<Record<string, string>> {
  const store = await zarrita.withConsolidatedMetadata(zarritaStore(folderStore(folder)), { format: 'v2' });
  const names = store.contents().flatMap(({ path, kind }) => (kind === 'array' ? [path.slice(1)] : []));
  const entries = names.map(async (name) => [
    name,
    digest(await bytesRead(await zarrita.open.v2(zarrita.root(store).resolve(name), { kind: 'array' }))),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

const PYTHON_DIGESTS = `
import hashlib, json, sys, zarr
def digests(path):
    group = zarr.open_consolidated(path, mode='r', zarr_format=2)
    return {name: hashlib.sha256(array[...].tobytes()).hexdigest() for name, array in group.arrays()}
print(json.dumps([digests(path) for path in sys.argv[1:]]))
`;

/** The same content in a store of our own making. */
async function rewrite(golden: GoldenStore, compressor: JsonObject, target: string): Promise<void> {
  const source = folderStore(golden.folder);
  const opened = await openStore(source);
  const arrays = [...opened.arrays.values()].map(async (array) => {
    const values = await readArray(source, array);
    const { name, type, shape, fill, attributes } = array;
    const dimensions = dimensionsOf(array) ?? [];
    const plan = newArray({ name, type: type.name, shape, dimensions, fill, compressor, attributes });
    return { array: await withBestShuffle(plan, values), values };
  });
  await writeStore(folderStore(target), await Promise.all(arrays), opened.attributes);
}

describe('the expected OOI stores', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-golden-'));
  after(() => rm(folder, { recursive: true }));
  const written = goldenStores().flatMap((golden) =>
    [
      { id: 'zstd', level: 1 },
      { id: 'lz4', acceleration: 1 },
    ].map((compressor) => ({
      golden,
      compressor,
      target: join(folder, `${golden.table}-${golden.name}-${compressor.id}`),
    })),
  );

  for (const golden of goldenStores()) {
    it(`${golden.table}/${golden.name} is read value for value, with its types, dimensions and fills`, async () => {
      const content = readGoldenContent(golden);

      const opened = await openStore(folderStore(golden.folder));

      assert.deepEqual(await ourDigests(opened, golden.folder), expectedDigests(content));
      for (const [name, { dtype, dims, shape = [content.observations], fill_value }] of Object.entries(content.variables)) {
        const array = opened.arrays.get(name) ?? assert.fail(`${name} is not there`);
        const found = [array.type.name, dimensionsOf(array), array.shape, fillJson(array.type, array.fill)];
        assert.deepEqual(found, [dtype, dims, shape, fill_value]);
      }
      assert.deepEqual([...tornDimensions(opened)], []);
    });
  }

  for (const { golden, compressor, target } of written) {
    it(`${golden.table}/${golden.name} written anew in ${compressor.id} is the same to us and to zarrita`, async () => {
      await rewrite(golden, compressor, target);

      assert.deepEqual(await ourDigests(await openStore(folderStore(target)), target), expectedDigests(readGoldenContent(golden)));
      assert.deepEqual(await zarritaDigests(target), expectedDigests(readGoldenContent(golden)));
    });
  }

  it('all written anew are the same to zarr-python', async (t) => {
    const python = await foreignPython();
    if (!python.isThere) return t.skip(python.why);

    const found: unknown = JSON.parse(await python.run(PYTHON_DIGESTS, ...written.map(({ target }) => target)));

    assert.deepEqual(
      found,
      written.map(({ golden }) => expectedDigests(readGoldenContent(golden))),
    );
  });
});
