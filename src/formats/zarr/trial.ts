import type { ZarrArray } from './array.ts';
import { encode } from './codecs/pipeline.ts';
import { shuffleCodec } from './codecs/shuffle.ts';
import { rowSize } from './grid.ts';
import { rawBytes, type Values } from './values.ts';

/** Of the first values: enough to tell, little enough to cost nothing. */
const SAMPLE_BYTES = 256_000;

/** Rows that are looked at, at most. */
export const trialRows = (array: ZarrArray): number => Math.ceil(SAMPLE_BYTES / Math.max(1, rowSize(array) * array.type.bytes));

/**
 * The array with the filter `shuffle` or without, whichever makes its first values smaller. Which it is lies in the data: shuffled,
 * times at one-second steps shrink to a tenth, values rounded to three places grow by three quarters.
 */
export async function withBestShuffle(array: ZarrArray, first: Values): Promise<ZarrArray> {
  const { type, compressor } = array;
  if (compressor === null || type.kind === 'text' || type.bytes === 1) return { ...array, filters: [] };
  const bytes = rawBytes(first).subarray(0, SAMPLE_BYTES - (SAMPLE_BYTES % type.bytes));
  const config = { id: 'shuffle', elementsize: type.bytes };
  const filters = [shuffleCodec(type.bytes, config)];
  const [plain, shuffled] = await Promise.all([encode({ filters: [], compressor }, bytes), encode({ filters, compressor }, bytes)]);
  return { ...array, filters: shuffled.byteLength < plain.byteLength ? filters : [] };
}
