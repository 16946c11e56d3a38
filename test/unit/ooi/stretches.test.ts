import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joined, rangesOf, rowsOf, STRETCHES, type Stretch, Stretches } from '../../../src/ooi/files/stretches.ts';

const { NaN: none } = Number;

/** Seen in pieces of so many rows. */
function stretchesOf(times: readonly number[], piece = times.length): readonly Stretch[] | null {
  const found = new Stretches();
  for (let from = 0; from < times.length; from += piece) found.see(Float64Array.from(times.slice(from, from + piece)), from);
  return found.all;
}

/** Positions of the rows of each source in their file. */
const positions = (times: readonly number[]): readonly (readonly number[])[] =>
  joined(stretchesOf(times) ?? []).map((group) =>
    rangesOf(group, 0, rowsOf(group)).flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i)),
  );

describe('stretches of a file', () => {
  it('are the same in whatever pieces its times are seen', () => {
    const times = [1, 2, 3, 3, none, 4, 5, 2, none, none, 6];

    const whole = stretchesOf(times);

    assert.deepEqual(
      whole?.map(({ from, count, firstTime, lastTime }) => [from, count, firstTime, lastTime]),
      [
        [0, 3, 1, 3],
        [3, 1, 3, 3],
        [5, 2, 4, 5],
        [7, 1, 2, 2],
        [10, 1, 6, 6],
      ],
    );
    for (let piece = 1; piece < times.length; piece++) assert.deepEqual(stretchesOf(times, piece), whole);
  });

  it('are not kept when they are too many', () => {
    const falling = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => -i);

    assert.equal(stretchesOf(falling(STRETCHES))?.length, STRETCHES);
    assert.equal(stretchesOf(falling(STRETCHES + 1)), null);
  });

  it('that ascend together are one source, without the earlier row of a repeated time', () => {
    assert.deepEqual(positions([1, 2, 2, 3, none, 4]), [[0, 2, 3, 5]]);
    assert.deepEqual(positions([1, 2, 2, 2, 3]), [[0, 3, 4]]);
    assert.deepEqual(positions([2, 2, 3]), [[1, 2]]);
  });

  it('of which one begins before the last has ended are sources of their own', () => {
    assert.deepEqual(positions([1, 5, 4, 6, 6]), [
      [0, 1],
      [2, 4],
    ]);
  });

  it('are found again by part of their rows', () => {
    const [group = []] = joined(stretchesOf([1, 2, 2, 3, none, 4]) ?? []);

    assert.deepEqual(rangesOf(group, 1, 3), [
      { from: 2, count: 2, at: 0 },
      { from: 5, count: 1, at: 2 },
    ]);
    assert.deepEqual(rangesOf(group, 2, 1), [{ from: 3, count: 1, at: 0 }]);
  });
});
