import type { ProfileVariable } from './profile-file.ts';

/** From here on every double is an integer, so there is nothing left to round. */
const ALL_INTEGERS_FROM = 2 ** 52;

/**
 * Rounds to 6 decimals, correctly on the exact binary value, halves to even: what Python's `round(x, 6)` gives.
 *
 * For a 32-bit float (24 significant bits) the product with 10⁶ (14 significant bits and a power of two) is exact in a double, so the
 * nearest even integer is found exactly, and a division of two exact doubles is correctly rounded. Other doubles take the slow way.
 */
export function round6(value: number): number {
  if (Math.fround(value) !== value) return roundDouble(value);
  const millionths = value * 1e6;
  if (millionths >= ALL_INTEGERS_FROM || millionths <= -ALL_INTEGERS_FROM) return value;
  // Adding 2⁵² leaves no bits for a fraction, and the processor rounds halves to even.
  const rounded = millionths < 0 ? millionths - ALL_INTEGERS_FROM + ALL_INTEGERS_FROM : millionths + ALL_INTEGERS_FROM - ALL_INTEGERS_FROM;
  return rounded === 0 ? millionths * 0 : rounded / 1e6;
}

/** `toFixed` is exact but takes halves away from zero. Exact halves at the sixth decimal are the odd multiples of 1/128, and nothing else. */
function roundDouble(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= ALL_INTEGERS_FROM) return value;
  const isHalf = Math.abs((value * 128) % 2) === 1;
  if (!isHalf) return Number(value.toFixed(6));
  // Twice the millionths, an odd integer: the even one of its two halves is the answer.
  const doubled = BigInt(value * 128) * 15_625n;
  const truncated = doubled / 2n;
  const even = truncated % 2n === 0n ? truncated : truncated + (doubled < 0n ? -1n : 1n);
  return Number(`${even}e-6`);
}

/** Whether a number counts as missing: equal to the variable's own `_FillValue`, or not a number. */
export const isMissing = (value: number, fill: number | null): boolean => value === fill || Number.isNaN(value);

/** The variable's `_FillValue` as a number, or null when it has none. */
export function numericFill(variable: ProfileVariable): number | null {
  const { fill } = variable;
  if (fill === null || typeof fill === 'string') return null;
  const [first] = fill;
  return first === undefined || typeof first === 'string' ? null : Number(first);
}

/** Values of any numeric type that a double can carry. */
export type Numbers = Float32Array | Float64Array;

/** The numbers of a variable, or null when it holds text. */
export function numbersOf({ values }: ProfileVariable): Numbers | null {
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  if (values instanceof Uint8Array || !ArrayBuffer.isView(values)) return null;
  return Float64Array.from<number | bigint>(values, Number);
}

/** The first number of a variable, or null when it is missing. */
export function firstNumber(variable: ProfileVariable): number | null {
  const value = numbersOf(variable)?.[0];
  return value === undefined || isMissing(value, numericFill(variable)) ? null : value;
}
