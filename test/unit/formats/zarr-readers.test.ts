import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openArray } from 'zarr';
import * as zarrita from 'zarrita';
import type { ZarrArray } from '../../../src/formats/zarr/array.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { valuesOver } from '../../../src/formats/zarr/values.ts';
import { fc } from '../../helpers/properties.ts';
import { type MemoryStore, memoryStore } from '../../helpers/zarr-stores.ts';
import { writeStore } from '../../helpers/zarr-written.ts';
import { bytesRead, zarritaStore } from '../../helpers/zarrita.ts';
import { arrayCases, plan, signal } from './zarr-cases.ts';

async function written(array: ZarrArray, bytes: Uint8Array): Promise<MemoryStore> {
  const store = memoryStore();
  await writeStore(store, [{ array, values: valuesOver(array.type, bytes) }]);
  return store;
}

describe('zarrita', () => {
  it('reads what is written: every type, codec, shape and chunk', async () => {
    const cases = fc.asyncProperty(
      arrayCases.filter(({ bytes }) => bytes.byteLength > 0),
      async ({ array, bytes }) => {
        const store = await written(array, bytes);

        const opened = await zarrita.open.v2(zarrita.root(zarritaStore(store)).resolve('value'), { kind: 'array' });

        assert.deepEqual(await bytesRead(opened), Buffer.from(bytes));
        assert.deepEqual(opened.shape, array.shape);
      },
    );

    await fc.assert(cases, { numRuns: 150 });
  });

  it('finds the arrays and their attributes in the consolidated metadata', async () => {
    const array = newArray(plan({ attributes: { units: 'degree_C' } }));
    const store = await written(array, new Uint8Array(80));

    const consolidated = await zarrita.withConsolidatedMetadata(zarritaStore(store), { format: 'v2' });
    const opened = await zarrita.open.v2(zarrita.root(consolidated).resolve('value'), { kind: 'array' });

    assert.deepEqual(
      consolidated.contents().map(({ path, kind }) => `${kind} ${path}`),
      ['group /', 'array /value'],
    );
    assert.deepEqual(opened.attrs, { units: 'degree_C', _ARRAY_DIMENSIONS: ['time'] });
  });
});

describe('the package zarr', () => {
  // It ignores filters and knows neither 64-bit integers, text, zstd nor lz4 as imported: elsewhere its numbers would be wrong.
  for (const type of ['<f8', '<f4', '|i1', '<i2', '<i4', '|u1', '<u2', '<u4']) {
    it(`reads numbers of ${type} in zlib without filters`, async () => {
      const array = newArray(plan({ type, shape: [30, 5], chunks: [7, 5], compressor: { id: 'zlib', level: 1 } }));
      const values = signal(type, 150);
      const { objects } = await written(array, new Uint8Array(values.buffer));
      const store = {
        getItem: async (key: string) => new Uint8Array(objects.get(key) ?? []).buffer,
        containsItem: async (key: string) => objects.has(key),
        setItem: async () => false,
        deleteItem: async () => false,
        keys: async () => [...objects.keys()],
      };

      const opened = await openArray({ store, path: 'value', mode: 'r' });
      const { data, shape } = await opened.getRaw(null);

      assert.deepEqual(shape, [30, 5]);
      assert.deepEqual(data, values);
    });
  }
});
