/** Seeded numbers without state: the same parts always give the same one. */

/** A key for a question, from texts and numbers. FNV-1a. */
export function keyOf(...parts: readonly (string | number)[]): number {
  let value = 0x811c9dc5;
  for (const part of parts) {
    const text = String(part);
    for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    value = Math.imul(value ^ 0x1f, 0x01000193);
  }
  return mixed(value);
}

/** In [0, 1), for a key and two whole numbers. */
export const noise = (key: number, a: number, b = 0): number =>
  mixed(Math.imul(mixed(key ^ Math.imul(a, 0x9e3779b1)), 0x85ebca6b) ^ b) / 4294967296;

/** A whole number in [from, to]. */
export const whole = (key: number, from: number, to: number, a = 0): number => from + Math.floor(noise(key, a) * (to - from + 1));

function mixed(input: number): number {
  let value = input;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
