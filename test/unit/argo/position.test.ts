import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOnEarth, positionOf } from '../../../src/argo/position.ts';

describe('positionOf', () => {
  for (const [why, longitude, latitude] of [
    ['the longitude is missing', null, 10],
    ['the latitude is missing', 10, null],
    ['the latitude is 99999', 10, 99_999],
    ['the latitude is -99.999', 10, -99.999],
    ['the latitude is -999', 10, -999],
    ['the longitude is 99999', 99_999, 10],
    ['the longitude is -999.999', -999.999, 10],
    ['the longitude is -999', -999, 10],
  ] as const) {
    it(`is nowhere when ${why}`, () => {
      const position = positionOf(longitude, latitude);

      assert.deepEqual(position, { geolocation: { type: 'Point', coordinates: [0, -90] }, basin: -1, warnings: ['missing_location'] });
    });
  }

  for (const [longitude, turned] of [
    [190, -170],
    [-190, 170],
    [180, 180],
    [-180, -180],
    [600, 240],
  ] as const) {
    it(`turns longitude ${longitude} once, to ${turned}`, () => {
      assert.deepEqual(positionOf(longitude, 0).geolocation.coordinates, [turned, 0]);
    });
  }

  it('says so when no basin is near', () => {
    const position = positionOf(90, 45);

    assert.deepEqual([position.basin, position.warnings], [-1, ['missing_basin']]);
  });

  it('keeps coordinates unrounded', () => {
    assert.deepEqual(positionOf(-30.123456789, 10.987654321).geolocation.coordinates, [-30.123456789, 10.987654321]);
  });
});

describe('isOnEarth', () => {
  for (const [longitude, latitude, isThere] of [
    [180, 90, true],
    [-180, -90, true],
    [0, 90.001, false],
    [240, 0, false],
    [0, Number.POSITIVE_INFINITY, false],
  ] as const) {
    it(`is ${isThere} for ${longitude}, ${latitude}`, () => {
      assert.equal(isOnEarth({ type: 'Point', coordinates: [longitude, latitude] }), isThere);
    });
  }
});
