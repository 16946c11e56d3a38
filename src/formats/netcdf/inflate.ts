import { createInflate, inflateSync } from 'node:zlib';

/**
 * What Node's streams of zlib work with inside. It unpacks into memory that is there, where all that is documented takes new memory for each
 * result: unpacking 80 KB is then 1.4 times as slow, and the collector has more to do than the unpacking took. It is looked at before it is
 * used: in a Node that has something else there, `inflateSync` does the work.
 */
interface Engine {
  onerror: (message: string) => void;
  reset(): void;
  writeSync(flush: number, from: Uint8Array, at: number, length: number, into: Uint8Array, intoAt: number, intoLength: number): void;
}

/** Unpacks in one go. */
const FINISH = 4;

export interface Inflater {
  /**
   * What zlib has packed, if it is whole and exactly `length` bytes long, else null. It is overwritten by the next call.
   */
  unpack(packed: Uint8Array, length: number): Uint8Array | null;
}

export function createInflater(stream: object = createInflate()): Inflater {
  const handle = '_handle' in stream ? stream._handle : null;
  const state = '_writeState' in stream ? stream._writeState : null;
  return isEngine(handle) && state instanceof Uint32Array ? inPlace(handle, state) : BY_NODE;
}

const isEngine = (handle: unknown): handle is Engine =>
  typeof handle === 'object' &&
  handle !== null &&
  'onerror' in handle &&
  'reset' in handle &&
  typeof handle.reset === 'function' &&
  'writeSync' in handle &&
  typeof handle.writeSync === 'function';

/** @param state  after a call: how much room is left, how much input */
function inPlace(engine: Engine, state: Uint32Array): Inflater {
  let room = new Uint8Array(65_536);
  let isDamaged = false;
  engine.onerror = () => {
    isDamaged = true;
  };
  return {
    unpack(packed, length) {
      // One byte more, which must stay free: otherwise there would be more to come.
      if (room.byteLength <= length) room = new Uint8Array(length + 1);
      isDamaged = false;
      state[0] = 0;
      engine.reset();
      engine.writeSync(FINISH, packed, 0, packed.byteLength, room, 0, length + 1);
      return !isDamaged && state[0] === 1 ? room.subarray(0, length) : null;
    },
  };
}

const BY_NODE: Inflater = {
  unpack(packed, length) {
    try {
      const bytes = inflateSync(packed, { chunkSize: Math.max(64, length), maxOutputLength: Math.max(1, length) });
      return bytes.byteLength === length ? bytes : null;
    } catch {
      return null;
    }
  },
};
