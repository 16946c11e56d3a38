import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { basinOf } from '../../../src/argo/basin.ts';
import { BASIN_MASK_ROWS } from '../../../src/argo/basin-mask.ts';

describe('basinOf', () => {
  for (const [where, longitude, latitude, basin] of [
    ['the Atlantic', -30.5, 10.5, 1],
    ['the Pacific', -150, 0, 2],
    ['the Indian Ocean', 80.5, -20.5, 3],
    ['the Mediterranean', 18.5, 35.5, 4],
    ['the Arctic, at the pole', 0, 90, 11],
    ['the Caspian', 50.5, 42.5, 53],
    ['inner Asia, all land', 90, 45, -1],
    ['the South Pole, beyond the mask', 0, -90, -1],
    ['the eastern edge, beyond the last centre', 180, 0, 2],
    ['the western edge, before the first centre', -180, 0, 2],
  ] as const) {
    it(`knows ${where}`, () => {
      assert.equal(basinOf(longitude, latitude), basin);
    });
  }

  it('finds the nearest sea corner where the nearest cell is land', () => {
    const nearest = basinOf(124.77, -15.066);
    const inland = basinOf(11.5, 51.5);

    assert.equal(nearest, 3);
    assert.equal(inland, -1);
  });

  it('answers for every position, however far out', () => {
    const far = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300];

    assert.ok(far.every((degrees) => Number.isInteger(basinOf(degrees, degrees))));
  });

  it('holds the whole mask: 168 rows of 360 cells, 41,088 of them sea', () => {
    const runs = BASIN_MASK_ROWS.map((row) => row.split(' ').map((run) => run.split(':')));
    const lengths = runs.map((row) => row.reduce((sum, [length]) => sum + Number(length), 0));
    const sea = runs.flat().reduce((sum, [length, code]) => sum + (code === '' ? 0 : Number(length)), 0);

    assert.deepEqual([lengths.length, new Set(lengths)], [168, new Set([360])]);
    assert.equal(sea, 41_088);
  });
});
