import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SHIFT_CHUNKS } from '../../../src/ooi/store/append-chunks.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, rowsInput } from '../../helpers/series-cases.ts';
import { contentOfSeries } from '../../helpers/series-content.ts';

const CHUNK = 4;
const CHUNKS = 15;
const whole = () => rowsInput({ id: 'whole', at: 0, minutes: Array.from({ length: CHUNK * CHUNKS }, (_, row) => 2 * row) });
/** Between the first two rows of a chunk. */
const late = (chunk: number) => rowsInput({ id: 'late', at: 1, minutes: [2 * chunk * CHUNK + 1], plus: 0.5 });

const open = (): SeriesStore =>
  openSeriesStore({ objects: memoryObjects(), disk: null, table: 'T', publish: 'pointer', codec: 'zstd', windowRows: CHUNK });
const contentIn = async (store: SeriesStore) => contentOfSeries((await store.live()) ?? assert.fail('it is live'));

describe('a late row', () => {
  for (const [chunks, expected] of [
    [SHIFT_CHUNKS, 'appended'],
    [SHIFT_CHUNKS + 1, 'needs_generation'],
  ] as const)
    it(`that moves rows of ${chunks} chunks is ${expected === 'appended' ? 'inserted in place' : 'brought by a new generation'}, with the same series`, async () => {
      const [store, anew] = [open(), open()];
      for (const [one, inputs] of [
        [store, [whole()]],
        [anew, [whole(), late(CHUNKS - chunks)]],
      ] as const) {
        await one.build({ id: 'g1', inputs }, free);
        await one.publish('g1', free);
      }

      const { state, why, inserted } = await store.append(late(CHUNKS - chunks), free);
      if (expected === 'needs_generation') {
        assert.match(why ?? '', /^rows move through 9 chunks of an array; up to 8 are rewritten in place$/);
        await store.grow({ id: 'g2', inputs: [late(CHUNKS - chunks)] }, free);
        await store.publish('g2', free);
      } else assert.equal(inserted, 1);

      assert.equal(state, expected);
      assert.deepEqual((await store.validate(null)).problems, []);
      assert.deepEqual(await contentIn(store), await contentIn(anew));
    });
});
