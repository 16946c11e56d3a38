import { promisify } from 'node:util';
import { constants, createZstdCompress, type ZstdOptions, zstdDecompress } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import { giveBack } from '../memory.ts';
import type { Codec } from './codec.ts';

const decompress = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdDecompress);

/** Room for a piece of the result: what sensors measure shrinks to a quarter or a half, and room for all that it might be is seldom filled. */
const pieceOf = (bytes: number): number => Math.ceil(bytes / 4) + 1024;

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
    compress(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
      pledgedSrcSize: bytes.byteLength,
      chunkSize: pieceOf(bytes.byteLength),
    }),
  decode: (bytes, expectedBytes) => {
    const room = Math.max(64, expectedBytes);
    return decompress(bytes, { maxOutputLength: room, chunkSize: room });
  },
  decodeUpTo: (bytes, mostBytes) => {
    const room = Math.max(64, mostBytes);
    return decompress(bytes, { maxOutputLength: room, chunkSize: Math.min(room, PIECE_BYTES) });
  },
});

/** As `zstdCompress`, which leaves the room that it had for the result to be collected; here it goes back at once. */
function compress(bytes: Uint8Array, options: ZstdOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stream = createZstdCompress(options);
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('error', reject);
    stream.on('end', () => {
      const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.byteLength;
      }
      // two pieces may lie in one buffer
      for (const piece of pieces) giveBack(piece);
      resolve(whole);
    });
    stream.end(bytes);
  });
}
