import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addTimes, gapsOf, newTimeTally, usualInterval } from '../../../src/ooi/report/intervals.ts';
import { Envelopes } from '../../../src/ooi/report/picture/envelope.ts';
import { linePath } from '../../../src/ooi/report/picture/line.ts';
import { timeTicks, valueTicks } from '../../../src/ooi/report/picture/ticks.ts';
import { valueRange } from '../../../src/ooi/report/picture/value-range.ts';
import { spanText, timeText } from '../../../src/ooi/report/time-text.ts';
import { at, timesFrom } from './series-fixture.ts';

const texts = (ticks: readonly { readonly text: string }[]) => ticks.map(({ text }) => text);

describe('ticks', () => {
  it('of values are round and tell each other apart', () => {
    assert.deepEqual(texts(valueTicks(79.8, 82.3, 5)), ['80.0', '80.5', '81.0', '81.5', '82.0']);
    assert.deepEqual(texts(valueTicks(-1, 1, 4)), ['-1.0', '-0.5', '0', '0.5', '1.0']);
    assert.deepEqual(texts(valueTicks(3.9e9, 3.9e9 + 40, 4)), [
      '3.90000000e+9',
      '3.90000001e+9',
      '3.90000002e+9',
      '3.90000003e+9',
      '3.90000004e+9',
    ]);
  });

  it('of time are round instants in UTC', () => {
    assert.deepEqual(texts(timeTicks(at('2023-08-14T03:00Z'), at('2023-08-14T15:00Z'))), [
      '08-14 04:00',
      '08-14 06:00',
      '08-14 08:00',
      '08-14 10:00',
      '08-14 12:00',
      '08-14 14:00',
    ]);
    assert.deepEqual(texts(timeTicks(at('2023-08-14T03:00Z'), at('2024-06-14T15:00Z'))), [
      '2023-09',
      '2023-11',
      '2024-01',
      '2024-03',
      '2024-05',
    ]);
    assert.deepEqual(texts(timeTicks(at('2013-08-14T03:00Z'), at('2024-06-14T15:00Z'))), ['2014', '2016', '2018', '2020', '2022', '2024']);
  });
});

describe('times for people', () => {
  it('have microseconds where there are any, also where rounding reaches the next second', () => {
    assert.equal(timeText(at('2023-08-25T11:07:37Z') + 0.287597), '2023-08-25T11:07:37.287597Z');
    assert.equal(timeText(at('2023-08-25T11:07:37Z')), '2023-08-25T11:07:37Z');
    assert.equal(timeText(at('2023-08-25T11:59:59Z') + 0.9999997), '2023-08-25T12:00:00Z');
  });

  it('and lengths of time are two numbers at most', () => {
    assert.deepEqual([0.25, 59, 3600, 100_000, 86_400 * 400].map(spanText), ['0.25 s', '59 s', '1 h', '1 d 3 h', '400 d']);
  });
});

describe('gaps', () => {
  it('are what is many times longer than usual, wherever the windows begin', () => {
    const times = Float64Array.from([
      ...timesFrom('2023-08-01T00:00Z', 300),
      ...timesFrom('2023-08-02T00:00Z', 300),
      ...timesFrom('2023-08-02T05:03Z', 10),
    ]);
    const tally = newTimeTally();

    for (let from = 0; from < times.length; from += 100) addTimes(tally, times.subarray(from, from + 100));

    const usual = usualInterval(tally) ?? 0;
    assert.ok(usual > 45 && usual < 80, `${usual}`);
    assert.deepEqual(gapsOf(tally), [{ after: at('2023-08-01T04:59Z'), before: at('2023-08-02T00:00Z') }]);
  });

  it('are the longest where there are very many', () => {
    const tally = newTimeTally();
    let time = 0;
    const times = Float64Array.from({ length: 20_000 }, (_, i) => (time += i % 10 === 9 ? 1000 + i : 1));

    addTimes(tally, times);

    assert.equal(gapsOf(tally).length, 400);
    assert.equal(gapsOf(tally).at(-1)?.before, times.at(-1));
    assert.ok(gapsOf(tally).every(({ after, before }) => before - after > 1000 + 20_000 - 4100));
  });
});

describe('a thinned line', () => {
  const all = (_: number, i: number): number => i;
  const rows = Int32Array.from({ length: 40 }, all);
  const envelopesOf = (times: Float64Array, values: Float64Array): Envelopes => {
    const envelopes = new Envelopes([0, 40], 10);
    envelopes.addTimes('new', times);
    envelopes.addValues('x', 'new', times, rows.subarray(0, times.length), { kind: 'numbers', values, width: 1, fill: -9 });
    return envelopes;
  };
  const pathOf = (envelopes: Envelopes, gaps: { after: number; before: number }[] = []): string => {
    const { new: envelope } = envelopes.of('x') ?? assert.fail();
    return linePath({ envelope, rows: envelopes.rows.new, gaps, extent: envelopes.extent, left: 0, y: (value) => -value });
  };

  it('keeps the least and the greatest value of every column', () => {
    const times = Float64Array.from({ length: 40 }, all);
    const values = times.map((time) => (time === 6 ? 100 : time % 4));

    const envelope = envelopesOf(times, values).of('x')?.new;

    assert.deepEqual([...(envelope?.max ?? [])], [3, 100, 3, 3, 3, 3, 3, 3, 3, 3]);
    assert.deepEqual([...(envelope?.min ?? [])], Array(10).fill(0));
  });

  it('joins what is far apart, but not across a gap or rows without a value', () => {
    const sparse = envelopesOf(Float64Array.of(0, 20, 39), Float64Array.of(1, 2, 3));
    const holed = envelopesOf(Float64Array.of(0, 20, 39), Float64Array.of(1, -9, 3));

    assert.equal(pathOf(sparse), 'M0.5 -1h0L5.5 -2L9.5 -3');
    assert.equal(pathOf(sparse, [{ after: 0, before: 20 }]), 'M0.5 -1h0M5.5 -2h0L9.5 -3');
    assert.equal(pathOf(holed), 'M0.5 -1h0M9.5 -3h0');
  });

  it('is not flattened by a single spike', () => {
    const [min, max] = [new Float64Array(200).map((_, i) => Math.sin(i)), new Float64Array(200).map((_, i) => 1 + Math.sin(i))];
    max[50] = 1e6;

    const range = valueRange([{ min, max }]);

    assert.ok(range?.isCut === true && range.high < 10 && range.low < -1);
  });
});
