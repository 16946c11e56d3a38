/** Smaller pieces cost nothing, and may lie in memory that Node shares out. */
const LEAST_BYTES = Math.max(131_072, 2 * Buffer.poolSize);

/**
 * Gives the memory of bytes that nobody else holds back at once; they are empty then. Memory of this size piles up faster than it is
 * collected, and each collection goes through everything that the process has.
 */
export function giveBack({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LEAST_BYTES) buffer.transfer(0);
}
