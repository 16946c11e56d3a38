import type { Transform } from 'node:stream';
import { bytesToFill, giveBack } from '../../memory.ts';

/**
 * Where a stream of zlib in Node puts its results. Whatever is documented takes new memory for each of them, a room for what they might be and
 * a copy of what they are; at the pace of a conversion the collector then has a fifth of all the work. It is looked at before it is used: in a
 * Node that has something else there, the results come as they come.
 */
interface Rooms {
  _outBuffer: Buffer;
  _outOffset: number;
  _chunkSize: number;
}

/**
 * All of what a stream of zlib makes of bytes, in memory of its own that may be given back.
 *
 * @param mostBytes how much it may be
 * @throws the stream's error; RangeError when it is more
 */
export function through(stream: Transform, bytes: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  // One byte more: a room that is full to its end makes the stream get another.
  const room = bytesToFill(mostBytes + 1);
  if (hasRooms(stream)) lend(stream, room);
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.byteLength;
      if (length > mostBytes) stream.destroy(new RangeError(`more than ${mostBytes} bytes`));
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(joined(pieces, length, room)));
    stream.end(bytes);
  });
}

const hasRooms = (stream: object): stream is Rooms => '_outBuffer' in stream && '_outOffset' in stream && '_chunkSize' in stream;

function lend(stream: Rooms, { buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  stream._outBuffer = Buffer.from(buffer, 0, byteLength);
  stream._outOffset = 0;
  stream._chunkSize = byteLength;
}

function joined(pieces: readonly Uint8Array[], length: number, room: Uint8Array<ArrayBuffer>): Uint8Array {
  // In the room they lie one behind the other. Where they fill little of it, it is of more use to the next than to what waits for the store.
  const isRoomUsed = 2 * length > room.byteLength;
  if (isRoomUsed && pieces.every(({ buffer }) => buffer === room.buffer)) return room.subarray(0, length);
  const whole = bytesToFill(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  giveBack(room);
  return whole;
}
