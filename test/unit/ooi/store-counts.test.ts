import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addRequest } from '../../../src/ooi/store/add-request.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, minutesFrom, publishFirst, rowsInput } from '../../helpers/series-cases.ts';
import { dyingAfter } from '../../helpers/series-place.ts';

const opened = (objects: ObjectStore) =>
  openSeriesStore({ objects, disk: null, table: 'T', publish: 'pointer', codec: 'lz4', windowRows: 16 });

/** Minute 20 is late, 35 to 39 are there already with lower values, 40 to 42 are new. */
const mixed = () => rowsInput({ id: 'mixed', at: 1, minutes: [20, ...minutesFrom(35, 8)], plus: 0.5 });

/** The same rows, for which the store has to grow. */
const wider = () => {
  const minutes = [20, ...minutesFrom(35, 8)];
  return rowsInput({ id: 'wider', at: 1, minutes, more: { temperature: { type: '<f8', values: minutes.map((minute) => minute + 0.5) } } });
};

const COUNTS = { added: 3, corrected: 5, inserted: 1 };

describe('what a request did to a store', () => {
  it('is told alike by whoever repeats it after a kill behind the commit, and once more', async () => {
    const objects = memoryObjects();
    const store = opened(objects);
    await publishFirst(store);

    await assert.rejects(addRequest(opened(dyingAfter(objects, 'intent.json')), mixed(), { id: 'g2', isReported: false }, free), {
      code: 'killed',
    });
    await store.recover(free);
    const repeated = await addRequest(store, mixed(), { id: 'g2', isReported: false }, free);
    const again = await addRequest(store, mixed(), { id: 'g2', isReported: false }, free);

    for (const { state, why, added, corrected, inserted, rows } of [repeated, again])
      assert.deepEqual({ state, why, added, corrected, inserted, rows }, { state: 'appended', why: null, ...COUNTS, rows: 43 });
    assert.equal(repeated.chunks, 0);
    const reported = await addRequest(store, mixed(), { id: 'g2', isReported: true }, free);
    assert.deepEqual([reported.state, reported.added, reported.rows], ['unchanged', 0, 43]);
  });

  it('is counted as in place when a new generation is needed, and told after a kill before and after its publication', async () => {
    const objects = memoryObjects();
    const store = opened(objects);
    await publishFirst(store);

    await assert.rejects(addRequest(opened(dyingAfter(objects, 'current.json')), wider(), { id: 'g2', isReported: false }, free), {
      code: 'killed',
    });
    const published = await addRequest(store, wider(), { id: 'g2', isReported: false }, free);
    await store.rollback({ ...free, to: 'g1' });
    const built = await addRequest(store, wider(), { id: 'g2', isReported: false }, free);

    for (const { state, why, generation, added, corrected, inserted, rows } of [published, built]) {
      assert.deepEqual({ state, generation, added, corrected, inserted, rows }, { state: 'grown', generation: 'g2', ...COUNTS, rows: 43 });
      assert.match(why ?? '', /temperature is <f4 and becomes <f8/);
    }
  });

  it('is nothing when all of it was there, whatever it needs', async () => {
    const store = opened(memoryObjects());
    await publishFirst(store);

    const { state, added, corrected, inserted } = await addRequest(
      store,
      rowsInput({ id: 'same', at: 2, minutes: [3, 4] }),
      { id: 'g2', isReported: false },
      free,
    );
    const grown = await store.grow(
      { id: 'g3', inputs: [rowsInput({ id: 'wide', at: 3, minutes: [7], more: { temperature: { type: '<f8', values: [7] } } })] },
      free,
    );

    assert.deepEqual({ state, added, corrected, inserted }, { state: 'unchanged', added: 0, corrected: 0, inserted: 0 });
    assert.deepEqual([grown.added, grown.corrected, grown.inserted, grown.rows], [0, 0, 0, 39]);
  });

  it('stays with the times of its files beside the generation, and goes along when that grows', async () => {
    const store = opened(memoryObjects());
    await publishFirst(store);
    const input = mixed();
    await addRequest(store, input, { id: 'g2', isReported: false }, free);
    await addRequest(store, wider(), { id: 'g3', isReported: false }, free);

    const requests = await store.requests('g3');
    const kept = requests.find(({ id }) => id === 'mixed') ?? assert.fail('it is there');

    const [file] = input.files;
    assert.deepEqual(kept.outcome, { ...COUNTS, why: null });
    assert.ok(file?.state === 'read');
    assert.deepEqual([kept.files[0]?.firstTime, kept.files[0]?.lastTime], [file.firstTime, file.lastTime]);
  });
});
