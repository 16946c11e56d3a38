import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withLength } from '../../../src/formats/zarr/array.ts';
import { arrayDocument, consolidatedDocument, tornDimensions, type ZarrGroup } from '../../../src/formats/zarr/group.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { openStore } from '../../../src/formats/zarr/open.ts';
import { readArray } from '../../../src/formats/zarr/read.ts';
import type { StoredObject } from '../../../src/formats/zarr/store.ts';
import type { Values } from '../../../src/formats/zarr/values.ts';
import { encodeRows } from '../../../src/formats/zarr/write.ts';
import { type MemoryStore, memoryStore } from '../../helpers/zarr-stores.ts';
import { writeStore } from '../../helpers/zarr-written.ts';
import { plan } from './zarr-cases.ts';

/** A series whose value tells its time: whatever is read, each value can be seen to stand at its own. */
const times = (from: number, to: number): Float64Array => Float64Array.from({ length: to - from }, (_, i) => from + i);
const values = (of: Float64Array): Float32Array => Float32Array.from(of, (time) => time * 2);

const seriesOf = (seconds: Float64Array): ReadonlyMap<string, Values> =>
  new Map<string, Values>([
    ['time', seconds],
    ['value', values(seconds)],
  ]);

async function published(seconds: Float64Array): Promise<MemoryStore> {
  const store = memoryStore();
  const shape = [seconds.length];
  const compressor = { id: 'zlib', level: 1 };
  const time = newArray(plan({ name: 'time', shape, compressor }));
  const value = newArray(plan({ name: 'value', type: '<f4', shape, compressor, fill: Number.NaN }));
  await writeStore(store, [
    { array: time, values: seconds },
    { array: value, values: values(seconds) },
  ]);
  return store;
}

const rows = ({ arrays }: ZarrGroup): number => arrays.get('time')?.shape[0] ?? 0;

const atLength = (group: ZarrGroup, length: number): ZarrGroup => ({
  ...group,
  arrays: new Map([...group.arrays].map(([name, array]) => [name, withLength(array, length)])),
});

const documents = (group: ZarrGroup): readonly StoredObject[] => [
  ...[...group.arrays.values()].map(arrayDocument),
  consolidatedDocument(group),
];

/** Everything that one change writes, in order: the first `cut` rows stay published meanwhile. */
async function* change(store: MemoryStore, group: ZarrGroup, cut: number, seconds: Float64Array): AsyncGenerator<StoredObject> {
  const kept = atLength(group, cut);
  if (cut < rows(group)) yield consolidatedDocument(kept);
  for (const [name, news] of seriesOf(seconds)) {
    const array = kept.arrays.get(name) ?? assert.fail(name);
    yield* encodeRows(store, array, { from: cut, values: news });
  }
  yield* documents(atLength(group, cut + seconds.length));
}

/** Writes until `most` objects are written; whether that was all. */
async function writtenUpTo(store: MemoryStore, objects: AsyncGenerator<StoredObject>, most: number): Promise<boolean> {
  let written = 0;
  for await (const { key, bytes } of objects) {
    if (written === most) return false;
    await store.set(key, bytes);
    written += 1;
  }
  return true;
}

/** Opens as any reader does; the times it sees, each of whose values stands at its place. */
async function seen(store: MemoryStore): Promise<readonly number[]> {
  const group = await openStore(store);
  assert.deepEqual([...tornDimensions(group)], []);
  const [time, value] = [group.arrays.get('time') ?? assert.fail(), group.arrays.get('value') ?? assert.fail()];
  const seconds = await readArray(store, time);
  assert.ok(seconds instanceof Float64Array);
  assert.deepEqual(await readArray(store, value), values(seconds));
  return [...seconds];
}

interface Case {
  readonly name: string;
  readonly before: Float64Array;
  /** Rows that stay published while it goes on. */
  readonly cut: number;
  readonly news: Float64Array;
}

const inserted = Float64Array.of(4, 4.5, 5, 6, 7, 8, 9);
const cases: readonly Case[] = [
  { name: 'an append', before: times(0, 10), cut: 10, news: times(10, 15) },
  { name: 'an append that ends where a chunk does', before: times(0, 8), cut: 8, news: times(8, 12) },
  { name: 'inserted rows', before: times(0, 10), cut: 4, news: inserted },
];

describe('a store that is changed', () => {
  for (const { name, before, cut, news } of cases) {
    it(`by ${name} and killed after any single write shows the old, a shorter or the new series, and is finished to the same bytes`, async () => {
      const wanted = [...before.subarray(0, cut), ...news];
      const undisturbed = await published(before);
      const group = await openStore(undisturbed);
      await writtenUpTo(undisturbed, change(undisturbed, group, cut, news), Number.POSITIVE_INFINITY);

      let kills = 0;
      for (let isDone = false; !isDone; kills++) {
        const store = await published(before);
        isDone = await writtenUpTo(store, change(store, group, cut, news), kills);
        const found = await seen(store);
        const isOneOfThem = [before, before.subarray(0, cut), wanted].some((series) => [...series].join() === found.join());
        assert.ok(isOneOfThem, `after ${kills} writes: ${found.join()}`);

        await writtenUpTo(store, change(store, group, cut, news), Number.POSITIVE_INFINITY);

        assert.deepEqual(store.objects, undisturbed.objects);
        assert.deepEqual(await seen(store), wanted);
      }
      assert.ok(kills >= 6);
    });
  }
});
