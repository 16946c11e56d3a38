import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasChanged, readBesideChanges } from '../../../activities/ooi/changes.ts';
import { Failure } from '../../../src/errors.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { CORRECTED, MIXED, publishFirst } from '../../helpers/series-cases.ts';
import { endingAfter } from '../../helpers/series-place.ts';

const TABLE = 'T';

async function stage() {
  const objects = memoryObjects();
  let second = 0;
  const now = () => new Date(Date.UTC(2024, 5, 1, 0, 0, second++));
  const storeOver = (given: typeof objects): SeriesStore =>
    openSeriesStore({ objects: given, disk: null, table: TABLE, publish: 'pointer', codec: 'zstd', windowRows: 16, now });
  const store = storeOver(objects);
  await publishFirst(store);
  const opened = await store.live();
  if (opened === null) throw new Error('a store that was published is live');
  return { objects, store, storeOver, opened };
}

describe('a reader beside a writer', () => {
  it('finds a store that nobody changes unchanged', async () => {
    const { objects, opened } = await stage();

    assert.equal(await hasChanged(objects, TABLE, opened), false);
  });

  for (const { what, run } of [MIXED, CORRECTED]) {
    it(`finds it changed after ${what}`, async () => {
      const { objects, store, opened } = await stage();

      await run(store);

      assert.equal(await hasChanged(objects, TABLE, opened), true);
    });
  }

  it('finds it changed from the moment in which a chunk may be another, whatever step of the append that is', async () => {
    for (let writes = 0; ; writes += 1) {
      const { objects, storeOver, opened } = await stage();
      const before = await Promise.all(['temperature/0', 'temperature/2'].map((key) => objects.version(`${opened.root}/${key}`)));
      const killed = endingAfter(objects, writes);
      await MIXED.run(storeOver({ ...objects, ...killed.objects })).catch(() => undefined);
      const after = await Promise.all(['temperature/0', 'temperature/2'].map((key) => objects.version(`${opened.root}/${key}`)));

      if (after.join() !== before.join()) assert.equal(await hasChanged(objects, TABLE, opened), true, `after ${writes} writes`);
      if (!killed.isEnded()) break;
    }
  });

  it('reads again what a change made unreadable, and calls damage damage', async () => {
    const damaged = new Failure({ kind: 'stop', code: 'damaged_chunk', happened: 'The chunk is damaged' });

    await assert.rejects(
      readBesideChanges(Promise.reject(damaged), async () => true),
      { code: 'store_changed', kind: 'again' },
    );
    await assert.rejects(
      readBesideChanges(Promise.reject(damaged), async () => false),
      { code: 'damaged_chunk' },
    );
    assert.equal(await readBesideChanges(Promise.resolve(7), async () => true), 7);
  });
});
