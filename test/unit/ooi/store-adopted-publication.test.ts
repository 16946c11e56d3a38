import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { lstat, mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { openStore } from '../../../src/formats/zarr/open.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { chunksIn } from '../../../src/stores/objects/chunks.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';
import { writeForeign } from '../../helpers/foreign-series.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, minutesFrom, rowsInput } from '../../helpers/series-cases.ts';
import { endingAfter, fencedUntil } from '../../helpers/series-place.ts';
import { folderStore } from '../../helpers/zarr-stores.ts';

const whole = rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) });

async function refresh(store: SeriesStore): Promise<void> {
  await store.build({ id: 'g1', inputs: [whole] }, free);
  await store.publish('g1', free);
}

const lengthIn = async (group: Promise<{ readonly arrays: ReadonlyMap<string, { readonly shape: readonly number[] }> }>) =>
  (await group).arrays.get('time')?.shape[0];

describe('the first publication over a store that somebody else wrote', () => {
  it('on disk moves the folder among the generations, from where it can be published again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'landfall-adopted-'));
    const objects = await openDisk({ folder });
    await writeForeign(objects, {});
    const store = openSeriesStore({ objects, disk: { folder }, table: 'T', publish: 'link', codec: 'zstd' });
    await store.append(rowsInput({ id: 'later', at: 1, minutes: [11] }), free);
    assert.ok((await lstat(join(folder, 'T'))).isDirectory());

    await refresh(store);

    assert.equal(await readlink(join(folder, 'T')), 'T.generations/g1');
    assert.equal(await lengthIn(openStore(folderStore(join(folder, 'T')))), 50);
    assert.equal((await store.rollback(free)).generation, 'adopted');
    assert.equal(await lengthIn(openStore(folderStore(join(folder, 'T')))), 11);
    assert.deepEqual((await store.validate(null)).problems, []);
    await rm(folder, { recursive: true });
  });

  it('on disk, killed before each single step, is taken up again, and the old store is kept', async () => {
    const origin = await mkdtemp(join(tmpdir(), 'landfall-adopted-'));
    const first = await openDisk({ folder: origin });
    await writeForeign(first, {});
    await openSeriesStore({ objects: first, disk: { folder: origin }, table: 'T', publish: 'link', codec: 'zstd' }).build(
      { id: 'g1', inputs: [whole] },
      free,
    );
    const left = new Set<number | undefined>();
    for (let steps = 0, ended = true; ended; steps++) {
      const folder = await mkdtemp(join(tmpdir(), 'landfall-adopted-'));
      cpSync(origin, folder, { recursive: true });
      const objects = await openDisk({ folder });
      const store = openSeriesStore({ objects, disk: { folder }, table: 'T', publish: 'link', codec: 'zstd' });
      const length = () => lengthIn(openStore(folderStore(join(folder, 'T'))));
      const dying = fencedUntil(steps);
      await store.publish('g1', dying).catch((error: unknown) => assert.ok(isFailure(error, 'killed'), String(error)));
      ended = dying.isEnded();
      left.add(existsSync(join(folder, 'T')) ? await length() : undefined);

      await store.recover(free);
      assert.ok([10, 50].includes((await length()) ?? 0));
      await store.publish('g1', free);

      assert.deepEqual([await readlink(join(folder, 'T')), await length()], ['T.generations/g1', 50]);
      await store.rollback(free);
      assert.equal(await length(), 10);
      assert.deepEqual((await store.validate(null)).problems, []);
      await rm(folder, { recursive: true });
    }
    assert.deepEqual(left, new Set([10, undefined, 50]));
    await rm(origin, { recursive: true });
  });

  it('by prefix, over one without consolidated metadata, can be taken back', async () => {
    const objects = memoryObjects();
    await writeForeign(objects, {});
    objects.objects.delete('T/.zmetadata');
    const store = openSeriesStore({ objects, disk: null, table: 'T', publish: 'prefix', codec: 'zstd' });
    await refresh(store);

    assert.equal((await store.rollback(free)).generation, 'adopted');

    assert.equal(await lengthIn(openStore(chunksIn(objects, 'T'))), 10);
    assert.equal((await store.rollback(free)).generation, 'g1');
  });

  for (const publish of ['pointer', 'prefix'] as const) {
    it(`by ${publish}, killed after each single write, is taken up again, and the old store is kept`, async () => {
      const origin = memoryObjects();
      await writeForeign(origin, {});
      for (let writes = 0, ended = true; ended; writes++) {
        const objects = memoryObjects(new Map(origin.objects));
        const dying = endingAfter(objects, writes);
        const open = (given: typeof objects | typeof dying.objects) =>
          openSeriesStore({ objects: given, disk: null, table: 'T', publish, codec: 'zstd' });
        await refresh(open(dying.objects)).catch((error: unknown) => assert.ok(isFailure(error, 'killed'), String(error)));
        ended = dying.isEnded();

        const store = open(objects);
        await store.recover(free);
        assert.ok([10, 50].includes((await store.live())?.state.length ?? 0));
        if (publish === 'prefix') assert.ok([10, 50].includes((await lengthIn(openStore(chunksIn(objects, 'T')))) ?? 0));
        await refresh(store);

        assert.equal((await store.live())?.id, 'g1');
        assert.equal(await lengthIn(openStore(chunksIn(objects, 'T'))), publish === 'prefix' ? 50 : 10);
        await store.rollback(free);
        assert.equal(await lengthIn(openStore(chunksIn(objects, 'T'))), 10);
        assert.deepEqual((await store.validate(null)).problems, []);
      }
    });

    it(`by ${publish}, long ago, has left the old store where it can be published again; deleted by hand it is no longer listed`, async () => {
      const objects = memoryObjects();
      await writeForeign(objects, {});
      const clock = { ms: Date.UTC(2024, 0, 1) };
      const now = () => new Date(clock.ms);
      const store = openSeriesStore({ objects, disk: null, table: 'T', publish, codec: 'zstd', now });
      await refresh(store);
      await store.build({ id: 'g2', inputs: [whole] }, free);
      await store.publish('g2', free);
      clock.ms += 400 * 86_400_000;

      assert.deepEqual(await store.expireReplaced(0, free), ['g1']);
      assert.deepEqual(await store.expire(0, free), []);
      await store.rollback({ ...free, to: 'adopted' });
      assert.equal((await store.live())?.state.length, 10);
      assert.deepEqual((await store.validate(null)).problems, []);

      await store.publish('g2', free);
      const root = publish === 'pointer' ? 'T/' : 'T.generations/adopted/';
      for (const key of [...objects.objects.keys()])
        if (key.startsWith(root) || key.startsWith('T.generations/adopted.landfall/')) objects.objects.delete(key);
      assert.deepEqual(
        (await store.generations()).map(({ id }) => id),
        ['g2'],
      );
      await assert.rejects(store.before(), { code: 'no_generation' });
      assert.equal((await store.live())?.state.length, 50);
    });
  }
});
