import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../src/errors.ts';
import { arrayMetadata, parseArray, withLength, type ZarrArray } from '../../../src/formats/zarr/array.ts';
import { parseConsolidated } from '../../../src/formats/zarr/group.ts';
import { type Json, type JsonObject, readJson, writeJson } from '../../../src/formats/zarr/json.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { readArray, readRows } from '../../../src/formats/zarr/read.ts';
import { writeRows } from '../../../src/formats/zarr/write.ts';
import { watchAllocations } from '../../fuzz/support/allocations.ts';
import { damaged, damages } from '../../fuzz/support/mutations.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';
import { COMPRESSORS, plan, signal } from './zarr-cases.ts';

const LIMITS = { chunkBytes: 65_536, readBytes: 65_536 };
const allocations = watchAllocations();

const METADATA = arrayMetadata(newArray(plan({ shape: [20, 3], chunks: [7, 2], compressor: { id: 'zstd', level: 1 }, fill: Number.NaN })));

/** Either metadata that a read of bounded size can be made of, or a sentence that says why not. */
async function parsedOrRefused(parse: () => ZarrArray): Promise<void> {
  try {
    const array = parse();
    const rows = Math.min(2, array.shape[0] ?? 1);
    await readRows(memoryStore(), array, { from: 0, to: rows }, { limits: LIMITS });
  } catch (error) {
    if (!isFailure(error, 'unreadable_store', 'unsupported_store', 'rows_out_of_range')) throw error;
  }
}

test('metadata with any value in any place are read or refused, within bounded memory', async () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<Json>(-1, 0, 1e9, 2 ** 53, 1e300, 2n ** 70n, '', '/', '<f8', '|S9999999999', 'NaN', [], {}, [1e9, 1e9]),
  );
  const cases = fc.asyncProperty(fc.constantFrom(...Object.keys(METADATA)), anything, async (name, value) => {
    const document = JSON.stringify({ ...METADATA, [name]: typeof value === 'bigint' ? Number(value) : value });
    allocations.takeLargest();

    await parsedOrRefused(() => {
      const metadata = readJson('a/.zarray', new TextEncoder().encode(document));
      return parseArray({ name: 'a', metadata, attributes: {} }, LIMITS);
    });

    assert.ok(allocations.takeLargest() <= LIMITS.readBytes + 4096);
  });

  await fc.assert(cases, { numRuns: 1000 });
});

test('damaged consolidated metadata are read or refused, within bounded memory', async () => {
  const whole = writeJson({
    zarr_consolidated_format: 1,
    metadata: { '.zgroup': { zarr_format: 2 }, '.zattrs': {}, 'a/.zarray': METADATA, 'a/.zattrs': {} },
  });
  const cases = fc.asyncProperty(damages, async (all) => {
    const broken = damaged(whole, all);
    allocations.takeLargest();

    await parsedOrRefused(() => {
      const [array = newArray(plan())] = parseConsolidated(readJson('.zmetadata', broken), LIMITS).arrays.values();
      return array;
    });

    assert.ok(allocations.takeLargest() <= LIMITS.readBytes + 4096);
  });

  await fc.assert(cases, { numRuns: 1000 });
});

async function readBack(compressor: JsonObject | null, isShuffled = false) {
  const filters = isShuffled ? [{ id: 'shuffle', elementsize: 8 }] : [];
  const array = newArray(plan({ shape: [500], chunks: [500], compressor, filters }));
  const values = signal('<f8', 500);
  const store = memoryStore();
  await writeRows(store, withLength(array, 0), { from: 0, values });
  assert.deepEqual(await readArray(store, array), values);
  return { store, array, values };
}

test('damaged chunks of every codec are read at their length or refused, and good ones are read after them', async () => {
  await Promise.all(COMPRESSORS.map((compressor) => readBack(compressor))); // loads the WebAssembly
  const cases = fc.asyncProperty(fc.constantFrom(...COMPRESSORS), fc.boolean(), damages, async (compressor, isShuffled, all) => {
    const { store, array, values } = await readBack(compressor, isShuffled);
    const good = store.objects.get('value/0') ?? assert.fail();
    allocations.takeLargest();

    await store.set('value/0', damaged(good, all));
    const read = await readArray(store, array).catch((error: unknown) => {
      if (!isFailure(error, 'damaged_chunk')) throw error;
      return null;
    });

    assert.ok(read === null || read.length === 500);
    await store.set('value/0', good);
    assert.deepEqual(await readArray(store, array), values);
    assert.ok(allocations.takeLargest() <= 4 * 4000 + 4096);
  });

  await fc.assert(cases, { numRuns: 600 });
});
