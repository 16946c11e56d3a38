import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareStores } from '../../../src/ooi/report/compare.ts';
import type { Comparison } from '../../../src/ooi/report/comparison.ts';
import { randomFrom } from '../../../src/stores/random.ts';
import { at, floats, objects, seriesOf, type TestColumn, texts, timesFrom } from './series-fixture.ts';

const variable = ({ variables }: Comparison, name: string) =>
  variables.find((one) => one.name === name) ?? assert.fail(`${name} is not compared`);

async function compared(old: Awaited<ReturnType<typeof seriesOf>>, fresh: typeof old, windowRows?: number): Promise<Comparison> {
  return (await compareStores(old, fresh, windowRows === undefined ? {} : { windowRows })).comparison;
}

/** The same times in two stores. */
async function sameTimes(old: TestColumn, fresh: TestColumn, rows: number): Promise<ReturnType<typeof variable>> {
  const times = timesFrom('2023-08-01T00:00:00Z', rows);
  return variable(await compared(await seriesOf(times, { x: old }), await seriesOf(times, { x: fresh })), 'x');
}

describe('two stores of a series are compared', () => {
  it('by time: rows in both, only in the old, only in the new, late ones among them, by month', async () => {
    const old = await seriesOf([at('2023-08-30T00:00Z'), at('2023-08-31T00:00Z'), at('2023-09-02T00:00Z')]);
    const fresh = await seriesOf([at('2023-08-30T00:00Z'), at('2023-09-01T00:00Z'), at('2023-09-02T00:00Z'), at('2023-10-01T00:00Z')]);

    const { rows, periods } = await compared(old, fresh);

    assert.deepEqual(rows, { both: 2, onlyOld: 1, onlyNew: 2, late: 1 });
    assert.deepEqual(periods, [
      { period: '2023-08', both: 1, onlyOld: 1, onlyNew: 0 },
      { period: '2023-09', both: 1, onlyOld: 0, onlyNew: 1 },
      { period: '2023-10', both: 0, onlyOld: 0, onlyNew: 1 },
    ]);
  });

  it('value by value: what changed, by how much at most, what appeared and vanished, when first', async () => {
    const { total } = await sameTimes(floats([1, 2, -9, 4, 5], -9), floats([1, 2.5, 3, -9, 3], -9), 5);

    const time = at('2023-08-01T00:00:00Z');
    assert.deepEqual([total.changed, total.appeared, total.vanished, total.changedRows], [2, 1, 1, 4]);
    assert.deepEqual(total.largest, { time: time + 240, old: 5, new: 3 });
    assert.deepEqual(total.first.slice(0, 2), [
      { time: time + 60, old: 2, new: 2.5 },
      { time: time + 120, old: null, new: 3 },
    ]);
    assert.deepEqual(total.old, { values: 4, missing: 1, min: 1, max: 5, mean: 3 });
    assert.deepEqual(total.new, { values: 4, missing: 1, min: 1, max: 3, mean: 2.375 });
  });

  it('and a fill that became another number is a change of form, not of values', async () => {
    const { total, form } = await sameTimes(floats([-9999999, 1], -9999999), floats([Number.NaN, 1], Number.NaN), 2);

    assert.equal(total.changedRows, 0);
    assert.deepEqual(form, [{ what: 'fill', old: '-9999999', new: 'NaN' }]);
  });

  it('and a value that is the fill of one store alone is a change', async () => {
    const { total } = await sameTimes(floats([0, 1], null), floats([0, 1], 0), 2);

    assert.deepEqual([total.changed, total.appeared, total.vanished], [0, 0, 1]);
  });

  it('and texts are the same whatever they are padded to', async () => {
    const { total, form } = await sameTimes(texts(['11', '1', ''], 2), texts(['11', '19', ''], 4), 3);

    assert.deepEqual([total.changed, total.largest, total.first.map(({ old, new: is }) => [old, is])], [1, null, [['1', '19']]]);
    assert.deepEqual(form, [{ what: 'type', old: '|S2', new: '|S4' }]);
  });

  it('and texts of any length are the same as those of a fixed one, and shown as they are written', async () => {
    const { total, form } = await sameTimes(objects(['11', '\u00df', '', 'long one'], 8), texts(['11', '1', '', 'long one'], 9), 4);

    assert.deepEqual(
      total.first.map(({ old, new: is }) => [old, is]),
      [['\u00df', '1']],
    );
    assert.deepEqual([total.changed, total.old.missing, total.new.missing], [1, 1, 1]);
    assert.deepEqual(form, [{ what: 'type', old: '|O', new: '|S9' }]);
  });

  it('and numbers of another type are compared as numbers', async () => {
    const old = { type: '<i2', values: Int16Array.of(1, 2, 3) };

    const { total, form } = await sameTimes(old, { type: '<i8', values: BigInt64Array.of(1n, 2n, 4n) }, 3);

    assert.deepEqual([total.changed, form.map(({ what }) => what)], [1, ['type']]);
  });

  it('and where a second dimension grew, what both have is', async () => {
    const old = { ...floats([1, 2, 3, 4]), inner: [2] };

    const { state, total, form } = await sameTimes(old, { ...floats([1, 2, 9, 3, 5, 9]), inner: [3] }, 2);

    assert.deepEqual([state, total.changed, total.largest?.old, total.new.values], ['compared', 1, 4, 6]);
    assert.deepEqual(
      form.map(({ what, old: was, new: is }) => [what, was, is]),
      [['row shape', '2', '3']],
    );
  });

  it('and wide rows are read in pieces, each value once', async () => {
    const [rows, width] = [260, 5000];
    const times = timesFrom('2023-08-01T00:00:00Z', rows);
    const old = { type: '|u1', values: new Uint8Array(rows * width).fill(1), inner: [width] };
    const changed = new Uint8Array(old.values);
    for (const row of [0, 99, 100, 199, 200, 259]) changed[row * width + row] = 3;
    const fresh = await seriesOf([...times, at('2023-09-01T00:00Z')], {
      x: { ...old, values: new Uint8Array([...changed, ...new Uint8Array(width).fill(1)]) },
    });

    const { total } = variable(await compared(await seriesOf(times, { x: old }), fresh), 'x');

    assert.deepEqual([total.changed, total.changedRows, total.old.values, total.new.values], [6, 6, rows * width, (rows + 1) * width]);
  });

  it('and rows whose time is repeated, goes backwards or is missing are counted, and keep nobody from the others', async () => {
    const times = timesFrom('2023-08-01T00:00:00Z', 6);
    const broken = [0, 1, 1, 2, 0, Number.NaN, 3, 4, 5].map((index) => times[index] ?? Number.NaN);
    const old = await seriesOf(broken, { x: floats([0, 1, 70, 2, 71, 72, 3, 4, 5]) });

    for (const windowRows of [2, 3, 100]) {
      const found = await compared(old, await seriesOf(times, { x: floats([0, 1, 2, 3, 4, 6]) }), windowRows);

      assert.deepEqual(found.old.misplaced, { notTimes: 1, repeated: 1, backwards: 1 });
      assert.deepEqual([found.rows.both, found.rows.onlyNew, variable(found, 'x').total.changed], [6, 0, 1]);
    }
  });

  it('and variables that came, went, or have other attributes are named', async () => {
    const times = timesFrom('2023-08-01T00:00:00Z', 2);
    const old = await seriesOf(times, {
      gone: floats([1, 2]),
      kept: { ...floats([1, 2]), attributes: { units: 'm', date_processed: 'a' } },
    });
    const fresh = await seriesOf(times, {
      kept: { ...floats([1, 2]), attributes: { units: 'dbar', date_processed: 'b' } },
      new: { ...floats([5, 6]), attributes: { units: '1' } },
    });

    const found = await compared(old, fresh);

    assert.deepEqual([variable(found, 'kept').units, variable(found, 'new').units], ['dbar', null]);
    assert.deepEqual(
      found.variables.map(({ name, state }) => [name, state]),
      [
        ['gone', 'removed'],
        ['kept', 'compared'],
        ['new', 'added'],
      ],
    );
    assert.deepEqual(variable(found, 'kept').form, [{ what: 'attribute units', old: 'm', new: 'dbar' }]);
    assert.equal(variable(found, 'new').total.new.max, 6);
  });

  it('and times in other units are the same times', async () => {
    const times = [at('2023-08-01T00:00:00Z'), at('2023-08-02T12:00:00Z')];
    const time = { type: '<i8', values: BigInt64Array.of(0n, 36n * 3600n * 1000n), units: 'milliseconds since 2023-08-01' };

    const { rows } = await compared(await seriesOf(times, {}, { time }), await seriesOf(times));

    assert.deepEqual([rows.both, rows.onlyOld, rows.onlyNew], [2, 0, 0]);
  });

  it('and a store without a row compares with any', async () => {
    const { old, rows } = await compared(await seriesOf([]), await seriesOf(timesFrom('2023-08-01T00:00:00Z', 3)));

    assert.deepEqual([old.first, rows.onlyNew], [null, 3]);
  });

  it('as a comparison of everything at once would, whatever the windows', async () => {
    const random = randomFrom(7);
    const pick = (share: number) => timesFrom('2023-07-30T00:00:00Z', 400, 7200).filter(() => random() < share);
    const series = (times: readonly number[]) => times.map((time) => (random() < 0.1 ? -9 : random() < 0.2 ? random() : Math.sin(time)));
    for (let round = 0; round < 12; round++) {
      const [oldTimes, newTimes] = [pick(0.3 + round / 18), pick(0.6)];
      const [a, b] = [series(oldTimes), series(newTimes)];
      const old = await seriesOf(oldTimes, { x: floats(a, -9) }, { chunkRows: 17 });
      const fresh = await seriesOf(newTimes, { x: floats(b, -9) }, { chunkRows: 23 });

      const found = await compared(old, fresh, 1 + Math.floor(random() * 60));

      const newAt = new Map(newTimes.map((time, i) => [time, b[i]]));
      const pairs = oldTimes.flatMap((time, i) => (newAt.has(time) ? [[a[i], newAt.get(time)]] : []));
      const { total, periods } = variable(found, 'x');
      assert.equal(found.rows.both, pairs.length);
      assert.equal(found.rows.onlyNew, newTimes.length - pairs.length);
      assert.equal(found.rows.late, newTimes.filter((time) => time < (oldTimes.at(-1) ?? 0) && !oldTimes.includes(time)).length);
      assert.equal(total.changed, pairs.filter(([was, is]) => was !== -9 && is !== -9 && was !== is).length);
      assert.equal(total.vanished, pairs.filter(([was, is]) => was !== -9 && is === -9).length);
      assert.equal(total.new.values, b.filter((value) => value !== -9).length);
      assert.equal(total.new.max, Math.max(...b));
      assert.equal(
        periods.reduce((sum, { old: { values } }) => sum + values, 0),
        a.filter((value) => value !== -9).length,
      );
    }
  });
});
