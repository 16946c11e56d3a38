import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareStores } from '../../../src/ooi/report/compare.ts';
import { coverageOf } from '../../../src/ooi/report/coverage.ts';
import { wordsOf } from '../../../src/ooi/report/words.ts';
import { at, floats, seriesOf, type TestSeries, timesFrom } from './series-fixture.ts';

const START = '2023-08-01T00:00:00Z';
const ROWS = 1000;
const TIMES = timesFrom(START, ROWS, 3600);
const series = (times: readonly number[], value: (i: number) => number = () => 1): Promise<TestSeries> =>
  seriesOf(
    times,
    {
      x: floats(
        times.map((_, i) => value(i)),
        -9,
      ),
    },
    { chunkRows: 1000 },
  );

async function losses(old: TestSeries, fresh: TestSeries): Promise<readonly (readonly [string, string | null])[]> {
  const { comparison } = await compareStores(old, fresh);
  return coverageOf(comparison).losses.map(({ code, period }) => [code, period]);
}

describe('a new store is', async () => {
  const live = await series(TIMES);

  it('not shorter when it has everything and more, and says that it can be published', async () => {
    const { comparison } = await compareStores(live, await series([...TIMES, at('2023-12-01T00:00:00Z')]));

    const coverage = coverageOf(comparison);

    assert.deepEqual([coverage.isShorter, coverage.count], [false, 0]);
    assert.match(wordsOf(comparison, coverage).todo, /can be published/);
  });

  it('not shorter for a few rows less in a month, such as repeated ones', async () => {
    assert.deepEqual(await losses(live, await series(TIMES.filter((_, i) => i < 10 || i >= 17))), []);
  });

  it('not shorter for so few in a month that has hardly any either', async () => {
    const times = [...TIMES, ...timesFrom('2023-10-01T00:00:00Z', 8)];

    assert.deepEqual(
      await losses(await series([...times, at('2023-12-01T00:00Z')]), await series([...times.slice(0, -4), at('2023-12-01T00:00Z')])),
      [],
    );
  });

  it('shorter when it begins later', async () => {
    assert.deepEqual(await losses(live, await series(TIMES.slice(1))), [['begins_later', null]]);
  });

  it('shorter when it ends earlier', async () => {
    assert.deepEqual(await losses(live, await series(TIMES.slice(0, -1))), [['ends_earlier', null]]);
  });

  it('shorter when any month has notably fewer rows, though the whole has more', async () => {
    const fresh = [...TIMES.filter((_, i) => i < 100 || i >= 124), ...timesFrom('2023-11-01T00:00:00Z', 100)];

    assert.deepEqual(await losses(live, await series(fresh)), [['fewer_rows', '2023-08']]);
  });

  it('shorter when values of a variable are missing at times that it has', async () => {
    const fresh = await series(TIMES, (i) => (i >= 800 && i < 820 ? -9 : 1));

    assert.deepEqual(await losses(live, fresh), [['fewer_values', '2023-09']]);
  });

  it('shorter when a variable is gone', async () => {
    assert.deepEqual(await losses(live, await seriesOf(TIMES)), [['variable_gone', null]]);
  });

  it('shorter when it has no row', async () => {
    const { comparison } = await compareStores(live, await series([]));

    const coverage = coverageOf(comparison);

    assert.equal(coverage.losses[0]?.text, 'It has no row at all.');
    assert.match(wordsOf(comparison, coverage).todo, /"accept": \["shorter"\]/);
  });
});
