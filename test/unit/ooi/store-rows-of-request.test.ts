import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArray } from '../../../src/formats/zarr/read.ts';
import { rowsOfRequest } from '../../../src/ooi/store/rows-of-request.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, MIXED, minutesFrom, publishFirst, rowsInput } from '../../helpers/series-cases.ts';

const whole = () => rowsInput({ id: 'whole', at: 0.7, minutes: minutesFrom(0, 38), plus: 100 });
const mixedRows = () => {
  const minutes = [20, ...minutesFrom(35, 8)];
  return rowsInput({ id: 'mixed', at: 1, minutes, plus: 0.5, more: { salinity: { type: '<f8', values: minutes } } });
};

/** A live store with a mixed append, and a whole series beside it without that. */
async function stage(): Promise<SeriesStore> {
  const store = openSeriesStore({ objects: memoryObjects(), disk: null, table: 'T', publish: 'pointer', codec: 'zstd', windowRows: 16 });
  await publishFirst(store);
  await MIXED.run(store);
  await store.build({ id: 'g2', inputs: [whole()] }, free);
  await store.build({ id: 'g3', inputs: [whole()] }, free);
  return store;
}

async function taken(store: SeriesStore, isChanged: () => Promise<boolean>) {
  const generation = (await store.live()) ?? assert.fail('it is live');
  const request = (await store.requests(generation.id)).find(({ id }) => id === 'mixed') ?? assert.fail('it is on record');
  return await rowsOfRequest({ store, generation, table: 'T', isChanged }, request);
}

async function contents(store: SeriesStore, id: string) {
  const { group, chunks } = await store.open(id);
  const all: Record<string, readonly unknown[]> = {};
  for (const [name, array] of group.arrays) all[name] = [...(await readArray(chunks, array))];
  return { all, requests: (await store.requests(id)).map((one) => one.id) };
}

describe('rows of a request whose files are gone', () => {
  it('are taken from a store that has them, and make of another what the files would have made', async () => {
    const store = await stage();
    await store.append(mixedRows(), { ...free, into: 'g2' });

    await store.append(await taken(store, async () => false), { ...free, into: 'g3' });

    assert.deepEqual(await contents(store, 'g3'), await contents(store, 'g2'));
  });

  it('are not handed out when the store is changed while they are read: nothing is written then', async () => {
    const store = await stage();
    const before = await contents(store, 'g3');
    let reads = 0;
    const input = await taken(store, async () => {
      reads += 1;
      return reads > 3;
    });

    await assert.rejects(store.append(input, { ...free, into: 'g3' }), { kind: 'again', code: 'store_changed' });

    assert.deepEqual(await contents(store, 'g3'), before);
  });
});
