import { messageOf } from '../../errors.ts';
import { product, type ZarrArray } from './array.ts';
import { decode, decodeUpTo } from './codecs/pipeline.ts';
import { storedBytes } from './data-type.ts';
import { damagedChunk, unsupportedStore } from './failures.ts';
import { chunkShapeOf } from './grid.ts';
import { DEFAULT_LIMITS, type ZarrLimits } from './limits.ts';
import { laidOut, longestText, type TextForm, VLEN_UTF8 } from './texts.ts';

/** The texts of one chunk of an array whose texts have a form of their own. */
export interface TextChunk {
  /** Bytes of the longest, at least 1. */
  readonly longest: number;
  /** All of them, each in so many bytes. */
  all(width: number): Promise<Uint8Array>;
  /** Some of them, counted in C order. */
  some(width: number, from: number, to: number): Promise<Uint8Array>;
}

/**
 * @param bytes as stored; null: the chunk is not there, and so fill
 * @throws {Failure} `damaged_chunk`, `unsupported_store` where the texts would need more room than is given to one read
 */
export async function textChunk(
  array: ZarrArray,
  form: TextForm,
  key: string,
  bytes: Uint8Array | null,
  limits: ZarrLimits = DEFAULT_LIMITS,
): Promise<TextChunk> {
  const count = product(chunkShapeOf(array));
  const fill = array.fill instanceof Uint8Array ? array.fill : new Uint8Array(0);
  const stored = bytes === null ? null : await decoded(array, form, key, bytes, limits);
  const found = stored === null ? fill.byteLength : await orDamaged(key, () => longestText(form, stored, count));
  const longest = Math.max(1, found);
  const some = async (width: number, from: number, to: number): Promise<Uint8Array> => {
    assertRoom(key, width * (to - from), limits);
    if (stored !== null) return orDamaged(key, () => laidOut(form, stored, { count, from, to, width }));
    const texts = new Uint8Array(width * (to - from));
    if (fill.byteLength > width) throw damagedChunk(key, `its fill value has ${fill.byteLength} bytes, more than ${width}`);
    if (fill.some((byte) => byte !== 0)) for (let at = 0; at < texts.byteLength; at += width) texts.set(fill, at);
    return texts;
  };
  return { longest, some, all: (width) => some(width, 0, count) };
}

function decoded(array: ZarrArray, form: TextForm, key: string, bytes: Uint8Array, limits: ZarrLimits): Promise<Uint8Array> {
  if (form.kind === VLEN_UTF8) return decodeUpTo(array, key, bytes, limits.chunkBytes);
  return decode(array, key, bytes, product(chunkShapeOf(array)) * storedBytes(array.type));
}

async function orDamaged<T>(key: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw damagedChunk(key, messageOf(error), error);
  }
}

/** One long text makes all of them wide. */
export function assertRoom(key: string, bytes: number, { readBytes }: ZarrLimits): void {
  if (bytes <= readBytes) return;
  throw unsupportedStore(key, `its texts take ${bytes} bytes, each as many as the longest`, `at most ${readBytes}`);
}
