import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDataType } from '../../../src/formats/zarr/data-type.ts';
import { rawBytes, type Values, valuesOver } from '../../../src/formats/zarr/values.ts';
import { type ComparedSlab, compareSlab, type SlabComparison } from '../../../src/ooi/check/compare-slab.ts';
import { drawSlabs } from '../../../src/ooi/check/slabs.ts';
import { BEFORE, type Rank } from '../../../src/ooi/order.ts';
import type { ColumnPlan, SeriesPlan, SeriesWindow } from '../../../src/ooi/series.ts';
import { at, floats, objects, seriesOf, type TestColumn, texts, timesFrom } from './series-fixture.ts';

const TIMES = timesFrom('2023-08-01T00:00:00Z', 300);
const HALF: TestColumn['inner'] = [2];

type Columns = Readonly<Record<string, TestColumn>>;

const columnsOf = (times: readonly number[], add = (_: number): number => 0): Columns => ({
  x: floats(
    times.map((time) => time - (TIMES[0] ?? 0) + add(time)),
    -9,
  ),
  s: texts(
    times.map((time) => String(time % 7)),
    2,
  ),
  y: { ...floats(times.flatMap((time) => [time, time + add(time)])), inner: HALF },
});

const planOf = (columns: Columns): SeriesPlan => ({
  attributes: {},
  columns: Object.entries({ time: floats([]), ...columns }).map(([name, { type, fill = null, inner = [] }]) => ({
    name,
    type,
    isOnTime: true,
    inner: inner.map((size, i) => ({ name: `d${i}`, size })),
    fill,
    absent: { kind: 'value', value: fill },
    attributes: {},
  })),
});

/** What the facility gives, in windows of so many rows. */
async function* windowsOf(times: readonly number[], columns: Columns, windowRows: number): AsyncGenerator<SeriesWindow> {
  for (let start = 0; start < times.length; start += windowRows) {
    const part = times.slice(start, start + windowRows);
    const values = async ({ name, type }: ColumnPlan, from: number, count: number): Promise<Values> => {
      const column = columns[name] ?? assert.fail();
      const dtype = parseDataType(name, type);
      const rowBytes = dtype.bytes * (column.inner?.[0] ?? 1);
      return valuesOver(dtype, rawBytes(column.values).slice((start + from) * rowBytes, (start + from + count) * rowBytes));
    };
    yield { rows: part.length, times: Float64Array.from(part), origins: [{ rows: part.length, origin: BEFORE }], values };
  }
}

interface Case {
  readonly stored?: readonly number[];
  readonly given?: readonly number[];
  readonly add?: (time: number) => number;
  readonly windowRows?: number;
  readonly more?: Partial<SlabComparison>;
}

async function compared({ stored = TIMES, given = TIMES.slice(50, 250), add, windowRows = 37, more = {} }: Case): Promise<ComparedSlab> {
  const columns = columnsOf(given, add);
  return compareSlab({
    store: await seriesOf(stored, columnsOf(stored), { chunkRows: 40 }),
    record: null,
    plan: planOf(columns),
    slab: { from: TIMES[50] ?? 0, to: TIMES[249] ?? 0 },
    fetched: windowsOf(given, columns, windowRows),
    fetchedAt: '2024-01-01T00:00:00Z',
    ...more,
  });
}

const codes = ({ findings }: ComparedSlab): readonly (readonly [string, number])[] => findings.map(({ code, count }) => [code, count]);

