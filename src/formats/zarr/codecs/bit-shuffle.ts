/**
 * Bit k of byte b of all values, then bit k + 1, and so on: the transposition of the bitshuffle library, lowest bit first. Counts of
 * values that are not a multiple of 8 are left as they are, as Blosc 1 does.
 */
export function bitShuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = bytes.byteLength / size;
  if (count % 8 !== 0) return bytes;
  const out = new Uint8Array(bytes.byteLength);
  const row = count / 8;
  for (let byte = 0; byte < size; byte++) {
    for (let group = 0, at = byte; group < row; group++, at += 8 * size) {
      transposeInto(out, byte * 8 * row + group, row, fourBytes(bytes, at, size), fourBytes(bytes, at + 4 * size, size));
    }
  }
  return out;
}

const fourBytes = (bytes: Uint8Array, at: number, step: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + step] ?? 0) << 8) | ((bytes[at + 2 * step] ?? 0) << 16) | ((bytes[at + 3 * step] ?? 0) << 24);

/** Turns 8 × 8 bits, given as two halves, around their diagonal (Hacker's Delight, 7-3) and stores the 8 bytes `step` apart. */
function transposeInto(out: Uint8Array, at: number, step: number, first: number, second: number): void {
  let low = first;
  let high = second;
  let swap = (low ^ (low >>> 7)) & 0x00aa00aa;
  low ^= swap ^ (swap << 7);
  swap = (high ^ (high >>> 7)) & 0x00aa00aa;
  high ^= swap ^ (swap << 7);
  swap = (low ^ (low >>> 14)) & 0x0000cccc;
  low ^= swap ^ (swap << 14);
  swap = (high ^ (high >>> 14)) & 0x0000cccc;
  high ^= swap ^ (swap << 14);
  swap = (low ^ ((low >>> 28) | (high << 4))) & 0xf0f0f0f0;
  low ^= swap;
  high ^= swap >>> 4;
  for (let byte = 0; byte < 4; byte++) {
    out[at + byte * step] = low >>> (8 * byte);
    out[at + (byte + 4) * step] = high >>> (8 * byte);
  }
}
