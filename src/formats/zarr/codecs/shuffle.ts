import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

/** The filter `shuffle`: the first bytes of all values, then the second bytes, and so on. */
export const shuffleCodec = (size: number, config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: async (bytes) => shuffled(bytes, size),
  decode: async (bytes) => unshuffled(bytes, size),
});

/** What is behind the last whole value stays where it is. */
export function shuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / size);
  const out = new Uint8Array(bytes.byteLength);
  for (let byte = 0; byte < size; byte++) {
    const from = byte * count;
    for (let i = 0, at = byte; i < count; i++, at += size) out[from + i] = bytes[at] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
  return out;
}

export function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / size);
  const out = new Uint8Array(bytes.byteLength);
  for (let byte = 0; byte < size; byte++) {
    const from = byte * count;
    for (let i = 0, at = byte; i < count; i++, at += size) out[at] = bytes[from + i] ?? 0;
  }
  out.set(bytes.subarray(count * size), count * size);
  return out;
}
