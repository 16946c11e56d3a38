import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';
import { CASES, free, prepare, publishFirst, type SeriesCase } from '../helpers/series-cases.ts';
import { bucketPlace, contentOf, diskPlace, endingAfter, type SeriesPlace } from '../helpers/series-place.ts';
import { assertOldOrNew, viewOf } from '../helpers/series-view.ts';

let server: TestObjectServer;
before(async () => {
  server = await startObjectServer();
});
after(() => server.stop());

const PLACES: readonly { readonly name: string; make(): Promise<SeriesPlace> }[] = [
  { name: 'a folder', make: diskPlace },
  { name: 'a bucket with a pointer', make: () => bucketPlace(server, 'pointer') },
  { name: 'a bucket with a fixed address', make: () => bucketPlace(server, 'prefix') },
];

/** Ends the work after each of its writes in turn; whether it was ended, so that the last is known. */
async function endAfter(writes: number, origin: SeriesPlace, { run }: SeriesCase, after: SeriesPlace): Promise<boolean> {
  const place = await origin.clone();
  try {
    const dying = endingAfter(place.objects, writes);
    await run(place.store(dying.objects)).catch((error: unknown) => {
      if (!isFailure(error, 'killed')) throw error;
    });
    assertOldOrNew(await viewOf(place), await viewOf(origin), await viewOf(after));

    await place.store().recover(free);
    assertOldOrNew(await viewOf(place), await viewOf(origin), await viewOf(after));
    assert.notEqual((await viewOf(place)) ?? (await viewOf(origin)), (await viewOf(origin)) === null ? undefined : null);
    await run(place.store());
    assert.deepEqual(await contentOf(place), await contentOf(after));
    return dying.isEnded();
  } finally {
    await place.remove();
  }
}

for (const { name, make } of PLACES) {
  describe(`a series in ${name}, its writer killed after each single write`, () => {
    let origin: SeriesPlace;
    before(async () => {
      origin = await make();
      await prepare(origin.store());
    });
    after(() => origin.remove());

    for (const one of CASES) {
      it(`${one.what} shows the old, a shorter or the new series, and ends in the bytes of an undisturbed run`, async () => {
        const undisturbed = await origin.clone();
        await one.run(undisturbed.store());

        let writes = 0;
        while (await endAfter(writes, origin, one, undisturbed)) writes++;

        assert.ok(writes > 0);
        await undisturbed.remove();
      });
    }

    it('the very first generation is not there, or whole', async () => {
      const empty = await make();
      await empty.objects.put('other', Buffer.from('keeps the folder'));
      const undisturbed = await empty.clone();
      const first = { what: 'the first', run: publishFirst };
      await first.run(undisturbed.store());

      let writes = 0;
      while (await endAfter(writes, empty, first, undisturbed)) writes++;

      assert.ok(writes > 0);
      await Promise.all([undisturbed.remove(), empty.remove()]);
    });
  });
}
