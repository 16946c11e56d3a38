import { isFailure, messageOf } from '../../../errors.ts';
import { giveBack } from '../../memory.ts';
import { damagedChunk } from '../failures.ts';
import type { Codec } from './codec.ts';

/** Bytes that encoding may add to incompressible data: a stored zlib stream needs most, 5 per 16 KiB and its ends. */
const OVERHEAD = (bytes: number): number => bytes + bytes / 64 + 4096;

/** Filters in the order of `.zarray`, then the compressor. */
export interface Pipeline {
  readonly filters: readonly Codec[];
  readonly compressor: Codec | null;
}

const steps = ({ filters, compressor }: Pipeline): readonly Codec[] => (compressor === null ? filters : [...filters, compressor]);

export async function encode(pipeline: Pipeline, bytes: Uint8Array): Promise<Uint8Array> {
  let encoded = bytes;
  for (const codec of steps(pipeline)) {
    const before = encoded;
    encoded = await codec.encode(before);
    if (before !== bytes && before.buffer !== encoded.buffer) giveBack(before);
  }
  return encoded;
}

/**
 * Every codec that is read keeps or restores the length of the values, so each step must give the whole chunk.
 *
 * @throws {Failure} `damaged_chunk`
 */
export async function decode(pipeline: Pipeline, key: string, bytes: Uint8Array, expectedBytes: number): Promise<Uint8Array> {
  if (bytes.byteLength > OVERHEAD(expectedBytes)) throw damagedChunk(key, `${bytes.byteLength} bytes for a chunk of ${expectedBytes}`);
  let decoded = bytes;
  for (const codec of steps(pipeline).toReversed()) {
    const before = decoded;
    decoded = await decodeStep(codec, key, before, expectedBytes);
    if (before !== bytes && before.buffer !== decoded.buffer) giveBack(before);
  }
  if (decoded.byteLength !== expectedBytes)
    throw damagedChunk(key, `it decodes to ${decoded.byteLength} bytes instead of ${expectedBytes}`);
  return decoded;
}

/**
 * Values of a length that only they themselves tell: so many bytes at most.
 *
 * @throws {Failure} `damaged_chunk`
 */
export async function decodeUpTo(pipeline: Pipeline, key: string, bytes: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  if (bytes.byteLength > OVERHEAD(mostBytes)) throw damagedChunk(key, `${bytes.byteLength} bytes; at most ${mostBytes} are read`);
  let decoded = bytes;
  for (const codec of steps(pipeline).toReversed()) {
    const before = decoded;
    decoded = await orDamaged(codec, key, () => codec.decodeUpTo(before, mostBytes));
  }
  return decoded;
}

const decodeStep = (codec: Codec, key: string, bytes: Uint8Array, expectedBytes: number): Promise<Uint8Array> =>
  orDamaged(codec, key, () => codec.decode(bytes, expectedBytes));

async function orDamaged(codec: Codec, key: string, step: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await step();
  } catch (error) {
    if (isFailure(error)) throw error;
    throw damagedChunk(key, `${codec.config.id} cannot decode it (${messageOf(error)})`, error);
  }
}

/** Why chunks cannot be written exactly, or null. */
export const whyNotEncoded = (pipeline: Pipeline): string | null =>
  steps(pipeline).reduce<string | null>((why, codec) => why ?? codec.whyNotEncoded, null);
