/**
 * Memory of values and chunks that is used again. Pieces of this size pile up faster than they are collected, and each collection goes
 * through everything that the process has.
 */

/** Smaller pieces cost nothing, and may lie in memory that Node shares out. */
const LEAST_BYTES = Math.max(131_072, 2 * Buffer.poolSize);

/** Kept for the next who asks. */
const KEPT_BYTES = 24 * 2 ** 20;

/** Lengths that are asked for again and again: those of the chunks of one store. */
const LENGTHS = 8;

const spare = new Map<number, ArrayBuffer[]>();
let spareBytes = 0;

/** So many bytes for whoever writes every one of them: what they hold now is left over from others. */
export function bytesToFill(length: number): Uint8Array {
  if (length < LEAST_BYTES) return new Uint8Array(length);
  const kept = spare.get(length) ?? [];
  spare.delete(length);
  spare.set(length, kept);
  for (const [oldest, buffers] of spare) {
    if (spare.size <= LENGTHS) break;
    spare.delete(oldest);
    spareBytes -= oldest * buffers.length;
  }
  const buffer = kept.pop();
  if (buffer === undefined) return new Uint8Array(length);
  spareBytes -= length;
  return new Uint8Array(buffer);
}

/** Gives back the memory of bytes that nobody else holds; they are empty then, so that nobody goes on with what others get. */
export function giveBack({ buffer }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < LEAST_BYTES) return;
  const kept = spare.get(buffer.byteLength);
  const isKept = kept !== undefined && spareBytes + buffer.byteLength <= KEPT_BYTES;
  if (isKept) spareBytes += buffer.byteLength;
  if (isKept) kept.push(buffer.transfer());
  else buffer.transfer(0);
}
