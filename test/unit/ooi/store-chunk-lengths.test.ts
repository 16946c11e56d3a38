import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chunkRowsOf } from '../../../src/formats/zarr/grid.ts';
import { rowsTogether } from '../../../src/ooi/series.ts';
import { arrayFor } from '../../../src/ooi/store/column-array.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { firstRows, free, minutesFrom, rowsInput } from '../../helpers/series-cases.ts';

const whole = (id: string, at: number) => rowsInput({ id, at, minutes: minutesFrom(0, 50) });

const refresh = async (store: SeriesStore, id: string, at: number): Promise<number> => {
  await store.build({ id, inputs: [whole(id, at)] }, free);
  await store.publish(id, free);
  return lengthOf(store);
};

const lengthOf = async (store: SeriesStore): Promise<number> => {
  const live = (await store.live()) ?? assert.fail('it is live');
  assert.equal(live.state.segmentRows, chunkRowsOf(live.group.arrays.get('time') ?? assert.fail('it is there')));
  return live.state.segmentRows;
};

describe('chunk lengths of generations', () => {
  it('change with every refresh, stay when one grows, and their records are read by their own length', async () => {
    const store = openSeriesStore({ objects: memoryObjects(), disk: null, table: 'T', publish: 'pointer', codec: 'lz4' });
    await store.build({ id: 'g1', inputs: [firstRows()] }, free);
    await store.publish('g1', free);
    const lengths = [await lengthOf(store), await refresh(store, 'g2', 1)];
    const wider = rowsInput({ id: 'wider', at: 3, minutes: [60], more: { temperature: { type: '<f8', values: [1] } } });
    await store.grow({ id: 'g3', inputs: [wider] }, free);
    await store.publish('g3', free);
    lengths.push(await lengthOf(store), await refresh(store, 'g4', 4));
    await store.append(rowsInput({ id: 'late', at: 5, minutes: [70] }), free);
    await store.rollback({ ...free, to: 'g2' });
    lengths.push(await lengthOf(store), await refresh(store, 'g5', 6));

    assert.deepEqual(lengths, [250_000, 249_984, 249_984, 250_000, 249_984, 250_000]);
    for (const { id } of await store.generations()) assert.deepEqual((await store.validate(id)).problems, []);
  });

  it('differ between neighbours for rows of any width, and what is read together is whole chunks', () => {
    for (const size of [1, 2, 7, 35, 75, 88, 92, 256, 1000, 4096]) {
      for (const type of ['|u1', '<u2', '<f4', '<f8']) {
        const column = { name: 'x', type, isOnTime: true, inner: [{ name: 'bin', size }], fill: null, attributes: {} };
        const [a, b] = [250_000, 249_984].map((rows) =>
          chunkRowsOf(arrayFor({ ...column, absent: { kind: 'value', value: null } }, 0, 'zstd', rows)),
        );
        assert.notEqual(a, b, `${type} × ${size}`);
      }
    }
    assert.deepEqual([250_000, 249_984, 1_000_000, 100_000, 7].map(rowsTogether), [250_000, 249_984, 1_000_000, 300_000, 249_998]);
  });
});
