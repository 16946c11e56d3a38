import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTimeUnits, secondsSince1900, TIME_ATTRIBUTES } from '../../../src/formats/zarr/time.ts';

const UNIX = 2_208_988_800;

describe('units of time', () => {
  const known: readonly (readonly [text: string, secondsPerUnit: number, startSeconds: number])[] = [
    [TIME_ATTRIBUTES.units, 1, 0],
    ['seconds since 1970-01-01', 1, UNIX],
    ['seconds since 1970-01-01 00:00:00 UTC', 1, UNIX],
    ['Seconds since 1970-01-01T00:00:00.5Z', 1, UNIX + 0.5],
    ['days since 1950-01-01 00:00:00', 86_400, 18_262 * 86_400],
    ['hours since 1900-01-02 00:00:00 +02:00', 3600, 86_400 - 7200],
    ['minutes since 1900-1-2 0:30 -0130', 60, 86_400 + 1800 + 5400],
    ['milliseconds since 1900-01-01', 1e-3, 0],
    ['nanoseconds since 1970-01-01', 1e-9, UNIX],
  ];
  for (const [text, secondsPerUnit, startSeconds] of known) {
    it(`are understood: ${text}`, () => {
      assert.deepEqual(parseTimeUnits(text), { secondsPerUnit, startSeconds });
    });
  }

  for (const text of [
    '',
    'seconds',
    'months since 1900-01-01',
    'seconds since 1900-02-30',
    'seconds since 1900-01-01 25:00',
    'degree_C',
    'days since 0001-01-01',
    'seconds since then',
  ]) {
    it(`are refused: ${JSON.stringify(text)}`, () => {
      assert.equal(parseTimeUnits(text), null);
    });
  }

  it('of 1900 leave a value bit for bit, others are rounded to microseconds', () => {
    const converted = (value: number, text: string) => secondsSince1900(value, parseTimeUnits(text) ?? assert.fail());

    assert.equal(converted(10 / 3, TIME_ATTRIBUTES.units), 10 / 3);
    assert.equal(converted(0.1234567, 'seconds since 1970-01-01'), UNIX + 0.123457);
    assert.equal(converted(1.5, 'days since 1900-01-01'), 129_600);
  });
});
