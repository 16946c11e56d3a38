/**
 * The filter `shuffle` of HDF5 and of Zarr: the first bytes of all values, then the second bytes, and so on. What is behind the last whole
 * value stays where it is.
 *
 * Four values go at a time: their words are a square of 4 × 4 bytes, which is turned over in registers, so that words are read and written
 * and never bytes. What does not fit into squares (sizes of 1, 3, 6, …, places that are not aligned, the last values) goes byte by byte.
 */

const WORD = 4;

/** Puts the shuffled bytes into `out`, which is as long. */
export function shuffleInto(bytes: Uint8Array, size: number, out: Uint8Array): void {
  const count = Math.floor(bytes.byteLength / size);
  const done = inSquares(count, size, bytes, out) ? (size === 2 ? splitHalves : splitWords)(bytes, size, count, out) : 0;
  for (let byte = 0; byte < size; byte++) {
    const first = byte * count;
    for (let i = done, at = done * size + byte; i < count; i++, at += size) out[first + i] = bytes[at] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
}

/** Puts back in order, into `out`, what `shuffleInto` has made. */
export function unshuffleInto(bytes: Uint8Array, size: number, out: Uint8Array): void {
  const count = Math.floor(bytes.byteLength / size);
  const done = inSquares(count, size, bytes, out) ? (size === 2 ? joinHalves : joinWords)(bytes, size, count, out) : 0;
  for (let byte = 0; byte < size; byte++) {
    const first = byte * count;
    for (let i = done, at = done * size + byte; i < count; i++, at += size) out[at] = bytes[first + i] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
}

/** The bytes of one place of all values must begin where a word does. */
const inSquares = (count: number, size: number, ...places: readonly Uint8Array[]): boolean =>
  count % WORD === 0 && (size === 2 || size % WORD === 0) && places.every(({ byteOffset }) => byteOffset % WORD === 0);

/** With a sign: numbers from 2^31 on would be floating point for V8. */
const wordsOf = ({ buffer, byteOffset }: Uint8Array, words: number): Int32Array => new Int32Array(buffer, byteOffset, words);

const EVEN = 0x00ff00ff;
const ODD = ~EVEN;
const LOW = 0xffff;
const HIGH = ~LOW;

function splitWords(bytes: Uint8Array, size: number, count: number, out: Uint8Array): number {
  const perValue = size / WORD;
  const values = wordsOf(bytes, count * perValue);
  const planes = wordsOf(out, count * perValue);
  const plane = count / WORD;
  for (let word = 0; word < perValue; word++) {
    let to = word * WORD * plane;
    for (let from = word; from < values.length; from += WORD * perValue, to++) {
      const a = values[from] ?? 0;
      const b = values[from + perValue] ?? 0;
      const c = values[from + 2 * perValue] ?? 0;
      const d = values[from + 3 * perValue] ?? 0;
      const evenAb = (a & EVEN) | ((b & EVEN) << 8);
      const oddAb = ((a >>> 8) & EVEN) | (b & ODD);
      const evenCd = (c & EVEN) | ((d & EVEN) << 8);
      const oddCd = ((c >>> 8) & EVEN) | (d & ODD);
      planes[to] = (evenAb & LOW) | (evenCd << 16);
      planes[to + plane] = (oddAb & LOW) | (oddCd << 16);
      planes[to + 2 * plane] = (evenAb >>> 16) | (evenCd & HIGH);
      planes[to + 3 * plane] = (oddAb >>> 16) | (oddCd & HIGH);
    }
  }
  return count;
}

function joinWords(bytes: Uint8Array, size: number, count: number, out: Uint8Array): number {
  const perValue = size / WORD;
  const planes = wordsOf(bytes, count * perValue);
  const values = wordsOf(out, count * perValue);
  const plane = count / WORD;
  for (let word = 0; word < perValue; word++) {
    let from = word * WORD * plane;
    for (let to = word; to < values.length; to += WORD * perValue, from++) {
      const first = planes[from] ?? 0;
      const second = planes[from + plane] ?? 0;
      const third = planes[from + 2 * plane] ?? 0;
      const fourth = planes[from + 3 * plane] ?? 0;
      const evenLow = (first & EVEN) | ((second & EVEN) << 8);
      const oddLow = ((first >>> 8) & EVEN) | (second & ODD);
      const evenHigh = (third & EVEN) | ((fourth & EVEN) << 8);
      const oddHigh = ((third >>> 8) & EVEN) | (fourth & ODD);
      values[to] = (evenLow & LOW) | (evenHigh << 16);
      values[to + perValue] = (oddLow & LOW) | (oddHigh << 16);
      values[to + 2 * perValue] = (evenLow >>> 16) | (evenHigh & HIGH);
      values[to + 3 * perValue] = (oddLow >>> 16) | (oddHigh & HIGH);
    }
  }
  return count;
}

/** Two words are four values of two bytes. */
function splitHalves(bytes: Uint8Array, _size: number, count: number, out: Uint8Array): number {
  const values = wordsOf(bytes, count / 2);
  const planes = wordsOf(out, count / 2);
  const plane = count / WORD;
  for (let to = 0; to < plane; to++) {
    const a = values[2 * to] ?? 0;
    const b = values[2 * to + 1] ?? 0;
    planes[to] = middleTurned((a & EVEN) | ((b & EVEN) << 8));
    planes[to + plane] = middleTurned(((a >>> 8) & EVEN) | (b & ODD));
  }
  return count;
}

function joinHalves(bytes: Uint8Array, _size: number, count: number, out: Uint8Array): number {
  const planes = wordsOf(bytes, count / 2);
  const values = wordsOf(out, count / 2);
  const plane = count / WORD;
  for (let from = 0; from < plane; from++) {
    const low = middleTurned(planes[from] ?? 0);
    const high = middleTurned(planes[from + plane] ?? 0);
    values[2 * from] = (low & EVEN) | ((high & EVEN) << 8);
    values[2 * from + 1] = ((low >>> 8) & EVEN) | (high & ODD);
  }
  return count;
}

/** Its second and third byte changed places. */
const middleTurned = (word: number): number => (word & ~0xffff00) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00);
