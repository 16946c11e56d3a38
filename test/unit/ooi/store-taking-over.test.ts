import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { checkStore } from '../../../src/ooi/check/check-store.ts';
import { openSeriesStore, type StoreProgress } from '../../../src/ooi/store/series-store.ts';
import { chunksIn } from '../../../src/stores/objects/chunks.ts';
import { type Foreign, writeForeign } from '../../helpers/foreign-series.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, minutesFrom, rowsInput } from '../../helpers/series-cases.ts';

type Objects = ReturnType<typeof memoryObjects>;

const open = (objects: Objects, windowRows = 4) =>
  openSeriesStore({ objects, disk: null, table: 'T', publish: 'pointer', codec: 'zstd', windowRows, now: () => new Date(0) });

async function foreign(given: Foreign = {}): Promise<Objects> {
  const objects = memoryObjects();
  await writeForeign(objects, given);
  return objects;
}

/** Two rows behind the ten that are there. */
const request = () => rowsInput({ id: 'r1', at: 0, minutes: [10, 11] });

async function findingsOf(objects: Objects): Promise<readonly string[]> {
  const live = (await open(objects).live()) ?? assert.fail('it is live');
  assert.ok(live.isRecorded);
  const record = {
    chunk: (key: string, row: number) => live.segments.chunk(key, row),
    origins: (from: number, count: number) => live.segments.origins(from, count),
  };
  const { findings } = await checkStore({ chunks: chunksIn(objects, 'T'), record, files: [] }, { seed: 1 });
  return findings.map(({ code, examples }) => `${code}: ${examples.join()}`);
}

const digestsOf = ({ objects }: Objects) =>
  [...objects].map(([key, bytes]) => `${key} ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`).toSorted();

/** What the store does before its `fence` is asked for the n-th time. */
const upTo = (changes: number) => {
  let left = changes;
  return {
    fence: async () => {
      if (left-- <= 0) throw new Error('killed');
    },
  };
};

describe('a store that is taken over', () => {
  it('has every chunk in the ledger, those that were missing as such, and says how far it is', async () => {
    const objects = await foreign();
    objects.objects.delete('T/temperature/1');
    const progress: StoreProgress[] = [];

    await open(objects).append(request(), { ...free, onProgress: (one) => void progress.push(one) });

    const live = (await open(objects).live()) ?? assert.fail('it is live');
    const known = await Promise.all(
      ['time/0', 'time/1', 'time/2', 'temperature/0', 'spectra/0.0'].map((key) =>
        live.segments.chunk(key, 4 * Number(key.split(/[/.]/)[1])),
      ),
    );
    assert.deepEqual(
      known.map((one) => one !== undefined && one !== 'absent' && one.length > 0),
      [true, true, true, true, true],
    );
    assert.equal(await live.segments.chunk('temperature/1', 4), 'absent');
    assert.deepEqual(await findingsOf(objects), []);
    assert.deepEqual((await open(objects).validate(null)).problems, []);
    const steps = progress.filter(({ phase }) => phase === 'taking_over');
    assert.deepEqual([steps.length, steps.at(-1)?.done, steps.at(-1)?.total], [9, 9, 9]);
  });

  for (const [what, change, finding] of [
    ['vanishes', (objects: Objects) => objects.objects.delete('T/temperature/0'), 'chunk_missing: temperature/0'],
    [
      'changes',
      (objects: Objects) => objects.objects.set('T/temperature/0', new Uint8Array(16)),
      'chunk_damaged: temperature/0 has other bytes than were stored',
    ],
    [
      'that was missing appears',
      (objects: Objects) => objects.objects.set('T/temperature/1', new Uint8Array(16)),
      'chunk_appeared: temperature/1',
    ],
  ] as const) {
    it(`and of which a chunk ${what} afterwards is not whole, to verify and to the next append`, async () => {
      const objects = await foreign();
      objects.objects.delete('T/temperature/1');
      await open(objects).append(request(), free);

      change(objects);

      assert.deepEqual(await findingsOf(objects), [finding]);
      assert.equal((await open(objects).validate(null)).problems.length, 1);
      const late = rowsInput({ id: 'r2', at: 1, minutes: minutesFrom(0, 12), plus: 0.5 });
      await assert.rejects(open(objects).append(late, free), ({ code }) => code === 'missing_chunk' || code === 'damaged_chunk');
    });
  }

  it('and whose missing chunk gets rows of a later request holds them', async () => {
    const objects = await foreign();
    objects.objects.delete('T/temperature/1');
    await open(objects).append(request(), free);

    await open(objects).append(rowsInput({ id: 'r2', at: 1, minutes: [5], plus: 0.5 }), free);

    const live = (await open(objects).live()) ?? assert.fail('it is live');
    assert.notEqual(await live.segments.chunk('temperature/1', 4), 'absent');
    assert.deepEqual([...(await live.segments.get(1)).absent], []);
    assert.deepEqual(await findingsOf(objects), []);
  });

  it('is refused before anything is added where a chunk of any variable does not decode', async () => {
    const objects = await foreign({ compressor: { id: 'zlib', level: 1 } });
    objects.objects.set('T/temperature/0', new Uint8Array(16));

    await assert.rejects(open(objects).append(request(), free), { code: 'damaged_chunk', message: /temperature\/0/ });

    assert.deepEqual(
      [...objects.objects.keys()].filter((key) => key.includes('state.json')),
      [],
    );
  });

  it('and is killed before any change goes on, and ends in the same objects', async () => {
    const undisturbed = await foreign();
    let changes = 0;
    await open(undisturbed).append(request(), { fence: async () => void changes++ });
    assert.ok(changes > 15);

    for (let kill = 0; kill < changes; kill++) {
      const objects = await foreign();
      await assert.rejects(open(objects).append(request(), upTo(kill)), /killed/);
      await open(objects).append(request(), free);
      assert.deepEqual(digestsOf(objects), digestsOf(undisturbed), `killed before change ${kill}`);
    }
  });

  it('begins anew where another program has written the store since', async () => {
    const objects = await foreign();
    await assert.rejects(open(objects).append(request(), upTo(3)), /killed/);
    await writeForeign(objects, { times: minutesFrom(0, 9), temperatureRows: 9, spectraRows: 9 });
    objects.objects.set('T/temperature/0', new Uint8Array(16));

    await open(objects).append(request(), free);

    assert.deepEqual(await findingsOf(objects), []);
  });

  it('is completed where rows were added before its other chunks were entered', async () => {
    const objects = await foreign();
    await open(objects).append(request(), free);
    const record = 'T.generations/adopted.landfall';
    const { takenOverAt: _, ...state } = JSON.parse(Buffer.from(objects.objects.get(`${record}/state.json`) ?? []).toString());
    objects.objects.set(`${record}/state.json`, Buffer.from(JSON.stringify(state)));
    objects.objects.delete(`${record}/rows/0`);
    assert.equal((await open(objects).live())?.isRecorded, false);

    await open(objects).append(rowsInput({ id: 'r2', at: 1, minutes: [12] }), free);

    assert.deepEqual(await findingsOf(objects), []);
    const live = (await open(objects).live()) ?? assert.fail('it is live');
    assert.deepEqual(
      (await live.segments.origins(0, 13)).map(({ rows, origin }) => [rows, origin.request]),
      [
        [10, ''],
        [2, 'r1'],
        [1, 'r2'],
      ],
    );
  });

  it('of many small chunks has a record in short pieces', async () => {
    const objects = await foreign();
    const store = open(objects, 250_000);
    await store.append(request(), free);
    assert.equal((await store.live())?.state.segmentRows, Math.floor(20_000 / 0.75));
  });
});
