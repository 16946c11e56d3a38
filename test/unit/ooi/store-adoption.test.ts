import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/formats/zarr/json.ts';
import { readArray, readRows } from '../../../src/formats/zarr/read.ts';
import { rawBytes } from '../../../src/formats/zarr/values.ts';
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

  it('keeps what has no row for each time as it is', async () => {
    const { store, objects } = await foreign({
      more: [
        { name: 'lat', type: '<f8', shape: [], dimensions: [], values: Float64Array.of(45.5) },
        { name: 'wavelength', type: '<f8', shape: [2], dimensions: ['wavelength'], values: Float64Array.of(400.5, 800.25) },
        { name: 'station', type: '|S2', shape: [3], dimensions: ['station'], values: Buffer.from('aabbcc') },
      ],
    });

    assert.equal((await store.append(request([12]), free)).state, 'appended');

    const { group, chunks } = (await store.live()) ?? assert.fail('it is live');
    const values = await Promise.all(
      ['lat', 'wavelength', 'station'].map(async (name) => {
        const array = group.arrays.get(name) ?? assert.fail(`${name} is not there`);
        return [array.shape, [...(await readArray(chunks, array))]];
      }),
    );
    assert.deepEqual(values, [
      [[], [45.5]],
      [[2], [400.5, 800.25]],
      [[3], [...Buffer.from('aabbcc')]],
    ]);
    const wider = madeInput({ id: 'r2', at: 1, times: [START + 7200], columns: { temperature: { type: '<f8', values: [1] } } });
    await assert.rejects(store.grow({ id: 'g1', inputs: [wider] }, free), { code: 'not_taken_over' });
    assert.ok(![...objects.objects.keys()].some((key) => key.includes('/g1')));
  });

  for (const [what, more, code] of [
    [
      'a variable whose second dimension is time',
      { name: 'turned', type: '<f4', shape: [2, 10], dimensions: ['bin', 'time'] },
      'unsupported_store',
    ],
    [
      'a variable in another scale',
      { name: 'pressure', type: '<i2', shape: [10], dimensions: ['time'], attributes: { scale_factor: 0.1 } },
      'packing_differs',
    ],
  ] as const) {
    it(`with ${what} is not added to, nor grown`, async () => {
      const count = more.shape.reduce((product: number, size) => product * size, 1);
      const values = more.type === '<f4' ? new Float32Array(count) : new Int16Array(count);
      const { store, objects } = await foreign({ more: [{ ...more, values }] });
      const before = new Map(objects.objects);
      const input = madeInput({ id: 'r1', at: 0, times: [START + 720], columns: { pressure: { type: '<i2', values: [7] } } });

      await assert.rejects(store.append(input, free), { code });
      await assert.rejects(store.grow({ id: 'g1', inputs: [input] }, free), { code: /unsupported_store|packing_differs|not_taken_over/ });
      assert.deepEqual(objects.objects, before);
    });
  }

  it('with flags goes on with them, and becomes numbers where a request has numbers', async () => {
    const flags = {
      name: 'flag',
      type: '|b1',
      shape: [10],
      dimensions: ['time'],
      values: Uint8Array.from({ length: 10 }, (_, at) => at % 2),
    };
    const { store } = await foreign({ more: [{ ...flags, fill: 1 }] });
    await store.append(request([12]), free);
    const { group, chunks } = (await store.live()) ?? assert.fail('it is live');
    const flag = group.arrays.get('flag') ?? assert.fail('it is there');
    assert.deepEqual([flag.type.name, flag.fill, [...(await readArray(chunks, flag))]], ['|b1', 1, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1]]);

    const numbers = madeInput({ id: 'r2', at: 1, times: [START + 7200], columns: { flag: { type: '|i1', values: [-3] } } });
    assert.equal((await store.append(numbers, free)).why, 'flag is |b1 and becomes <i2');
    await store.grow({ id: 'g1', inputs: [numbers] }, free);

    const grown = await store.open('g1');
    const grownFlag = grown.group.arrays.get('flag') ?? assert.fail('it is there');
    assert.deepEqual([...(await readArray(grown.chunks, grownFlag))], [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, -3]);
  });

  it('with the tests of quality control as objects goes on with them, also where a request has none or has more', async () => {
    const tests = { name: 'x_qartod_executed', type: '|O', filters: [{ id: 'vlen-utf8' }], shape: [10], dimensions: ['time'] };
    const { store } = await foreign({ more: [{ ...tests, attributes: { tests_executed: 'a, b' }, values: Buffer.from('11'.repeat(10)) }] });
    const shown = async () => {
      const { group, chunks } = (await store.live()) ?? assert.fail('it is live');
      const array = group.arrays.get(tests.name) ?? assert.fail('it is there');
      return [array.type.name, Buffer.from(rawBytes(await readRows(chunks, array, { from: 8, to: array.shape[0] ?? 0 }))).toString()];
    };

    await store.append(request([12]), free);
    assert.deepEqual(await shown(), ['|O', '111199']);
    const same = { type: '|S2', attributes: { tests_executed: 'a, b' }, values: ['12'] };
    await store.append(madeInput({ id: 'r2', at: 1, times: [START + 780], columns: { [tests.name]: same } }), free);
    assert.deepEqual(await shown(), ['|O', '11119912']);

    const longer = { type: '|S3', attributes: { tests_executed: 'a, b, c' }, values: ['123'] };
    const more = madeInput({ id: 'r3', at: 2, times: [START + 840], columns: { [tests.name]: longer } });
    assert.equal((await store.append(more, free)).why, 'what stands where x_qartod_executed is absent changes');
    await store.grow({ id: 'g1', inputs: [more] }, free);
    await store.publish('g1', free);
    assert.deepEqual(await shown(), ['|S3', '119119999129123']);
  });

  it('whose texts are not UTF-8 is refused before anything changes', async () => {
    const words = { name: 'frame_type', type: '|O', filters: [{ id: 'vlen-utf8' }], shape: [10], dimensions: ['time'] };
    const { store, objects } = await foreign({ more: [{ ...words, values: Buffer.from('a'.repeat(10)) }] });
    const input = madeInput({ id: 'r1', at: 0, times: [START + 720], columns: { frame_type: { type: '|S1', values: ['\u00b0'] } } });

    await assert.rejects(store.append(input, free), { code: 'cannot_encode', message: /frame_type.*not UTF-8/ });
    assert.ok(![...objects.objects.keys()].some((key) => key.includes('intent.json') || key.endsWith('T/frame_type/3')));
  });

  it('tells until when it has rows without its texts being read through', async () => {
    const words = { name: 'frame_type', type: '|O', filters: [{ id: 'vlen-utf8' }], shape: [10], dimensions: ['time'] };
    const { store, objects } = await foreign({ more: [{ ...words, chunks: [4], values: Buffer.from('a'.repeat(10)) }] });
    await objects.put('T/frame_type/1', Buffer.from('no texts'));

    assert.equal((await store.reach())?.lastTime, START + 540);
    await assert.rejects(store.live(), { code: 'damaged_chunk' });
  });

  it('whose variable has no dimensions in writing is on time where it has as many rows', async () => {
    const few = { name: 'few', type: '<f4', shape: [3], dimensions: [], values: Float32Array.of(1, 2, 3) };
    const { store } = await foreign({ more: [few] });
    const input = madeInput({ id: 'r1', at: 0, times: [START + 720], columns: { few: { type: '<f4', values: [7] } } });

    const { state, why } = await store.append(input, free);

    assert.deepEqual([state, /few is not on time/.test(why ?? '')], ['needs_generation', true]);
    await assert.rejects(store.grow({ id: 'g1', inputs: [input] }, free), { code: 'not_taken_over' });
  });

  it('in a form that is not read is not grown either: its values would be lost', async () => {
    const { store, objects } = await foreign({});
    const key = 'T/.zmetadata';
    const document = JSON.parse(Buffer.from(objects.objects.get(key) ?? []).toString());
    document.metadata['temperature/.zarray'].filters = [{ id: 'delta', dtype: '<f4' }];
    objects.objects.set(key, Buffer.from(JSON.stringify(document)));

    for (const step of [() => store.append(request([12]), free), () => store.grow({ id: 'g1', inputs: [request([12])] }, free)])
      await assert.rejects(step(), { code: 'unsupported_store', message: /delta/ });
  });

  it('whose time lies on another dimension is not added to', async () => {
    const { store, objects } = await foreign({});
    const key = 'T/.zmetadata';
    objects.objects.set(
      key,
      Buffer.from(
        Buffer.from(objects.objects.get(key) ?? [])
          .toString()
          .replaceAll('"time"\n', '"obs"\n'),
      ),
    );

    await assert.rejects(store.append(request([12]), free), { code: 'unsupported_store', message: /on obs/ });
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
    await assert.rejects(doubled.store.grow({ id: 'g1', inputs: [request([12])] }, free), { code: 'doubled_store' });
  });
});
