import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SeriesInput } from '../../../src/ooi/series.ts';
import { openSeriesStore, type SeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { type MadeColumn, madeInput, START } from '../../helpers/series.ts';
import { free } from '../../helpers/series-cases.ts';
import { contentOfSeries } from '../../helpers/series-content.ts';

const open = (): SeriesStore =>
  openSeriesStore({ objects: memoryObjects(), disk: null, table: 'T', publish: 'pointer', codec: 'lz4', windowRows: 4 });

interface Drawn {
  readonly minutes: readonly number[];
  readonly plus: number;
  readonly type: '<f4' | '<f8' | '<i2';
  readonly textBytes: number;
  readonly tests: number;
  readonly width: number;
  readonly hasSalinity: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  minutes: fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 6 }).map((all) => all.toSorted((a, b) => a - b)),
  plus: fc.integer({ min: 0, max: 900 }),
  type: fc.constantFrom('<f4', '<f4', '<f8', '<i2'),
  textBytes: fc.integer({ min: 1, max: 2 }),
  tests: fc.integer({ min: 1, max: 2 }),
  width: fc.integer({ min: 1, max: 3 }),
  hasSalinity: fc.boolean(),
});

function inputOf({ minutes, plus, type, textBytes, tests, width, hasSalinity }: Drawn, at: number): SeriesInput {
  const names = ['gross_range_test', 'climatology_test'].slice(0, tests).join(', ');
  const columns: Record<string, MadeColumn> = {
    temperature: { type, fill: -9999, values: minutes.map((minute) => minute + plus), attributes: { said_by: `request ${at}` } },
    spectra: {
      type: '<u2',
      fill: 65_535,
      inner: [{ name: 'wavelength', size: width }],
      values: minutes.flatMap((minute) => Array.from({ length: width }, (_, i) => minute + plus + i)),
    },
    temperature_qartod_executed: {
      type: `|S${textBytes}`,
      attributes: { tests_executed: names },
      values: minutes.map(() => '1'.repeat(textBytes)),
    },
  };
  if (hasSalinity) columns.salinity = { type: '<f8', fill: -1, values: minutes.map((minute) => minute * plus) };
  return madeInput({ id: `r${at}`, at, times: minutes.map((minute) => START + 60 * minute), columns });
}

async function add(store: SeriesStore, input: SeriesInput, id: string): Promise<void> {
  const { state } = await store.append(input, free);
  if (state !== 'needs_generation') return;
  await store.grow({ id, inputs: [input] }, free);
  await store.publish(id, free);
}

async function contentIn(store: SeriesStore) {
  const live = (await store.live()) ?? assert.fail('nothing is live');
  assert.deepEqual((await store.validate(null)).problems, []);
  return contentOfSeries(live);
}

describe('requests that are added one by one', () => {
  it('give the store that building all at once gives, in whatever order they come and however often', async () => {
    const requests = fc
      .array(drawn, { minLength: 2, maxLength: 4 })
      .chain((all) => fc.tuple(fc.constant(all), fc.array(fc.nat(all.length - 1), { minLength: all.length, maxLength: all.length + 2 })));
    await fc.assert(
      fc.asyncProperty(requests, async ([all, order]) => {
        const inputs = all.map(inputOf);
        const whole = open();
        await whole.build({ id: 'g', inputs }, free);
        await whole.publish('g', free);

        const one = open();
        const steps = [...order, ...all.keys()];
        for (const [step, at] of steps.entries()) {
          const input = inputs[at] ?? assert.fail('drawn');
          if (step > 0) await add(one, input, `g${step}`);
          else {
            await one.build({ id: 'g', inputs: [input] }, free);
            await one.publish('g', free);
          }
        }

        assert.deepEqual(await contentIn(one), await contentIn(whole));
      }),
      { numRuns: 25 },
    );
  });
});
