import assert from 'node:assert/strict';
import { globSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Failure, isFailure } from '../../src/errors.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';
import {
  buildSecond,
  CORRECTED,
  FIRST,
  free,
  GROWN,
  MIXED,
  minutesFrom,
  PUBLISHED,
  publishFirst,
  REFRESHED,
  rowsInput,
  type SeriesCase,
} from '../helpers/series-cases.ts';
import { bucketPlace, contentOf, diskPlace, lookedAtAroundEach, type SeriesPlace, visibleIn } from '../helpers/series-place.ts';
import { assertOldOrNew, type View, viewOf } from '../helpers/series-view.ts';

let server: TestObjectServer;
before(async () => {
  server = await startObjectServer();
});
after(() => server.stop());

const PLACES: readonly { readonly name: string; make(): Promise<SeriesPlace>; readonly cases: readonly SeriesCase[] }[] = [
  { name: 'a folder', make: diskPlace, cases: [MIXED, CORRECTED, REFRESHED, GROWN] },
  { name: 'a bucket with a pointer', make: () => bucketPlace(server, 'pointer'), cases: [MIXED, CORRECTED, REFRESHED] },
  { name: 'a bucket with a fixed address', make: () => bucketPlace(server, 'prefix'), cases: [MIXED, PUBLISHED] },
];

interface Undisturbed {
  readonly before: View;
  readonly after: View;
  readonly content: Readonly<Record<string, string>>;
  readonly seen: Set<string>;
}

async function undisturbed(origin: SeriesPlace, { run }: SeriesCase): Promise<Undisturbed> {
  const place = await origin.clone();
  await run(place.store());
  const found = { before: await viewOf(origin), after: await viewOf(place), content: await contentOf(place), seen: new Set<string>() };
  await place.remove();
  return found;
}

/** What a kill at this moment leaves, resumed. */
async function resume(killed: SeriesPlace, { run }: SeriesCase, known: Undisturbed): Promise<void> {
  const place = await killed.clone();
  await look(place, known, true);

  await place.store().recover(free);
  await look(place, known, false);
  await run(place.store());
  assert.deepEqual(different(await contentOf(place), known.content), []);
  await place.remove();
}

/** What has been looked at before is not looked at again. */
async function look(place: SeriesPlace, { seen, before, after }: Undisturbed, mayBeClosed: boolean): Promise<void> {
  const visible = visibleIn(await contentOf(place));
  if (seen.has(`${mayBeClosed} ${visible}`)) return;
  seen.add(`${mayBeClosed} ${visible}`);
  const view = await viewOf(place);
  assertOldOrNew(view, before, after);
  assert.ok(mayBeClosed || view !== null || before === null, 'what was open once is open again');
}

const different = (a: Undisturbed['content'], b: Undisturbed['content']): readonly string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]);

/** Kills the work before its first write and after each; answers how many states that leaves. */
async function endAfterEach(origin: SeriesPlace, one: SeriesCase): Promise<number> {
  const known = await undisturbed(origin, one);
  const place = await origin.clone();
  const lefts = new Set<string>();
  const look = async (): Promise<void> => {
    const left = JSON.stringify(await contentOf(place));
    if (lefts.has(left)) return;
    lefts.add(left);
    await resume(place, one, known);
  };
  await look();
  await one.run(place.store(lookedAtAroundEach(place, look)));
  await place.remove();
  return lefts.size;
}

for (const { name, make, cases } of PLACES) {
  describe(`a series in ${name}, its writer killed after each single write`, () => {
    let origin: SeriesPlace;
    before(async () => {
      origin = await make();
      await publishFirst(origin.store());
      if (cases.includes(PUBLISHED)) await buildSecond(origin.store());
    });
    after(() => origin.remove());

    for (const one of cases) {
      it(`${one.what}: readers see the old, a shorter or the new series, and the bytes are at last those of an undisturbed run`, async () => {
        assert.ok((await endAfterEach(origin, one)) > 1);
      });
    }
  });
}

describe('a series in a folder, whose writer was killed with its intent written, and what lay ready was damaged since', () => {
  for (const [how, damage] of Object.entries({ cut: (path: string) => truncateSync(path, 5), gone: (path: string) => rmSync(path) }))
    it(`(${how}): nothing of it is put in place, and the change is made anew`, async () => {
      const place = await diskPlace();
      await publishFirst(place.store());
      const known = await undisturbed(place, MIXED);
      const isIntent = (key: string): boolean => key.endsWith('intent.json');
      const dead: ObjectStore = {
        ...place.objects,
        async put(key, body, options) {
          const put = await place.objects.put(key, body, options);
          if (isIntent(key)) throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
          return put;
        },
      };
      await assert.rejects(MIXED.run(place.store(dead)), { code: 'killed' });
      const [staged = ''] = globSync('**/intent/*/*', { cwd: place.folder });
      damage(join(place.folder, staged));

      await place.store().recover(free);
      assert.deepEqual([(await place.store().validate(null)).problems, await viewOf(place)], [[], known.before]);
      await MIXED.run(place.store());

      assert.deepEqual(different(await contentOf(place), known.content), []);
      await place.remove();
    });
});

describe('a series in an empty bucket, its writer killed after each single write', () => {
  it(`${FIRST.what}: readers see nothing or all of it`, async () => {
    const empty = await bucketPlace(server, 'pointer');
    await empty.objects.put('other', Buffer.from('keeps the folder'));

    assert.ok((await endAfterEach(empty, FIRST)) > 1);
    await empty.remove();
  });
});

describe('several writers of a series in one bucket', () => {
  it('append at once: each adds its rows or begins again, and the store is whole', async () => {
    const place = await bucketPlace(server, 'pointer');
    await publishFirst(place.store());
    const inputs = [0, 1, 2, 3].map((at) => rowsInput({ id: `w${at}`, at: at + 1, minutes: [20, ...minutesFrom(38 + at, 2)], plus: at }));

    const outcomes = await Promise.allSettled(inputs.map((input) => place.store().append(input, free)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.ok(isFailure(outcome.reason) && outcome.reason.kind === 'replan', String(outcome.reason));
    await place.store().recover(free);
    assert.deepEqual((await place.store().validate(null)).problems, []);
    for (const input of inputs) await place.store().append(input, free);

    assert.deepEqual((await place.store().validate(null)).problems, []);
    assert.equal((await place.store().live())?.state.length, 43);
    await place.remove();
  });

  it('publish at once: one does', async () => {
    const place = await bucketPlace(server, 'pointer');
    await publishFirst(place.store());
    for (const id of ['g4', 'g5']) await place.store().build({ id, inputs: [rowsInput({ id, at: 2, minutes: minutesFrom(0, 30) })] }, free);

    // each has read what is live when the first of them replaces it
    const ready = Promise.withResolvers<void>();
    let waiting = 0;
    const together: ObjectStore = {
      ...place.objects,
      async put(key, body, options) {
        if (key.endsWith('current.json') && ++waiting === 2) ready.resolve();
        if (key.endsWith('current.json')) await ready.promise;
        return place.objects.put(key, body, options);
      },
    };
    const outcomes = await Promise.allSettled(['g4', 'g5'].map((id) => place.store(together).publish(id, free)));

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    await place.remove();
  });
});
