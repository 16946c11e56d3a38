import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate, type ZlibOptions } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import type { Codec } from './codec.ts';

const run = { zlib: promisify<Uint8Array, ZlibOptions, Uint8Array>(deflate), gzip: promisify<Uint8Array, ZlibOptions, Uint8Array>(gzip) };
const undo = {
  zlib: promisify<Uint8Array, ZlibOptions, Uint8Array>(inflate),
  gzip: promisify<Uint8Array, ZlibOptions, Uint8Array>(gunzip),
};

/** Output in one piece: the default of 16 KiB pieces costs more than compressing. zlib asks for 64 bytes at least. */
const pieceOf = (bytes: number): number => Math.max(64, Math.ceil(bytes));

/** Output of a length that is not known comes in pieces. */
const PIECE_BYTES = 2 ** 20;

/** On Node's thread pool. Level 1 to 9, 0 only wraps, -1 is zlib's own choice. */
export const deflateCodec = (id: 'zlib' | 'gzip', level: number, config: JsonObject): Codec => ({
  config,
  whyNotEncoded: null,
  encode: (bytes) => run[id](bytes, { level, chunkSize: pieceOf(bytes.byteLength / 2) }),
  decode: (bytes, expectedBytes) => undo[id](bytes, { maxOutputLength: pieceOf(expectedBytes), chunkSize: pieceOf(expectedBytes) }),
  decodeUpTo: (bytes, mostBytes) =>
    undo[id](bytes, { maxOutputLength: pieceOf(mostBytes), chunkSize: pieceOf(Math.min(mostBytes, PIECE_BYTES)) }),
});
