import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure, isFailure } from '../../../src/errors.ts';
import { readArray } from '../../../src/formats/zarr/read.ts';
import { readCurrent } from '../../../src/ooi/store/current.ts';
import { placesOf } from '../../../src/ooi/store/places.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { firstRows, free, minutesFrom, publishFirst, rowsInput } from '../../helpers/series-cases.ts';
import { dyingAfter } from '../../helpers/series-place.ts';

const DAY = 86_400_000;

const SETTINGS = { disk: null, table: 'T', publish: 'pointer', codec: 'zstd', windowRows: 16 } as const;

/** A store in memory under a clock that tests move. */
function stage() {
  const clock = { ms: Date.UTC(2024, 0, 1) };
  const objects = memoryObjects();
  const store = openSeriesStore({
    ...SETTINGS,
    objects,
    now: () => {
      clock.ms += 1000;
      return new Date(clock.ms);
    },
  });
  return { clock, objects, store };
}

const later = rowsInput({ id: 'later', at: 1, minutes: minutesFrom(38, 5) });

describe('generations of a stream', () => {
  it('there is none before the first is published', async () => {
    const { store } = stage();

    assert.equal(await store.live(), null);
    await assert.rejects(store.append(later, free), { code: 'no_store' });
    await assert.rejects(store.rollback(free), { code: 'no_generation' });
    await assert.rejects(store.build({ id: '../g', inputs: [firstRows()] }, free), { code: 'bad_generation' });
    await assert.rejects(store.build({ id: 'g', inputs: [rowsInput({ id: 'none', at: 0, minutes: [] })] }, free), { code: 'empty_series' });
  });

  it('building one leaves the live one alone, and twice is once', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    await store.append(later, free);
    const input = { id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] };
    const live = await store.live();

    const built = await store.build(input, free);
    const after = new Map(objects.objects);
    const again = await store.build(input, free);

    assert.deepEqual([built.rows, again.rows, again.bytesWritten], [50, 50, 0]);
    assert.deepEqual(objects.objects, after);
    assert.equal((await store.live())?.id, live?.id);
    await assert.rejects(store.build({ id: 'g2', inputs: [later] }, free), { code: 'generation_exists' });
  });

  it('rollback publishes the one that was live last, and says so when there is none', async () => {
    const { store } = stage();
    await publishFirst(store);
    await assert.rejects(store.rollback(free), { code: 'no_generation' });
    await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] }, free);
    await store.publish('g2', free);

    const { generation, replaced } = await store.rollback(free);

    assert.deepEqual([generation, replaced, (await store.live())?.state.length], ['g1', 'g2', 39]);
    assert.equal((await store.before()).id, 'g2');
    assert.equal((await store.rollback({ ...free, to: 'g2' })).generation, 'g2');
  });

  it('the one before is not one that nobody saw, nor one that was replaced earlier, also when the clock was set back', async () => {
    const { store, clock } = stage();
    await publishFirst(store);
    for (const id of ['g2', 'g3', 'g4']) {
      clock.ms -= DAY;
      await store.build({ id, inputs: [rowsInput({ id, at: 2, minutes: minutesFrom(0, 50) })] }, free);
      if (id !== 'g3') await store.publish(id, free);
    }

    assert.equal((await store.before()).id, 'g2');
    assert.equal((await store.rollback(free)).generation, 'g2');
  });

  for (const how of ['expire', 'expireReplaced'] as const)
    it(`those that were replaced longer ago than they are kept are deleted, the live one never: ${how}`, async () => {
      const { store, clock, objects } = stage();
      await publishFirst(store);
      clock.ms += 30 * DAY;
      await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] }, free);
      await store.publish('g2', free);
      clock.ms += 13 * DAY;

      assert.deepEqual(await store[how](14 * DAY, free), []);
      clock.ms += 2 * DAY;
      assert.deepEqual(await store[how](14 * DAY, free), ['g1']);
      clock.ms += 100 * DAY;
      assert.deepEqual(await store[how](14 * DAY, free), []);

      assert.deepEqual(
        [...objects.objects.keys()].filter((key) => key.includes('g1')),
        [],
      );
      assert.deepEqual((await store.validate(null)).problems, []);
      await assert.rejects(store.rollback({ ...free, to: 'g1' }), { code: 'no_generation' });
    });

  for (const how of ['expire', 'expireReplaced'] as const)
    it(`one whose date cannot be read is kept: ${how}`, async () => {
      const { store, clock, objects } = stage();
      await publishFirst(store);
      await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] }, free);
      await store.publish('g2', free);
      const current = JSON.parse(Buffer.from((await objects.get('T.current.json'))?.bytes ?? []).toString());
      current.before[0].replacedAt = '01/06/2024 10h';
      await objects.put('T.current.json', Buffer.from(JSON.stringify(current)));
      clock.ms += 100 * DAY;

      assert.deepEqual(await store[how](14 * DAY, free), []);
      assert.equal((await store.rollback({ ...free, to: 'g1' })).generation, 'g1');
    });

  it('the report of one goes with it, those of others stay', async () => {
    const { store, clock, objects } = stage();
    await publishFirst(store);
    for (const id of ['g1', 'g2']) await objects.put(`T.reports/${id}/report.html`, Buffer.from('<p>'));
    await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] }, free);
    await store.publish('g2', free);
    clock.ms += 15 * DAY;

    await store.expireReplaced(14 * DAY, free);

    assert.deepEqual(
      [...objects.objects.keys()].filter((key) => key.startsWith('T.reports/')),
      ['T.reports/g2/report.html'],
    );
  });

  it('the record of what is live names of those before it the ones that are still there', async () => {
    const { store, clock, objects } = stage();
    await publishFirst(store);
    for (const id of ['g2', 'g3', 'g4']) {
      clock.ms += 10 * DAY;
      await store.build({ id, inputs: [rowsInput({ id, at: 2, minutes: minutesFrom(0, 50) })] }, free);
      await store.expire(14 * DAY, free);
      await store.publish(id, free);
    }

    const { record } = (await readCurrent(objects, placesOf('T'))) ?? assert.fail('it is there');

    assert.deepEqual([record.version, record.before.map(({ generation }) => generation)], [4, ['g2', 'g3']]);
  });

  it('one that was never published is kept for two weeks, however short replaced ones are kept', async () => {
    const { store, clock } = stage();
    await publishFirst(store);
    await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 50) })] }, free);
    clock.ms += 13 * DAY;
    const early = [await store.expire(0, free), await store.expireReplaced(0, free)];
    clock.ms += 2 * DAY;

    assert.deepEqual([early, await store.expireReplaced(0, free), await store.expire(0, free)], [[[], []], [], ['g2']]);
  });

  it('one that was grown is not published over what was added since, but grown anew from that', async () => {
    const { store } = stage();
    await publishFirst(store);
    const wider = rowsInput({ id: 'wider', at: 3, minutes: [45], more: { temperature: { type: '<f8', values: [1] } } });
    await store.grow({ id: 'g2', inputs: [wider] }, free);
    await store.append(later, free);

    await assert.rejects(store.publish('g2', free), { code: 'outgrown_generation' });
    assert.equal((await store.live())?.id, 'g1');
    const { rows } = await store.grow({ id: 'g2', inputs: [wider] }, free);
    await store.publish('g2', free);
    assert.equal((await store.live())?.state.length, rows);
    await assert.rejects(store.grow({ id: 'g2', inputs: [later] }, free), { code: 'generation_exists' });
  });

  it('one that grows takes over the chunks before what changes as they are', async () => {
    const { store } = stage();
    await publishFirst(store);
    const wider = rowsInput({ id: 'wider', at: 3, minutes: [45], more: { temperature: { type: '<f8', values: [1] } } });

    const { copied, chunks, rows, validation } = await store.grow({ id: 'g2', inputs: [wider] }, free);

    // Of 40 rows in chunks of 16: two chunks of time and of spectra stay, temperature is written anew, so are the last chunks.
    assert.deepEqual({ copied, chunks, rows }, { copied: 4, chunks: 5, rows: 40 });
    assert.deepEqual(validation.problems, []);
  });

  it('values are corrected in place also where no document changes with them', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const metadata = objects.objects.get('T.generations/g1/.zmetadata');

    const { corrected, added, chunks } = await store.append(rowsInput({ id: 'corrected', at: 0.5, minutes: [12], plus: 0.5 }), free);

    assert.deepEqual({ corrected, added, chunks }, { corrected: 1, added: 0, chunks: 1 });
    assert.deepEqual(objects.objects.get('T.generations/g1/.zmetadata'), metadata);
    const live = (await store.live()) ?? assert.fail('it is live');
    const values = await readArray(live.chunks, live.group.arrays.get('temperature') ?? assert.fail('it is there'));
    assert.deepEqual([...values.slice(11, 14)], [11, 12.5, 13]);
    assert.deepEqual((await store.validate(null)).problems, []);
  });

  it('a request without a row is put on record and changes nothing else', async () => {
    const { store } = stage();
    await publishFirst(store);

    const { state, chunks, rows } = await store.append({ ...rowsInput({ id: 'empty', at: 5, minutes: [] }), sources: [] }, free);

    assert.deepEqual({ state, chunks, rows }, { state: 'unchanged', chunks: 0, rows: 39 });
    assert.ok((await store.requests('g1')).some(({ id }) => id === 'empty'));
  });

  it('a chunk that was lost or damaged is found, also by a sample of the ends', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const key = 'T.generations/g1/temperature/0';
    const bytes = objects.objects.get(key) ?? assert.fail('it is there');

    objects.objects.delete(key);
    assert.deepEqual(
      (await store.validate(null, { sample: { chunks: 1, seed: 1 } })).problems.map(({ code }) => code),
      ['missing_chunk'],
    );
    objects.objects.set(
      key,
      bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    );
    assert.deepEqual(
      (await store.validate(null)).problems.map(({ code }) => code),
      ['damaged_chunk'],
    );
    await assert.rejects(store.append(rowsInput({ id: 'late', at: 1, minutes: [5] }), free), { code: 'damaged_chunk' });
  });

  it('a document that is gone, or says something else than the published one, is found', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    await store.append(later, free);
    const whole = new Map(objects.objects);
    const at = 'T.generations/g1';
    const told = async (key: string, change: (text: string) => string | null): Promise<readonly string[]> => {
      const changed = change(Buffer.from(whole.get(`${at}/${key}`) ?? assert.fail(`${key} is there`)).toString());
      if (changed === null) objects.objects.delete(`${at}/${key}`);
      else objects.objects.set(`${at}/${key}`, Buffer.from(changed));
      const { problems } = await store.validate(null);
      objects.objects.set(`${at}/${key}`, whole.get(`${at}/${key}`) ?? assert.fail('it is there'));
      return problems.map(({ code, what }) => `${code}: ${what}`);
    };
    const gone = () => null;

    const attributes = 'metadata_differs: temperature/.zattrs is not what .zmetadata says';
    assert.deepEqual(await told('temperature/.zattrs', (text) => text.replace('_ARRAY_DIMENSIONS', '_ARRAY_DIMENSION')), [
      'metadata_differs: temperature/.zarray is not what .zmetadata says',
    ]);
    assert.deepEqual(await told('temperature/.zattrs', (text) => text.replace('{', '{"units":"kelvin",')), [attributes]);
    assert.equal((await told('temperature/.zattrs', gone)).length, 1);
    assert.equal((await told('temperature/.zarray', gone)).length, 1);
    const document = 'metadata_differs: temperature/.zarray is not what .zmetadata says';
    for (const [from, to] of [
      [/"dtype": ?"<f/, '"dtype":"<i'],
      [/"fill_value": ?[^,]+,/, '"fill_value":7,'],
      [/"compressor": ?\{[^}]*\}/, '"compressor":null'],
    ] as const) {
      const isChanged = (text: string): string => (from.test(text) ? text.replace(from, to) : assert.fail(`${from} is in ${text}`));
      assert.deepEqual(await told('temperature/.zarray', isChanged), [document], to);
    }
    assert.deepEqual(await told('.zattrs', (text) => text.replace('{', '{"summary":"another",')), [
      'metadata_differs: .zattrs is not what .zmetadata says',
    ]);
    assert.deepEqual((await store.validate(null)).problems, []);
  });

  it('rows know which request they came from, and requests stay on record', async () => {
    const { store } = stage();
    await publishFirst(store);
    await store.append(later, free);
    const live = (await store.live()) ?? assert.fail('it is live');

    const origins = await store.origins(live, 36, 6);

    assert.deepEqual(
      origins.map(({ rows, origin }) => [rows, origin.request]),
      [
        [1, 'first'],
        [5, 'later'],
      ],
    );
    assert.deepEqual(
      (await store.requests('g1')).map(({ id }) => id),
      ['first', 'later', 'newest'],
    );
  });
});

