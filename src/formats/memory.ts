/**
 * Memory of values and chunks that is used again. Pieces of this size pile up faster than they are collected, and each collection goes
 * through everything that the process has.
 */

/** Smaller pieces cost nothing, and may lie in memory that Node shares out. */
const LEAST_BYTES = Math.max(131_072, 2 * Buffer.poolSize);

/** Kept for the next who asks. */
const KEPT_BYTES = 20 * 2 ** 20;

/** So that a room fits others who ask for a little more. */
const STEP_BYTES = 65_536;

/** The one longest kept first. */
const spare: ArrayBuffer[] = [];
let spareBytes = 0;

/** So many bytes for whoever writes every one of them: what they hold now is left over from others. They begin where their buffer does. */
export function bytesToFill(length: number): Uint8Array<ArrayBuffer> {
  if (length < LEAST_BYTES) return new Uint8Array(length);
  return new Uint8Array(spareRoom(length) ?? new ArrayBuffer(Math.ceil(length / STEP_BYTES) * STEP_BYTES), 0, length);
}

/** The smallest that fits and is not wasted on so little. */
function spareRoom(length: number): ArrayBuffer | null {
  const fits = spare.filter(({ byteLength }) => byteLength >= length && byteLength <= 2 * length);
  const [first, ...others] = fits;
  if (first === undefined) return null;
  const room = others.reduce((best, other) => (other.byteLength < best.byteLength ? other : best), first);
  spare.splice(spare.indexOf(room), 1);
  spareBytes -= room.byteLength;
  return room;
}

/** Gives back the memory of bytes that nobody else holds; they are empty then, so that nobody goes on with what others get. */
export function giveBack({ buffer }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < LEAST_BYTES) return;
  if (buffer.byteLength > KEPT_BYTES) {
    buffer.transfer(0);
    return;
  }
  spareBytes += buffer.byteLength;
  spare.push(buffer.transfer());
  while (spareBytes > KEPT_BYTES) spareBytes -= freed(spare.shift());
}

/** At once, not when it is collected. */
function freed(room: ArrayBuffer | undefined): number {
  const bytes = room?.byteLength ?? 0;
  room?.transfer(0);
  return bytes;
}
