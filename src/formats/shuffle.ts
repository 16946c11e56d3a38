/** The filter `shuffle` of HDF5 and of Zarr: the first bytes of all values, then the second bytes, and so on. */

/** Four bytes of a value go at a time, seven times as fast as one by one; what is left of its size goes byte by byte. */
const WORD = 4;

/** Puts the shuffled bytes into `out`, which is as long. What is behind the last whole value stays where it is. */
export function shuffleInto(bytes: Uint8Array, size: number, out: Uint8Array): void {
  const count = Math.floor(bytes.byteLength / size);
  const inWords = size % WORD === 0 ? size : 0;
  if (inWords > 0) splitWords(wordsOf(bytes, count * size), size / WORD, count, out);
  for (let byte = inWords; byte < size; byte++) {
    const from = byte * count;
    for (let i = 0, at = byte; i < count; i++, at += size) out[from + i] = bytes[at] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
}

/** Puts back in order, into `out`, what `shuffleInto` has made. */
export function unshuffleInto(bytes: Uint8Array, size: number, out: Uint8Array): void {
  const count = Math.floor(bytes.byteLength / size);
  const isAligned = out.byteOffset % WORD === 0;
  const inWords = size % WORD === 0 && isAligned ? size : 0;
  if (inWords > 0) joinWords(bytes, count, size / WORD, wordsOf(out, count * size));
  for (let byte = inWords; byte < size; byte++) {
    const from = byte * count;
    for (let i = 0, at = byte; i < count; i++, at += size) out[at] = bytes[from + i] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
}

/** `perValue` words make a value. */
function splitWords(words: Uint32Array, perValue: number, count: number, out: Uint8Array): void {
  for (let word = 0; word < perValue; word++) {
    const first = word * WORD * count;
    const second = first + count;
    const third = second + count;
    const fourth = third + count;
    for (let i = 0, at = word; i < count; i++, at += perValue) {
      const value = words[at] ?? 0;
      out[first + i] = value;
      out[second + i] = value >>> 8;
      out[third + i] = value >>> 16;
      out[fourth + i] = value >>> 24;
    }
  }
}

function joinWords(bytes: Uint8Array, count: number, perValue: number, out: Uint32Array): void {
  for (let word = 0; word < perValue; word++) {
    const first = word * WORD * count;
    const second = first + count;
    const third = second + count;
    const fourth = third + count;
    for (let i = 0, at = word; i < count; i++, at += perValue) {
      out[at] =
        (bytes[first + i] ?? 0) | ((bytes[second + i] ?? 0) << 8) | ((bytes[third + i] ?? 0) << 16) | ((bytes[fourth + i] ?? 0) << 24);
    }
  }
}

/** The first `length` bytes as words of this little-endian machine; copied only where they are not aligned. */
function wordsOf(bytes: Uint8Array, length: number): Uint32Array {
  const aligned = bytes.byteOffset % WORD === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, length / WORD);
}
