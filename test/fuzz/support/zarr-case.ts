import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isFailure } from '../../../src/errors.ts';
import { arrayMetadata, parseArray, withLength, withTextBytes, type ZarrArray } from '../../../src/formats/zarr/array.ts';
import { parseConsolidated } from '../../../src/formats/zarr/group.ts';
import { type Json, type JsonObject, readJson, writeJson } from '../../../src/formats/zarr/json.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { readArray, readRows } from '../../../src/formats/zarr/read.ts';
import { rawBytes } from '../../../src/formats/zarr/values.ts';
import { writeRows } from '../../../src/formats/zarr/write.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';
import { COMPRESSORS, plan, signal } from '../../unit/formats/zarr-cases.ts';
import type { AllocationWatch } from './allocations.ts';
import { damaged, damages } from './mutations.ts';

const LIMITS = { chunkBytes: 65_536, readBytes: 65_536 };
const SLACK_BYTES = 4096;
const CHUNK_VALUES = 500;

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

/** Any value in any place of `.zarray`. */
export function anyMetadata(allocations: AllocationWatch): fc.IAsyncProperty<unknown> {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<Json>(-1, 0, 1e9, 2 ** 53, 1e300, '', '/', '<f8', '|O', '<U5', '|S9999999999', 'NaN', [], {}, [1e9, 1e9]),
  );
  return fc.asyncProperty(fc.constantFrom(...Object.keys(METADATA)), anything, async (name, value) => {
    const document = new TextEncoder().encode(JSON.stringify({ ...METADATA, [name]: value }));
    allocations.takeLargest();

    await parsedOrRefused(() => parseArray({ name: 'a', metadata: readJson('a/.zarray', document), attributes: {} }, LIMITS));

    assert.ok(allocations.takeLargest() <= LIMITS.readBytes + SLACK_BYTES);
  });
}

/** `.zmetadata` with damaged bytes. */
export function damagedMetadata(allocations: AllocationWatch): fc.IAsyncProperty<unknown> {
  const metadata = { '.zgroup': { zarr_format: 2 }, '.zattrs': {}, 'a/.zarray': METADATA, 'a/.zattrs': {} };
  const whole = writeJson({ zarr_consolidated_format: 1, metadata });
  return fc.asyncProperty(damages, async (all) => {
    const broken = damaged(whole, all);
    allocations.takeLargest();

    await parsedOrRefused(() => {
      const [array = newArray(plan())] = parseConsolidated(readJson('.zmetadata', broken), LIMITS).arrays.values();
      return array;
    });

    assert.ok(allocations.takeLargest() <= LIMITS.readBytes + SLACK_BYTES);
  });
}

async function readBack(compressor: JsonObject | null, isShuffled = false) {
  const filters = isShuffled ? [{ id: 'shuffle', elementsize: 8 }] : [];
  const array = newArray(plan({ shape: [CHUNK_VALUES], chunks: [CHUNK_VALUES], compressor, filters }));
  const values = signal('<f8', CHUNK_VALUES);
  const store = memoryStore();
  await writeRows(store, withLength(array, 0), { from: 0, values });
  assert.deepEqual(await readArray(store, array), values);
  return { store, array, values };
}

/** Damaged chunks of texts of any length: as many as there are rows, or refused. */
export async function damagedTexts(allocations: AllocationWatch): Promise<fc.IAsyncProperty<unknown>> {
  await Promise.all(COMPRESSORS.map((compressor) => readBack(compressor))); // loads the WebAssembly
  return fc.asyncProperty(fc.constantFrom(...COMPRESSORS), fc.constantFrom('|O', '<U5'), damages, async (compressor, type, all) => {
    const filters = type === '|O' ? [{ id: 'vlen-utf8' }] : [];
    const array = newArray(plan({ type, shape: [CHUNK_VALUES], chunks: [CHUNK_VALUES], compressor, filters, fill: null }));
    const store = memoryStore();
    const values = new Uint8Array(rawBytes(signal('|S5', CHUNK_VALUES)));
    await writeRows(store, withLength(withTextBytes(array, 5), 0), { from: 0, values });
    await store.set('value/0', damaged(store.objects.get('value/0') ?? assert.fail(), all));
    allocations.takeLargest();

    const read = await readRows(store, array, { from: 0, to: CHUNK_VALUES }, { limits: LIMITS }).catch((error: unknown) => {
      if (!isFailure(error, 'damaged_chunk', 'unsupported_store')) throw error;
      return null;
    });

    assert.ok(read === null || read.length % CHUNK_VALUES === 0);
    assert.ok(allocations.takeLargest() <= 2 * LIMITS.readBytes + SLACK_BYTES);
  });
}

/** Damaged chunks of every codec: read at their length or refused, and a good one is read after each. */
export async function damagedChunks(allocations: AllocationWatch): Promise<fc.IAsyncProperty<unknown>> {
  await Promise.all(COMPRESSORS.map((compressor) => readBack(compressor))); // loads the WebAssembly
  return fc.asyncProperty(fc.constantFrom(...COMPRESSORS), fc.boolean(), damages, async (compressor, isShuffled, all) => {
    const { store, array, values } = await readBack(compressor, isShuffled);
    const good = store.objects.get('value/0') ?? assert.fail();
    allocations.takeLargest();

    await store.set('value/0', damaged(good, all));
    const read = await readArray(store, array).catch((error: unknown) => {
      if (!isFailure(error, 'damaged_chunk')) throw error;
      return null;
    });

    assert.ok(read === null || read.length === CHUNK_VALUES);
    await store.set('value/0', good);
    assert.deepEqual(await readArray(store, array), values);
    assert.ok(allocations.takeLargest() <= 4 * values.byteLength + SLACK_BYTES);
  });
}
