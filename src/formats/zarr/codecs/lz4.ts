import { compress, uncompress } from 'lz4-napi';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

/** The length of the content (4 bytes, little-endian), then one LZ4 block: the framing of numcodecs and of lz4-napi alike. */
export const lz4Codec = (config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: (bytes) => compress(bytes),
  decode: async (bytes, expectedBytes) => {
    const stated = bytes.byteLength < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (stated !== expectedBytes) throw new Error(`it states ${stated} bytes instead of ${expectedBytes}`);
    return uncompress(bytes);
  },
});
