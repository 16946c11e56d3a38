import assert from 'node:assert/strict';
import { globSync, truncateSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/errors.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { buildSecond, free, MIXED, publishFirst, rowsInput } from '../../helpers/series-cases.ts';
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

  it('is left for the generation before when a change that was begun can never be ended, and is not added to again', async () => {
    const place = await diskPlace();
    await publishFirst(place.store());
    await buildSecond(place.store());
    await place.store().publish('g2', free);
    await assert.rejects(MIXED.run(place.store(dyingInChange(place.objects))), { code: 'killed' });
    for (const staged of globSync('**/intent/*/*', { cwd: place.folder })) truncateSync(join(place.folder, staged), 5);
    const asked = {
      kind: 'stop',
      code: 'damaged_change',
      message: /roll back to the generation before; where there is none, remove .*g2.*intent\.json/,
    };
    await assert.rejects(place.store().recover(free), asked);
    await assert.rejects(place.store().rollback({ ...free, to: 'g2' }), asked);

    assert.deepEqual(
      await place
        .store()
        .rollback(free)
        .then(({ generation, replaced }) => [generation, replaced]),
      ['g1', 'g2'],
    );

    await MIXED.run(place.store());
    assert.deepEqual((await place.store().validate(null)).problems, []);
    await assert.rejects(place.store().append(rowsInput({ id: 'late', at: 3, minutes: [90] }), { ...free, into: 'g2' }), asked);
    await place.remove();
  });
});

/** Killed when the first chunk of a change is in its place. */
function dyingInChange(objects: ObjectStore): ObjectStore {
  let isDead = false;
  const change = async <T>(step: () => Promise<T>, isLast: boolean): Promise<T> => {
    const done = isDead ? null : await step();
    isDead ||= isLast;
    if (isDead || done === null) throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
    return done;
  };
  return {
    ...objects,
    put: (...given) => change(() => objects.put(...given), false),
    copy: (...given) => change(() => objects.copy(...given), true),
    delete: (...given) => change(() => objects.delete(...given), false),
  };
}
