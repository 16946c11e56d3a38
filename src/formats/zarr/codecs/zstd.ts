import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

const compress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdCompress);
const decompress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdDecompress);

/** What compression may make of so many bytes, with room to spare: the result then lies in one piece and is not put together. */
const mostEncoded = (bytes: number): number => bytes + Math.ceil(bytes / 128) + 1024;

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
      chunkSize: mostEncoded(bytes.byteLength),
    }),
  decode: (bytes, expectedBytes) => {
    const room = Math.max(64, expectedBytes);
    return decompress(bytes, { maxOutputLength: room, chunkSize: room });
  },
});
