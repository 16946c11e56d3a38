import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { buildSecond, free, MIXED, publishFirst } from '../../helpers/series-cases.ts';
import { diskPlace, TABLE } from '../../helpers/series-place.ts';

const SETTINGS = { disk: null, table: 'T', publish: 'pointer', codec: 'zstd', windowRows: 16 } as const;
const RECORD = 'T.generations/g1.landfall';

describe('a store whose record was damaged', () => {
  it('is refused where the record of its rows and chunks is gone: nothing would tell that a chunk is', async () => {
    const objects = memoryObjects();
    const store = openSeriesStore({ ...SETTINGS, objects });
    await publishFirst(store);
    await objects.delete(`${RECORD}/rows/2`, free);

    const asked = { kind: 'stop', code: 'unreadable_record', message: /rows\/2 .*it is not there/ };
    await assert.rejects(store.validate(null), asked);
    await assert.rejects(MIXED.run(store), asked);
  });

  it('is refused when it holds the change of another generation, which would stand in the way for ever', async () => {
    const objects = memoryObjects();
    const store = openSeriesStore({ ...SETTINGS, objects });
    await publishFirst(store);
    const text = { length: 1, sha256: '', key: 'T.generations/g9.landfall/state.json', text: '', replaces: null };
    const intent = { generation: 'g9', root: 'x', says: '', replacesState: null, folder: 'x', cut: null, chunks: [], documents: [] };
    const bytes = Buffer.from(JSON.stringify({ format: 1, ...intent, publishes: text, records: [], state: text }));
    await objects.put(`${RECORD}/intent.json`, bytes, free);

    await assert.rejects(store.recover(free), { kind: 'stop', code: 'unreadable_record', message: /it is of generation g9/ });
  });

  for (const [what, key] of [
    ['a chunk', 'T.generations/g2/temperature/0'],
    ['the record of its rows and chunks', 'T.generations/g2.landfall/rows/1'],
  ] as const)
    it(`is built anew when nobody has seen it, and never over what was published: ${what} is gone`, async () => {
      const objects = memoryObjects();
      const store = openSeriesStore({ ...SETTINGS, objects });
      await publishFirst(store);
      await buildSecond(store);
      const whole = new Map(objects.objects);
      await objects.delete(key, free);

      await buildSecond(store);

      assert.deepEqual([...objects.objects.keys()].toSorted(), [...whole.keys()].toSorted());
      assert.deepEqual((await store.validate('g2')).problems, []);
      await store.publish('g2', free);
      await store.rollback(free);
      await objects.delete(key, free);
      await assert.rejects(buildSecond(store), { kind: 'stop', code: 'damaged_generation', message: /published once .*Refresh the flow/ });
    });

  it('is not added to while its address is a link to somewhere else, and is published again when that is removed', async () => {
    const place = await diskPlace();
    await publishFirst(place.store());
    await rm(join(place.folder, TABLE));
    await symlink('/somewhere', join(place.folder, TABLE));

    await assert.rejects(MIXED.run(place.store()), { kind: 'stop', code: 'foreign_link', message: /\/somewhere/ });

    await rm(join(place.folder, TABLE));
    await MIXED.run(place.store());
    assert.equal((await place.store().live())?.id, 'g1');
    await place.remove();
  });
});
