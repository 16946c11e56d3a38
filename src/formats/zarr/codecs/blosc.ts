import type { JsonObject } from '../json.ts';
import { type BloscSettings, bloscFrame } from './blosc-frame.ts';
import { type Codec, cannotBeWritten } from './codec.ts';

/** The frame's header: version, version of the inner codec, flags, item size, then three lengths of four bytes each. */
const HEADER_BYTES = 16;

/** As numcodecs numbers them; -1 chooses by the size of a value. */
const SHUFFLES = { 0: 'none', 1: 'bytes', 2: 'bits' } as const;

export interface BloscConfig {
  readonly cname: string;
  readonly clevel: number;
  /** -1, 0, 1 or 2. */
  readonly shuffle: number;
}

/**
 * Reads frames of Blosc 1 in every shuffle, writes those with lz4, zlib and zstd.
 *
 * Decoding is synchronous and runs at some hundred MB/s: chunks of 100 MB belong in a thread of their own.
 */
export function bloscCodec({ cname, clevel, shuffle }: BloscConfig, itemBytes: number, config: JsonObject): Codec {
  const settings = settingsOf(cname, clevel, shuffle, itemBytes);
  return {
    config,
    whyNotEncoded:
      settings === null ? `Blosc with the inner codec ${JSON.stringify(cname.slice(0, 40))} can be read but not written` : null,
    encode: settings === null ? cannotBeWritten : (bytes) => bloscFrame(settings, bytes),
    decode: async (bytes, expectedBytes) => {
      checkHeader(bytes, expectedBytes);
      return (await decoder()).decode(bytes);
    },
    decodeUpTo: async (bytes, mostBytes) => {
      const stated = bytes.byteLength < HEADER_BYTES ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
      if (stated > mostBytes) throw new Error(`it states ${stated} bytes, more than ${mostBytes}`);
      checkHeader(bytes, stated);
      return (await decoder()).decode(bytes);
    },
  };
}

function settingsOf(cname: string, clevel: number, shuffle: number, itemBytes: number): BloscSettings | null {
  if (cname !== 'lz4' && cname !== 'lz4hc' && cname !== 'zlib' && cname !== 'zstd') return null;
  const chosen = shuffle === 0 || shuffle === 1 || shuffle === 2 ? shuffle : itemBytes === 1 ? 2 : 1;
  return { cname, clevel, shuffle: SHUFFLES[chosen], itemBytes };
}

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