describe('two writers of one stream', () => {
  it('that append at once: each either adds its rows or begins again, none is lost, none is torn', async () => {
    const { store } = stage();
    await publishFirst(store);
    const inputs = [0, 1, 2, 3].map((at) => rowsInput({ id: `w${at}`, at: at + 1, minutes: [10 + at, 50 + at], plus: at }));

    const outcomes = await Promise.allSettled(inputs.map((input) => store.append(input, free)));
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.ok(isFailure(outcome.reason) && outcome.reason.kind === 'replan', String(outcome.reason));
    await store.recover(free);
    assert.deepEqual((await store.validate(null)).problems, []);
    for (const input of inputs) await store.append(input, free);

    assert.ok(won.length >= 1);
    assert.equal((await store.live())?.state.length, 43);
    assert.deepEqual((await store.validate(null)).problems, []);
  });

  it('of whom one is overtaken before its intent: it changes nothing and begins again', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const slow: ObjectStore = {
      ...objects,
      async put(key, body, options) {
        if (key.endsWith('intent.json')) await store.append(later, free);
        return objects.put(key, body, options);
      },
    };
    const other = rowsInput({ id: 'other', at: 2, minutes: [38, 60] });

    await assert.rejects(openSeriesStore({ ...SETTINGS, objects: slow }).append(other, free), { code: 'store_changed', kind: 'replan' });

    assert.deepEqual([(await store.live())?.state.length, (await store.validate(null)).problems], [42, []]);
    assert.equal((await store.append(other, free)).added, 1);
  });

  it('of whom one was killed with its intent written: the other ends that first', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const other = rowsInput({ id: 'other', at: 2, minutes: [38, 60] });
    const racing: ObjectStore = {
      ...objects,
      async put(key, body, options) {
        if (key.endsWith('intent.json'))
          await openSeriesStore({ ...SETTINGS, objects: dyingAfter(objects, 'intent.json') })
            .append(later, free)
            .catch(() => undefined);
        return objects.put(key, body, options);
      },
    };

    await assert.rejects(openSeriesStore({ ...SETTINGS, objects: racing }).append(other, free), { code: 'store_changed', kind: 'replan' });
    await assert.rejects(store.validate(null), { code: 'change_under_way' });
    const { did } = await store.recover(free);

    assert.equal(did.length, 1);
    assert.equal((await store.live())?.state.length, 42);
    await store.append(other, free);
    assert.deepEqual([(await store.live())?.state.length, (await store.validate(null)).problems], [43, []]);
  });

  it('of whom one was taken for dead before it had tidied up: it leaves alone what the next has begun', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const other = rowsInput({ id: 'other', at: 2, minutes: [5.5, 60] });
    const dead = dyingAfter(objects, '.zmetadata');
    let isHeld = false;
    const held: ObjectStore = {
      ...objects,
      async delete(key, options) {
        if (!isHeld && key.includes('/intent/')) {
          isHeld = true;
          await store.recover(free);
          await assert.rejects(openSeriesStore({ ...SETTINGS, objects: dead }).append(other, free), { code: 'killed' });
        }
        return objects.delete(key, options);
      },
    };

    assert.equal((await openSeriesStore({ ...SETTINGS, objects: held }).append(later, free)).added, 3);

    assert.ok(isHeld);
    assert.equal((await store.recover(free)).did.length, 1);
    assert.deepEqual([(await store.live())?.state.length, (await store.validate(null)).problems], [44, []]);
  });

  it('of whom one builds beside: it leaves the change of the live one to its writer', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    await store.build({ id: 'g2', inputs: [rowsInput({ id: 'whole', at: 2, minutes: minutesFrom(0, 30) })] }, free);
    let isBeside = false;
    const slow: ObjectStore = {
      ...objects,
      async get(key, options) {
        if (!isBeside && /g1\.landfall\/intent\/.+/.test(key)) {
          isBeside = true;
          await store.append(rowsInput({ id: 'beside', at: 2.5, minutes: [29, 30] }), { ...free, into: 'g2' });
        }
        return objects.get(key, options);
      },
    };

    const { state } = await openSeriesStore({ ...SETTINGS, objects: slow }).append(later, free);

    assert.deepEqual([isBeside, state, (await store.validate(null)).problems], [true, 'appended', []]);
  });

  it('that publish at once: one does', async () => {
    const { store } = stage();
    await publishFirst(store);
    const ids = ['g2', 'g3', 'g4'];
    for (const id of ids) await store.build({ id, inputs: [rowsInput({ id, at: 2, minutes: minutesFrom(0, 50) })] }, free);

    const outcomes = await Promise.allSettled(ids.map((id) => store.publish(id, free)));

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(isFailure(outcome.reason, 'condition_failed'));
  });

  it('of whom one has lost its lease: it changes nothing', async () => {
    const { store, objects } = stage();
    await publishFirst(store);
    const before = new Map(objects.objects);
    const lost = { fence: () => Promise.reject(new Failure({ kind: 'stop', code: 'lease_lost', happened: 'The lease is gone' })) };

    await assert.rejects(store.append(later, lost), { code: 'lease_lost' });
    await assert.rejects(store.build({ id: 'g2', inputs: [later] }, lost), { code: 'lease_lost' });
    assert.deepEqual(objects.objects, before);
  });
});