describe('a stretch of a store against what the facility gives', () => {
  it('is the same, both ends included', async () => {
    for (const windowRows of [1, 37, 1000]) {
      const found = await compared({ windowRows });

      assert.deepEqual([found.rows, found.findings, found.variables], [{ both: 200, extra: 0, missing: 0 }, [], []]);
    }
  });

  it('is the same where its texts are objects', async () => {
    const words = objects(
      TIMES.map((time) => String(time % 7)),
      9,
    );

    const store = await seriesOf(TIMES, { ...columnsOf(TIMES), s: words }, { chunkRows: 40 });
    const found = await compared({ more: { store } });
    const other = await compared({ more: { store }, given: TIMES.slice(50, 249) });

    assert.deepEqual([found.rows.both, found.findings, codes(other)], [200, [], [['row_extra', 1]]]);
  });

  it('lacks rows, and has others', async () => {
    const [early, late] = [TIMES[61], TIMES[200]];
    const stored = TIMES.filter((time) => time !== early && time !== TIMES[249]);

    const found = await compared({ stored, given: TIMES.slice(51, 250).filter((time) => time !== late), windowRows: 10 });

    assert.deepEqual(codes(found), [
      ['row_extra', 2],
      ['row_missing', 2],
    ]);
    assert.deepEqual(found.findings[1]?.examples, ['2023-08-01T01:01:00Z', '2023-08-01T04:09:00Z']);
    assert.deepEqual([found.rows.both, found.findings[0]?.examples], [196, ['2023-08-01T00:50:00Z', '2023-08-01T03:20:00Z']]);
  });

  it('has rows of which the facility has none at all', async () => {
    assert.deepEqual(codes(await compared({ given: [] })), [['row_extra', 200]]);
  });

  it('has other values, with the first and the largest difference of each variable', async () => {
    const found = await compared({ add: (time) => (time === TIMES[70] ? 0.5 : time === TIMES[71] ? -2 : 0) });

    assert.deepEqual(codes(found), [['value_differs', 4]]);
    assert.deepEqual(
      found.variables.map(({ name, values, rows, largest }) => [
        name,
        values,
        rows,
        largest?.old === null ? 0 : Number(largest?.new) - Number(largest?.old),
      ]),
      [
        ['x', 2, 2, -2],
        ['y', 2, 2, -2],
      ],
    );
    assert.match(found.findings[0]?.examples[0] ?? '', /2 values of x, first at 2023-08-01T01:10:00Z: stored 4200, facility 4200.5/);
  });

  it('is not judged where its rows came with a later request', async () => {
    const rank = (requestedAt: string): Rank => ({ requestedAt, request: 'r', file: 0 });
    const older = rank('2023-12-31T00:00:00Z');
    const newer = rank('2024-01-02T00:00:00Z');
    const record = {
      origins: async (from: number, count: number) => [
        { rows: Math.max(0, Math.min(count, 100 - from)), origin: older },
        { rows: count - Math.max(0, Math.min(count, 100 - from)), origin: newer },
      ],
    };

    const found = await compared({
      more: { record },
      add: (time) => (time === TIMES[99] || time === TIMES[100] ? 1 : 0),
      given: TIMES.slice(50, 240),
    });

    assert.deepEqual([found.rows.both, found.passed.newer, codes(found)], [50, 150, [['value_differs', 2]]]);
    assert.equal(found.variables[0]?.first[0]?.time, TIMES[99]);
  });

  it('is not judged where appends still ask for late rows', async () => {
    const found = await compared({
      stored: TIMES.slice(0, 240),
      more: { settledUntil: TIMES[230] ?? 0 },
      add: (time) => (time === TIMES[231] ? 1 : 0),
    });

    assert.deepEqual([found.findings, found.passed.unsettled, found.rows.both], [[], 20, 180]);
  });
});

describe('stretches are drawn', () => {
  const extent = [at('2015-01-01T00:00Z'), at('2025-01-01T00:00Z')] as const;
  const gaps = [{ after: at('2018-01-01T00:00Z'), before: at('2018-06-01T00:00Z') }];

  it('from every part of the series, within it, and at gaps; the same again for the same seed', () => {
    const slabs = drawSlabs({ seed: 3, count: 10, length: 86_400, extent, gaps });

    assert.deepEqual(drawSlabs({ seed: 3, count: 10, length: 86_400, extent, gaps }), slabs);
    assert.notDeepEqual(drawSlabs({ seed: 4, count: 10, length: 86_400, extent, gaps }), slabs);
    const random = slabs.filter(({ why }) => why === 'random');
    assert.deepEqual(new Set(random.map(({ from }) => Math.floor(((from + 43_200 - extent[0]) / (extent[1] - extent[0])) * 9))).size, 9);
    const [gap] = slabs.filter(({ why }) => why === 'gap');
    assert.ok(gap !== undefined && gap.from <= (gaps[0]?.after ?? 0) && gap.to > (gaps[0]?.after ?? 0));
    assert.ok(slabs.every(({ from, to }) => from >= extent[0] && to <= extent[1] && to - from <= 86_400));
  });

  it('of a series that is shorter than one are the whole series', () => {
    assert.deepEqual(drawSlabs({ seed: 1, count: 1, length: 1000, extent: [5, 50] }), [{ from: 5, to: 50, why: 'random' }]);
  });
});
