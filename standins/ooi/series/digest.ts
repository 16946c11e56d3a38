import { createHash } from 'node:crypto';
import type { ExpectedColumn } from './expected.ts';

/** A column as one can hold it against another program's: its bytes in C order, little-endian, every NaN the standard quiet one. */
export interface Digest {
  /** As numpy writes it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly fill_value: number | 'NaN' | null;
  readonly sha256: string;
}

export function digestOf({ type, fill, inner, values }: ExpectedColumn): Digest {
  const isText = type.startsWith('|S');
  const cells = isText ? values.length / Number(type.slice(2)) : values.length;
  const canonical =
    values instanceof Float32Array || values instanceof Float64Array
      ? values.map((value) => (Number.isNaN(value) ? Number.NaN : value))
      : values;
  return {
    dtype: type,
    shape: inner === null ? [cells] : [cells / inner.size, inner.size],
    fill_value: fill !== null && Number.isNaN(fill) ? 'NaN' : fill,
    sha256: createHash('sha256')
      .update(new Uint8Array(canonical.buffer, canonical.byteOffset, canonical.byteLength))
      .digest('hex'),
  };
}
