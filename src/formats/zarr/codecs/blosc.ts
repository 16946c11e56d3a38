import type { JsonObject } from '../json.ts';
import { type Codec, cannotBeWritten } from './codec.ts';

/** The frame's header: version, version of the inner codec, flags, item size, then three lengths of four bytes each. */
const HEADER_BYTES = 16;

/**
 * Reads every inner codec and shuffle of Blosc 1.
 *
 * Decoding is synchronous and runs at some hundred MB/s: chunks of 100 MB belong in a thread of their own.
 */
export const bloscCodec = (config: JsonObject): Codec => ({
  config,
  whyNotEncoded: 'chunks in Blosc can be read but not written',
  encode: cannotBeWritten,
  decode: async (bytes, expectedBytes) => {
    checkHeader(bytes, expectedBytes);
    return (await decoder()).decode(bytes);
  },
});

function checkHeader(bytes: Uint8Array, expectedBytes: number): void {
  if (bytes.byteLength < HEADER_BYTES) throw new Error(`it has ${bytes.byteLength} bytes, less than the header of Blosc`);
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  if (header.getUint32(4, true) !== expectedBytes)
    throw new Error(`it states ${header.getUint32(4, true)} bytes instead of ${expectedBytes}`);
  if (header.getUint32(12, true) !== bytes.byteLength) throw new Error(`it states a frame of ${header.getUint32(12, true)} bytes`);
}

/** WebAssembly of 600 kB: loaded when the first store in Blosc is read. */
async function decoder() {
  const { default: Blosc } = await import('numcodecs/blosc');
  return Blosc.fromConfig({ id: 'blosc' });
}
