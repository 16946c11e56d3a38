import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { free, GROWN, MIXED, publishFirst } from '../helpers/series-cases.ts';
import { contentOf, diskPlace, type SeriesPlace } from '../helpers/series-place.ts';
import { assertOldOrNew, viewOf } from '../helpers/series-view.ts';

const CHILD = join(import.meta.dirname, '../helpers/series-child.ts');

/** Points over the whole of the work; the tests of single writes take each of them. */
const POINTS = 5;

describe('A series in a folder whose writer is killed by the system', () => {
  let origin: SeriesPlace;
  before(async () => {
    origin = await diskPlace();
    await publishFirst(origin.store());
  });
  after(() => origin.remove());

  const run = async (place: SeriesPlace, what: string, killAfter: number) =>
    execa(process.execPath, [CHILD, place.folder, what, `${killAfter}`], { reject: false });

  for (const [name, one] of Object.entries({ mixed: MIXED, grown: GROWN })) {
    it(`in the middle of ${one.what} is the old, a shorter or the new one, and whole when it is resumed`, async () => {
      const undisturbed = await origin.clone();
      const steps = Number((await run(undisturbed, name, 0)).stdout);
      const [before, after, content] = [await viewOf(origin), await viewOf(undisturbed), await contentOf(undisturbed)];

      for (let point = 1; point <= POINTS; point++) {
        const place = await origin.clone();
        const { signal } = await run(place, name, Math.floor((steps * point) / (POINTS + 1)));
        assert.equal(signal, 'SIGKILL');
        assertOldOrNew(await viewOf(place), before, after);
        await one.run(place.store());
        await place.store().recover(free);
        await place.objects.sweep(-1000);
        assert.deepEqual(await contentOf(place), content);
        await place.remove();
      }
      await undisturbed.remove();
    });
  }
});
