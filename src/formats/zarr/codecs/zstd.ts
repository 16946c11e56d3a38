import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

const compress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdCompress);
const decompress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdDecompress);

export interface ZstdSettings {
  readonly level: number;
  readonly checksum: boolean;
}

/** On Node's thread pool. The frame states the length of its content: decoders of older readers ask for it. */
export const zstdCodec = ({ level, checksum }: ZstdSettings, config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: (bytes) =>
    compress(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
      pledgedSrcSize: bytes.byteLength,
      chunkSize: Math.max(64, Math.ceil(bytes.byteLength / 2)),
    }),
  decode: (bytes, expectedBytes) => {
    const room = Math.max(64, expectedBytes);
    return decompress(bytes, { maxOutputLength: room, chunkSize: room });
  },
});
