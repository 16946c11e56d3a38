import { compress, uncompress } from 'lz4-napi';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

/** The length of the content (4 bytes, little-endian), then one LZ4 block: the framing of numcodecs and of lz4-napi alike. */
export const lz4Codec = (config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: (bytes) => compress(bytes),
  decode: async (bytes, expectedBytes) => {
    const stated = statedBytes(bytes);
    if (stated !== expectedBytes) throw new Error(`it states ${stated} bytes instead of ${expectedBytes}`);
    return uncompress(bytes);
  },
  decodeUpTo: async (bytes, mostBytes) => {
    const stated = statedBytes(bytes);
    if (stated > mostBytes) throw new Error(`it states ${stated} bytes, more than ${mostBytes}`);
    return uncompress(bytes);
  },
});

const statedBytes = (bytes: Uint8Array): number =>
  bytes.byteLength < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
