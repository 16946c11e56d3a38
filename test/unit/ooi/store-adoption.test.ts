import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/formats/zarr/json.ts';
import { readArray } from '../../../src/formats/zarr/read.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import { type Foreign, writeForeign } from '../../helpers/foreign-series.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { madeInput, START } from '../../helpers/series.ts';
import { free } from '../../helpers/series-cases.ts';

const CODECS: readonly (JsonObject | null)[] = [
  null,
  { id: 'zlib', level: 9 },
  { id: 'zstd', level: 3 },
  { id: 'lz4', acceleration: 1 },
  { id: 'blosc', cname: 'zstd', clevel: 3, shuffle: 2 },
  { id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1 },
];

async function foreign(given: Foreign) {
  const objects = memoryObjects();
  await writeForeign(objects, given);
  return { objects, store: openSeriesStore({ objects, disk: null, table: 'T', publish: 'pointer', codec: 'zstd' }) };
}

const request = (minutes: readonly number[]) =>
  madeInput({
    id: 'r1',
    at: 0,
    times: minutes.map((minute) => START + 60 * minute),
    columns: {
      temperature: { type: '<f4', fill: -9999, values: minutes.map((minute) => minute + 0.5) },
      spectra: { type: '<u2', inner: [{ name: 'wavelength', size: 2 }], values: minutes.flatMap((minute) => [minute, minute]) },
    },
  });

describe('a store that somebody else wrote', () => {
  for (const compressor of CODECS) {
    for (const separator of ['.', '/'] as const) {
      const { id, cname = '' } = compressor ?? { id: 'no codec' };
      it(`in ${id} ${cname} with keys by ${separator} is live, and takes new, corrected and late rows`, async () => {
        const { store, objects } = await foreign({ compressor, separator, times: [0, 1, 2, 3, 4, 6, 7, 8, 9, 10] });
        assert.equal((await store.live())?.isRecorded, false);

        const { state, added, corrected, inserted } = await store.append(request([5, 9, 11]), free);

        assert.deepEqual({ state, added, corrected, inserted }, { state: 'appended', added: 1, corrected: 1, inserted: 1 });
        const live = (await store.live()) ?? assert.fail('it is live');
        const [time, temperature] = [live.group.arrays.get('time'), live.group.arrays.get('temperature')];
        assert.ok(time !== undefined && temperature !== undefined);
        assert.deepEqual(
          [...(await readArray(live.chunks, time))].map((seconds) => (Number(seconds) - START) / 60),
          [...Array(12).keys()],
        );
        assert.deepEqual([...(await readArray(live.chunks, temperature))], [0, 1, 2, 3, 4, 5.5, 5, 6, 7, 9.5, 9, 11.5]);
        assert.deepEqual([temperature.separator, temperature.compressor?.config ?? null], [separator, compressor]);
        assert.deepEqual((await store.validate(null)).problems, []);
        assert.ok(objects.objects.has(`T/temperature/2`));
      });
    }
  }

  it('stays as it is when the first request fits nowhere, and is taken over whole by a generation that grows', async () => {
    const { store, objects } = await foreign({});
    const before = new Map(objects.objects);
    const wider = madeInput({ id: 'r1', at: 0, times: [START + 3600], columns: { temperature: { type: '<f8', values: [60.5] } } });

    const { state, why } = await store.append(wider, free);
    assert.deepEqual([state, why], ['needs_generation', 'temperature is <f4 and becomes <f8']);
    assert.deepEqual(objects.objects, before);
    await store.grow({ id: 'g1', inputs: [wider] }, free);
    await store.publish('g1', free);

    const live = (await store.live()) ?? assert.fail('it is live');
    const temperature = live.group.arrays.get('temperature') ?? assert.fail('it is there');
    assert.deepEqual([...(await readArray(live.chunks, temperature))], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 60.5]);
    await store.rollback({ ...free, to: 'adopted' });
    assert.equal((await store.live())?.root, 'T');
  });

  it('in a codec that can only be read says so, and that a new generation would do', async () => {
    const { store, objects } = await foreign({});
    const key = 'T/.zmetadata';
    const document = JSON.parse(Buffer.from(objects.objects.get(key) ?? []).toString());
    document.metadata['spectra/.zarray'].compressor = { id: 'blosc', cname: 'blosclz', clevel: 5, shuffle: 1 };
    objects.objects.set(key, Buffer.from(JSON.stringify(document)));

    const { state, why } = await store.append(request([12]), free);

    assert.equal(state, 'needs_generation');
    assert.match(why ?? '', /cannot be written as it is: .*blosclz/);
  });

  it('with times twice, or arrays of different lengths, is not added to', async () => {
    const doubled = await foreign({ times: [0, 1, 2, 3, 4, 5, 3, 4, 5, 6] });
    const torn = await foreign({ temperatureRows: 8 });

    await assert.rejects(doubled.store.append(request([12]), free), { code: 'doubled_store' });
    await assert.rejects(torn.store.append(request([12]), free), { code: 'torn_store' });
    assert.deepEqual(
      (await torn.store.validate(null)).problems.map(({ code }) => code),
      ['torn'],
    );
    assert.equal((await doubled.store.validate(null)).problems[0]?.code, 'doubled');
  });
});
