import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { round6 } from '../../../src/argo/numbers.ts';
import { fc } from '../../helpers/properties.ts';

/** The definition, in integers: the exact binary value as a fraction, its millionths rounded half to even. */
function roundExactly(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const significand = (word & 0xfffffffffffffn) + (biased === 0 ? 0n : 1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  const sign = word >> 63n === 0n ? '' : '-';
  const millionths = significand * 1_000_000n;
  if (exponent >= 0) return Number(`${sign}${millionths << BigInt(exponent)}e-6`);
  const divisor = 1n << BigInt(-exponent);
  const quotient = millionths / divisor;
  const twice = (millionths % divisor) * 2n;
  const isUp = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return Number(`${sign}${isUp ? quotient + 1n : quotient}e-6`);
}

const float = fc.float({ noNaN: true });
const half = fc.integer({ min: -(2 ** 22), max: 2 ** 22 }).map((n) => (2 * n + 1) / 128);
const doubleHalf = fc.integer({ min: -(2 ** 28), max: 2 ** 28 }).map((n) => (2 * n + 1) / 128);
const looksMeasured = fc.integer({ min: -9_999_999, max: 99_999_999 }).map((n) => Math.fround(n / 1000));

describe('rounding to six decimals', () => {
  for (const [value, rounded] of [
    [Math.fround(16.03), 16.030001],
    [4.0078125, 4.007812],
    [4.0234375, 4.023438],
    [-4.0078125, -4.007812],
    [0.0078125, 0.007812],
    [Math.fround(1e-7), 0],
    [99_999, 99_999],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [2 ** -149, 0],
    [Math.fround(3.4e38), Math.fround(3.4e38)],
    [-0, -0],
    [0.1234565, 0.123456],
  ] as const) {
    it(`makes ${rounded} of ${value}`, () => {
      assert.equal(round6(value), rounded);
    });
  }

  it('keeps the sign of what rounds to zero', () => {
    assert.ok(Object.is(round6(Math.fround(-1e-7)), -0));
  });

  for (const [kind, arbitrary] of Object.entries({
    'any 32-bit float': float,
    'an exact half': half,
    'an exact half that needs a double': doubleHalf,
    'a measured value': looksMeasured,
    'any double': fc.double({ noNaN: true }),
  })) {
    it(`is what integer arithmetic gives for ${kind}`, () => {
      fc.assert(
        fc.property(arbitrary, (value) => {
          const expected = Number.isFinite(value) ? roundExactly(value) : value;
          assert.ok(Object.is(round6(value), expected), `${value}: ${round6(value)}, not ${expected}`);
        }),
        { numRuns: 5000 },
      );
    });
  }
});
