/**
 * Memory that threads write into, so that what they read need not be copied: some rooms that are used again and again. They are not counted
 * by the collector, so there are never more than so many, and whoever comes when all are out takes memory of his own.
 */

/** Fits every chunk. What of it is never written to takes no memory. */
const ROOM_BYTES = 8_000_000;

/** Twice as many as chunks that are written side by side. */
const ROOMS = 8;

const spare: SharedArrayBuffer[] = [];
const lent = new WeakSet<SharedArrayBuffer>();
let alive = 0;

/** Rooms that nobody gave back, because what he did with them failed. */
const lost = new FinalizationRegistry<null>(() => {
  alive -= 1;
});

/** So many bytes for whoever writes every one of them; null: they are more than a room has, or all rooms are out. */
export function sharedBytesToFill(length: number): Uint8Array | null {
  if (length > ROOM_BYTES) return null;
  const room = spare.pop() ?? (alive < ROOMS ? newRoom() : null);
  if (room === null) return null;
  lent.add(room);
  return new Uint8Array(room, 0, length);
}

function newRoom(): SharedArrayBuffer {
  const room = new SharedArrayBuffer(ROOM_BYTES);
  alive += 1;
  lost.register(room, null);
  return room;
}

/** Gives a room back: nobody may hold what was in it. A room that is back already is left alone. */
export function giveRoomBack(room: SharedArrayBuffer): void {
  if (lent.delete(room)) spare.push(room);
}
