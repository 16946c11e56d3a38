import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shuffleInto, unshuffleInto } from '../../../src/formats/shuffle.ts';

/** Bytes that differ, beginning where a word does or beside it. */
const bytesAt = (offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(new ArrayBuffer(offset + length), offset);
  for (let at = 0; at < length; at++) bytes[at] = Math.imul(at + 1, 0x9e3779b1) >>> 24;
  return bytes;
};

/** As it is defined. */
const byDefinition = (bytes: Uint8Array, size: number): Uint8Array => {
  const count = Math.floor(bytes.length / size);
  return bytes.map((left, at) => (at < count * size ? (bytes[(at % count) * size + Math.floor(at / count)] ?? 0) : left));
};

describe('the filter shuffle', () => {
  for (const size of [1, 2, 3, 4, 6, 8, 12, 16]) {
    it(`puts values of ${size} bytes as it is defined, and back, wherever they begin and whatever is left over`, () => {
      for (const count of [0, 1, 3, 4, 5, 8, 1000, 1001]) {
        for (const rest of [0, 1, size - 1]) {
          for (const [from, to] of [
            [0, 0],
            [0, 1],
            [4, 8],
            [3, 0],
          ] as const) {
            const bytes = bytesAt(from, count * size + rest);
            const shuffled = bytesAt(to, bytes.length);
            const back = bytesAt(from, bytes.length).fill(0);

            shuffleInto(bytes, size, shuffled);
            unshuffleInto(shuffled, size, back);

            const where = `${count} values and ${rest} bytes, from ${from} to ${to}`;
            assert.ok(Buffer.from(byDefinition(bytes, size)).equals(shuffled), where);
            assert.ok(Buffer.from(bytes).equals(back), where);
          }
        }
      }
    });
  }
});
