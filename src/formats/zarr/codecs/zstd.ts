import { promisify } from 'node:util';
import { constants, createZstdCompress, createZstdDecompress, type ZstdOptions, zstdDecompress } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';
import { through } from './through.ts';

const decompress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdDecompress);

/** Most that anything may become: https://facebook.github.io/zstd/zstd_manual.html, ZSTD_COMPRESSBOUND, and the checksum. */
const boundOf = (bytes: number): number => bytes + (bytes >> 8) + 128;

/** Least room that a stream of Node's takes; it is lent a better one. */
const LEAST_BYTES = 64;

/** Output of a length that is not known comes in pieces. */
const PIECE_BYTES = 2 ** 20;

export interface ZstdSettings {
  readonly level: number;
  readonly checksum: boolean;
}

/** On Node's thread pool. The frame states the length of its content: decoders of older readers ask for it. */
export const zstdCodec = ({ level, checksum }: ZstdSettings, config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: (bytes) =>
    through(
      createZstdCompress({
        params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
        pledgedSrcSize: bytes.byteLength,
        chunkSize: LEAST_BYTES,
      }),
      bytes,
      boundOf(bytes.byteLength),
    ),
  decode: (bytes, expectedBytes) => through(createZstdDecompress({ chunkSize: LEAST_BYTES }), bytes, expectedBytes),
  decodeUpTo: (bytes, mostBytes) => {
    const room = Math.max(LEAST_BYTES, mostBytes);
    return decompress(bytes, { maxOutputLength: room, chunkSize: Math.min(room, PIECE_BYTES) });
  },
});
