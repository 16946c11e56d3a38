import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { product, withLength } from '../../../src/formats/zarr/array.ts';
import { chunkKeys, rowSize } from '../../../src/formats/zarr/grid.ts';
import { recordOf } from '../../../src/formats/zarr/ledger.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { readArray, readRows } from '../../../src/formats/zarr/read.ts';
import { rawBytes, valuesOver } from '../../../src/formats/zarr/values.ts';
import { encodeRows, writeRows } from '../../../src/formats/zarr/write.ts';
import { fc } from '../../helpers/properties.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';
import { arrayCases, plan } from './zarr-cases.ts';

const floats = (...values: number[]): Float64Array => Float64Array.from(values);

describe('rows of an array', () => {
  it('are read as they were written, for every type, codec, shape and chunk', async () => {
    const cases = fc.asyncProperty(arrayCases, fc.nat(), fc.nat(), async ({ array, bytes }, a, b) => {
      const store = memoryStore();
      const rows = array.shape[0] ?? 0;
      const rowBytes = rowSize(array) * array.type.bytes;
      const [from = 0, to = 0] = [a % (rows + 1), b % (rows + 1)].sort((x, y) => x - y);
      await writeRows(store, withLength(array, 0), { from: 0, values: valuesOver(array.type, bytes) });

      const some = await readRows(store, array, { from, to });

      assert.deepEqual(Buffer.from(rawBytes(some)), Buffer.from(bytes.subarray(from * rowBytes, to * rowBytes)));
    });

    await fc.assert(cases, { numRuns: 400 });
  });

  it('written in pieces make the same chunks as written at once, also when every piece is written twice', async () => {
    const cases = fc.asyncProperty(arrayCases, fc.array(fc.nat(), { maxLength: 4 }), async ({ array, bytes }, cuts) => {
      const rows = array.shape[0] ?? 0;
      const rowBytes = rowSize(array) * array.type.bytes;
      const bounds = [0, ...cuts.map((cut) => cut % (rows + 1)), rows].sort((x, y) => x - y);
      const once = memoryStore();
      const pieces = memoryStore();
      await writeRows(once, withLength(array, 0), { from: 0, values: valuesOver(array.type, bytes) });

      for (const [at, to] of bounds.slice(1).entries()) {
        const from = bounds[at] ?? 0;
        const values = valuesOver(array.type, bytes.subarray(from * rowBytes, to * rowBytes));
        await writeRows(pieces, withLength(array, from), { from, values });
        await writeRows(pieces, withLength(array, from), { from, values });
      }

      assert.deepEqual(pieces.objects, once.objects);
    });

    await fc.assert(cases, { numRuns: 200 });
  });

  it('corrected in place leave all others as they were', async () => {
    const cases = fc.asyncProperty(arrayCases, fc.nat(), fc.nat(), async ({ array, bytes }, a, b) => {
      const store = memoryStore();
      const rows = array.shape[0] ?? 0;
      const rowBytes = rowSize(array) * array.type.bytes;
      const [from = 0, to = 0] = [a % (rows + 1), b % (rows + 1)].sort((x, y) => x - y);
      await writeRows(store, withLength(array, 0), { from: 0, values: valuesOver(array.type, bytes) });
      const corrected = bytes.map((byte, at) => (at >= from * rowBytes && at < to * rowBytes ? byte ^ 0x15 : byte));

      await writeRows(store, array, { from, values: valuesOver(array.type, corrected.slice(from * rowBytes, to * rowBytes)) });

      assert.deepEqual(Buffer.from(rawBytes(await readArray(store, array))), Buffer.from(corrected));
    });

    await fc.assert(cases, { numRuns: 200 });
  });

  it('behind the end are fill, or zeros where the fill is null', async () => {
    const store = memoryStore();
    const filled = newArray(plan({ name: 'filled', shape: [0], fill: -9 }));
    const none = newArray(plan({ name: 'none', shape: [0] }));

    await writeRows(store, filled, { from: 0, values: floats(1, 2, 3, 4, 5) });
    await writeRows(store, none, { from: 0, values: floats(1) });

    assert.deepEqual(await readArray(store, withLength(filled, 8)), floats(1, 2, 3, 4, 5, -9, -9, -9));
    assert.deepEqual(await readArray(store, withLength(none, 4)), floats(1, 0, 0, 0));
  });

  it('left behind the end by a longer interrupted append do not come to light', async () => {
    const store = memoryStore();
    const array = newArray(plan({ shape: [2], fill: -9 }));
    await writeRows(store, withLength(array, 0), { from: 0, values: floats(1, 2) });
    await writeRows(store, array, { from: 2, values: floats(7, 8) });

    await writeRows(store, array, { from: 2, values: floats(3) });

    assert.deepEqual(await readArray(store, withLength(array, 4)), floats(1, 2, 3, -9));
  });

  it('that are stored as they are stay what they were when the memory they came from is used again', async () => {
    const array = newArray(plan({ shape: [0], type: '>f8' }));
    const native = newArray(plan({ shape: [0] }));
    const values = floats(1, 2, 3, 4);
    const store = memoryStore();

    const [chunk] = await Array.fromAsync(encodeRows(store, native, { from: 0, values }));
    await writeRows(store, array, { from: 0, values });
    values.fill(9);

    assert.deepEqual(valuesOver(native.type, chunk?.bytes ?? assert.fail()), floats(1, 2, 3, 4));
    assert.deepEqual(await readArray(store, withLength(array, 4)), floats(1, 2, 3, 4));
    assert.deepEqual(await readArray(store, withLength(array, 4)), floats(1, 2, 3, 4));
  });

  it('are cut into chunks that the caller stores one by one', async () => {
    const array = newArray(plan({ shape: [0] }));
    const values = floats(...Array.from({ length: 10 }, (_, i) => i));

    const chunks = await Array.fromAsync(encodeRows(memoryStore(), array, { from: 0, values }));

    assert.deepEqual(
      chunks.map(({ key, record }) => [key, record.length]),
      [
        ['value/0', 32],
        ['value/1', 32],
        ['value/2', 32],
      ],
    );
    assert.deepEqual(
      chunks.map(({ record }) => record),
      await Promise.all(chunks.map(recordOf)),
    );
  });

  it('of the wrong type, of part of a row, or behind a gap are refused', async () => {
    const array = newArray(plan({ shape: [4, 3], chunks: [4, 3] }));
    const write = (from: number, values: Float64Array | Float32Array) => writeRows(memoryStore(), array, { from, values });

    await assert.rejects(write(4, new Float32Array(3)), { code: 'values_do_not_fit' });
    await assert.rejects(write(4, new Float64Array(4)), { code: 'values_do_not_fit' });
    await assert.rejects(write(5, new Float64Array(3)), { code: 'values_do_not_fit' });
  });

  it('past the end, backwards or more than is allowed at once are refused', async () => {
    const array = newArray(plan({ shape: [10] }));
    const read = (from: number, to: number, readBytes = 1000) =>
      readRows(memoryStore(), array, { from, to }, { limits: { chunkBytes: 1000, readBytes } });

    await assert.rejects(read(0, 11), { code: 'rows_out_of_range' });
    await assert.rejects(read(-1, 1), { code: 'rows_out_of_range' });
    await assert.rejects(read(3, 2), { code: 'rows_out_of_range' });
    await assert.rejects(read(0, 10, 79), { code: 'rows_out_of_range' });
  });
});

