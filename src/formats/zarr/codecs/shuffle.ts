import { bytesToFill } from '../../memory.ts';
import { shuffleInto, unshuffleInto } from '../../shuffle.ts';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

/** The filter `shuffle`. */
export const shuffleCodec = (size: number, config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: async (bytes) => shuffled(bytes, size),
  decode: async (bytes) => unshuffled(bytes, size),
  decodeUpTo: async (bytes) => unshuffled(bytes, size),
});

/** Into memory of its own. */
export function shuffled(bytes: Uint8Array, size: number): Uint8Array {
  const out = bytesToFill(bytes.byteLength);
  shuffleInto(bytes, size, out);
  return out;
}

/** Into memory of its own. */
export function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const out = bytesToFill(bytes.byteLength);
  unshuffleInto(bytes, size, out);
  return out;
}
