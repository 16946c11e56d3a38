import { promisify } from 'node:util';
import { constants, deflate, type ZlibOptions, type ZstdOptions, zstdCompress } from 'node:zlib';
import { compress } from 'lz4-napi';
import { bitShuffled } from './bit-shuffle.ts';
import { shuffled } from './shuffle.ts';

/**
 * Writing frames of Blosc 1, as its README_CHUNK_FORMAT describes them: a header of 16 bytes, where each block begins, and per
 * block the length and bytes of one stream of the inner codec. Blocks are never split by bytes of a value (flag 0x10), which every
 * reader since 2016 understands.
 */
export interface BloscSettings {
  readonly cname: 'lz4' | 'lz4hc' | 'zlib' | 'zstd';
  /** 0 to 9; 0 stores. */
  readonly clevel: number;
  readonly shuffle: 'none' | 'bytes' | 'bits';
  /** Bytes of one value. */
  readonly itemBytes: number;
}

const HEADER_BYTES = 16;
const FLAGS = { shuffle: 0x01, stored: 0x02, bitShuffle: 0x04, unsplit: 0x10 } as const;
/** lz4hc is only another way to find the same format. */
const FORMATS = { lz4: 1, lz4hc: 1, zlib: 3, zstd: 4 } as const;

/** Small enough to lie in the processor's cache, large enough to compress well. */
const BLOCK_BYTES = 512 * 1024;

/** Blocks compressed at a time: each holds a compressor's tables. */
const SIDE_BY_SIDE = 8;

/** Below this Blosc itself never compresses. */
const LEAST_BYTES = 128;

/** The longest value that Blosc shuffles; longer ones count as single bytes. */
const LONGEST_ITEM = 255;

const deflated = promisify<Uint8Array, ZlibOptions, Uint8Array>(deflate);
const zstandard = promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdCompress);

export async function bloscFrame(settings: BloscSettings, bytes: Uint8Array): Promise<Uint8Array> {
  const item = settings.itemBytes > LONGEST_ITEM ? 1 : settings.itemBytes;
  const blockBytes = Math.min(bytes.byteLength, Math.max(1, Math.floor(BLOCK_BYTES / (8 * item))) * 8 * item);
  if (settings.clevel === 0 || bytes.byteLength < LEAST_BYTES) return stored(settings, item, blockBytes, bytes);
  const blocks = Array.from({ length: Math.ceil(bytes.byteLength / blockBytes) }, (_, at) =>
    bytes.subarray(at * blockBytes, (at + 1) * blockBytes),
  );
  const streams: Uint8Array[] = [];
  for (let at = 0; at < blocks.length; at += SIDE_BY_SIDE) {
    const next = blocks.slice(at, at + SIDE_BY_SIDE).map((block) => streamOf(settings, item, block));
    streams.push(...(await Promise.all(next)));
  }
  const length = HEADER_BYTES + streams.reduce((sum, stream) => sum + 8 + stream.byteLength, 0);
  if (length >= bytes.byteLength + HEADER_BYTES) return stored(settings, item, blockBytes, bytes);

  const frame = framed({ settings, item, blockBytes, bytes, length, flags: FLAGS.unsplit });
  const view = new DataView(frame.buffer);
  let at = HEADER_BYTES + 4 * streams.length;
  for (const [number, stream] of streams.entries()) {
    view.setUint32(HEADER_BYTES + 4 * number, at, true);
    view.setUint32(at, stream.byteLength, true);
    frame.set(stream, at + 4);
    at += 4 + stream.byteLength;
  }
  return frame;
}

function stored(settings: BloscSettings, item: number, blockBytes: number, bytes: Uint8Array): Uint8Array {
  const frame = framed({ settings, item, blockBytes, bytes, length: HEADER_BYTES + bytes.byteLength, flags: FLAGS.stored });
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

interface Frame {
  readonly settings: BloscSettings;
  readonly item: number;
  readonly blockBytes: number;
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly flags: number;
}

/** The frame with its header written. */
function framed({ settings, item, blockBytes, bytes, length, flags }: Frame): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(length);
  const shuffle = { none: 0, bytes: FLAGS.shuffle, bits: FLAGS.bitShuffle }[settings.shuffle];
  frame.set([2, 1, flags | shuffle | (FORMATS[settings.cname] << 5), item]);
  const view = new DataView(frame.buffer);
  for (const [number, value] of [bytes.byteLength, blockBytes, length].entries()) view.setUint32(4 + 4 * number, value, true);
  return frame;
}

/** One block in the inner codec; as it is (shuffled) where that does not make it smaller, which its length then tells. */
async function streamOf(settings: BloscSettings, item: number, block: Uint8Array): Promise<Uint8Array> {
  const arranged = arrange(settings, item, block);
  const stream = await compressed(settings, arranged);
  return stream.byteLength < arranged.byteLength ? stream : arranged;
}

function arrange({ shuffle }: BloscSettings, item: number, block: Uint8Array): Uint8Array {
  if (shuffle === 'bits') return bitShuffled(block, item);
  return shuffle === 'bytes' && item > 1 ? shuffled(block, item) : block;
}

function compressed({ cname, clevel }: BloscSettings, bytes: Uint8Array): Promise<Uint8Array> {
  if (cname === 'zlib') return deflated(bytes, { level: clevel, chunkSize: Math.max(64, bytes.byteLength) });
  if (cname === 'zstd') {
    const level = clevel === 9 ? 22 : clevel === 8 ? 20 : 2 * clevel - 1; // Blosc's own scale
    return zstandard(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level }, pledgedSrcSize: bytes.byteLength });
  }
  return compress(bytes).then((framedBlock) => framedBlock.subarray(4)); // without the length, which Blosc knows
}