describe('a chunk ledger', () => {
  const array = newArray(plan({ shape: [8], fill: -9 }));
  const written = async () => {
    const store = memoryStore();
    const records = await writeRows(store, withLength(array, 0), { from: 0, values: floats(1, 2, 3, 4, 5, 6, 7, 8) });
    return { store, ledger: new Map(records.map((record) => [record.key, [record]])) };
  };

  it('tells a lost chunk from one that holds fill', async () => {
    const { store, ledger } = await written();
    await store.delete('value/1');

    await assert.rejects(readArray(store, array, { ledger }), {
      code: 'missing_chunk',
      message: /^The chunk value\/1 was written but is not in the store/,
    });
    assert.deepEqual(await readArray(store, array), floats(1, 2, 3, 4, -9, -9, -9, -9));
  });

  it('lets a chunk be missing that was never written', async () => {
    const { store, ledger } = await written();
    await store.delete('value/1');

    const values = await readArray(store, array, { ledger: new Map([...ledger, ['value/1', []]]) });

    assert.deepEqual(values, floats(1, 2, 3, 4, -9, -9, -9, -9));
  });

  it('refuses a chunk that is not the one that was written', async () => {
    const { store, ledger } = await written();
    store.objects.set('value/0', new Uint8Array(32));

    await assert.rejects(readArray(store, array, { ledger }), { code: 'damaged_chunk' });
  });

  it('takes a chunk as it was or as it becomes while a change is under way', async () => {
    const { store, ledger } = await written();
    const [chunk] = await Array.fromAsync(encodeRows(store, array, { from: 0, values: floats(9) }, { ledger }));
    const both = new Map([...ledger, ['value/0', [...(ledger.get('value/0') ?? []), ...(chunk === undefined ? [] : [chunk.record])]]]);

    const before = await readRows(store, array, { from: 0, to: 2 }, { ledger: both });
    await store.set('value/0', chunk?.bytes ?? new Uint8Array());
    const after = await readRows(store, array, { from: 0, to: 2 }, { ledger: both });

    assert.deepEqual([before, after], [floats(1, 2), floats(9, 2)]);
  });

  it('is asked before a chunk is changed, so that loss is not sealed by an append', async () => {
    const { store, ledger } = await written();
    await store.delete('value/1');

    await assert.rejects(writeRows(store, withLength(array, 6), { from: 6, values: floats(1) }, { ledger }), { code: 'missing_chunk' });
    assert.equal(store.objects.has('value/1'), false);
  });

  it('can name the chunks of any rows without reading them', () => {
    const wide = newArray(plan({ shape: [10, 5] }));

    assert.deepEqual([...chunkKeys(wide, { from: 5, to: 9 })], ['value/1.0', 'value/1.1', 'value/2.0', 'value/2.1']);
    assert.equal(product(wide.chunks), 16);
  });
});
