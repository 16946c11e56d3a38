import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergeSources } from '../../../src/ooi/files/merge.ts';
import { compareRanks, type Rank } from '../../../src/ooi/order.ts';
import type { ColumnPlan, SortedSource } from '../../../src/ooi/series.ts';

const rankOf = (file: number): Rank => ({ requestedAt: '2024', request: 'r', file });

const pair: ColumnPlan = {
  name: 'x',
  type: '<i4',
  isOnTime: true,
  inner: [{ name: 'bin', size: 2 }],
  fill: null,
  absent: { kind: 'value', value: 0 },
  attributes: {},
};

interface Rows {
  readonly times: readonly number[];
  readonly ranks: readonly Rank[];
  readonly values: readonly number[];
}

/** Every row has two values: its own number, and that plus a half million. */
function sourceOf({ times, ranks, values }: Rows, asked: string[] = []): SortedSource {
  return {
    rows: times.length,
    times: async (from, count) => {
      asked.push(`times ${from} ${count}`);
      return Float64Array.from(times.slice(from, from + count));
    },
    origins: async (from, count) => ranks.slice(from, from + count).map((origin) => ({ rows: 1, origin })),
    values: async (_column, from, count) => {
      asked.push(`values ${from} ${count}`);
      return Int32Array.from(values.slice(from, from + count).flatMap((value) => [value, value + 500_000]));
    },
    close: async () => {},
  };
}

const rows: fc.Arbitrary<Omit<Rows, 'values'>> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3 })), { selector: ([time]) => time, maxLength: 40 })
  .map((all) => all.toSorted(([a], [b]) => a - b))
  .map((all) => ({ times: all.map(([time]) => time), ranks: all.map(([, file]) => rankOf(file)) }));

/** What must come out: for each time the row of the highest rank, of equal ones that of the last source. */
function expectedRows(all: readonly Rows[]) {
  const best = new Map<number, { readonly rank: Rank; readonly value: number }>();
  for (const { times, ranks, values } of all) {
    for (const [i, time] of times.entries()) {
      const rank = ranks[i] ?? rankOf(0);
      const known = best.get(time);
      if (known === undefined || compareRanks(rank, known.rank) >= 0) best.set(time, { rank, value: values[i] ?? 0 });
    }
  }
  return [...best].toSorted(([a], [b]) => a - b);
}

describe('merging sources', () => {
  it('gives each time once, in order, from the row that counts, however windows and columns are cut', async () => {
    const property = fc.asyncProperty(fc.array(rows, { maxLength: 5 }), fc.integer({ min: 1, max: 30 }), async (drawn, windowRows) => {
      const all = drawn.map((each, s) => ({ ...each, values: each.times.map((_, i) => 1000 * s + i) }));
      const expected = expectedRows(all);
      const windows = await Array.fromAsync(
        mergeSources(
          all.map((each) => sourceOf(each)),
          { windowRows },
        ),
      );

      const times = windows.flatMap((window) => [...window.times]);
      const origins = windows.flatMap((window) => window.origins.flatMap((run) => Array.from({ length: run.rows }, () => run.origin)));
      const parts = windows.flatMap((window) => [
        window.values(pair, 0, Math.floor(window.rows / 2)),
        window.values(pair, Math.floor(window.rows / 2), window.rows - Math.floor(window.rows / 2)),
      ]);
      const values = (await Promise.all(parts)).flatMap((part) => [...part]);

      assert.deepEqual(
        times,
        expected.map(([time]) => time),
      );
      assert.deepEqual(
        origins,
        expected.map(([, { rank }]) => rank),
      );
      assert.deepEqual(
        values,
        expected.flatMap(([, { value }]) => [value, value + 500_000]),
      );
      assert.ok(windows.slice(0, -1).every((window) => window.rows === windowRows));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('reads no more than the first time of a source before its rows are due', async () => {
    const asked: string[] = [];
    const first = { times: [1, 2, 3, 4], ranks: [0, 0, 0, 0].map(rankOf), values: [1, 2, 3, 4] };
    const later = sourceOf({ times: [3.5, 5], ranks: [1, 1].map(rankOf), values: [10, 11] }, asked);
    const windows = mergeSources([sourceOf(first), later], { windowRows: 3 });

    await windows.next();

    assert.deepEqual(asked, ['times 0 1']);
    assert.deepEqual([...((await windows.next()).value?.times ?? [])], [3.5, 4, 5]);
  });

  it('reads one range of each source for a column, and hands over what needs no sorting', async () => {
    const asked: string[] = [];
    const source = sourceOf({ times: [1, 3, 5, 7], ranks: [0, 0, 0, 0].map(rankOf), values: [1, 3, 5, 7] }, asked);
    const other = sourceOf({ times: [2, 6], ranks: [1, 1].map(rankOf), values: [2, 6] });
    const [window] = await Array.fromAsync(mergeSources([source, other]));
    asked.length = 0;

    assert.deepEqual(
      [...((await window?.values(pair, 0, 6)) ?? [])].filter((_, i) => i % 2 === 0),
      [1, 2, 3, 5, 6, 7],
    );
    assert.deepEqual(asked, ['values 0 4']);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const source = sourceOf({ times: [1], ranks: [rankOf(0)], values: [1] });

    await assert.rejects(Array.fromAsync(mergeSources([source], { signal: controller.signal })), /enough/);
  });
});
