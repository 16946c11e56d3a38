import type { ZarrArray } from '../../formats/zarr/array.ts';
import type { Values } from '../../formats/zarr/values.ts';
import { numbersOf } from './series-view.ts';

/** Values of rows, ready to be looked at: numbers with their fill, or texts of a fixed length. */
export type Column =
  | { readonly kind: 'numbers'; readonly values: Float64Array; readonly width: number; readonly fill: number | null }
  | { readonly kind: 'texts'; readonly bytes: Uint8Array; readonly width: number; readonly itemBytes: number };

/** @param width values of one row */
export function columnOf({ type, fill }: Pick<ZarrArray, 'type' | 'fill'>, values: Values, width: number, rows: number): Column {
  if (type.kind === 'text') {
    return {
      kind: 'texts',
      bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      width,
      itemBytes: rows * width === 0 ? Math.max(1, type.bytes) : values.byteLength / (rows * width),
    };
  }
  return { kind: 'numbers', values: numbersOf(values), width, fill: fill === null || fill instanceof Uint8Array ? null : Number(fill) };
}

/** Which values there are. Mutable: values are added as they are read. */
export interface ValueTally {
  /** Values that are there. */
  values: number;
  /** Values that are fill, or no finite number; empty texts. */
  missing: number;
  /** Of numbers; infinite while there is none. */
  min: number;
  max: number;
  sum: number;
}

export const newValueTally = (): ValueTally => ({
  values: 0,
  missing: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  sum: 0,
});

export function addTally(total: ValueTally, { values, missing, min, max, sum }: ValueTally): void {
  total.values += values;
  total.missing += missing;
  total.min = Math.min(total.min, min);
  total.max = Math.max(total.max, max);
  total.sum += sum;
}

/** Adds the values of rows `rows[from]` to `rows[to - 1]`. */
export function tallyValues(tally: ValueTally, column: Column, rows: Int32Array, from: number, to: number): void {
  if (column.kind === 'texts') tallyTexts(tally, column, rows, from, to);
  else tallyNumbers(tally, column, rows, from, to);
}

function tallyNumbers(
  tally: ValueTally,
  { values, width, fill }: Extract<Column, { kind: 'numbers' }>,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  let { min, max, sum, values: count } = tally;
  for (let at = from; at < to; at++) {
    const start = (rows[at] ?? 0) * width;
    for (let i = start; i < start + width; i++) {
      const value = values[i] ?? Number.NaN;
      if (value === fill || value - value !== 0) continue; // NaN and the infinities
      count++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  tally.missing += (to - from) * width - (count - tally.values);
  Object.assign(tally, { min, max, sum, values: count });
}

function tallyTexts(
  tally: ValueTally,
  { bytes, width, itemBytes }: Extract<Column, { kind: 'texts' }>,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const start = (rows[at] ?? 0) * width;
    for (let i = start; i < start + width; i++) {
      if (bytes[i * itemBytes] === 0) tally.missing++;
      else tally.values++;
    }
  }
}
