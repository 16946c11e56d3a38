import { Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import { decodeText } from './text.ts';

/** The string of any length that the `index`th pointer from `at` on leads to, up to its NUL: a view of the library's memory. */
export function stringBytes({ module }: Hdf5Library, at: number, index: number, allowance: { left: number }): Uint8Array {
  const heap = module.HEAPU8;
  const place = at + 4 * index;
  const start =
    ((heap[place] ?? 0) | ((heap[place + 1] ?? 0) << 8) | ((heap[place + 2] ?? 0) << 16) | ((heap[place + 3] ?? 0) << 24)) >>> 0;
  if (start === 0) return heap.subarray(0, 0);
  const end = heap.indexOf(0, start);
  if (end === -1) throw new Hdf5Defect('a string has no end');
  allowance.left -= end - start;
  if (!(allowance.left >= 0)) throw new Hdf5Defect('the strings take too many bytes');
  return heap.subarray(start, end);
}

/** The same as text. */
export const readString = (library: Hdf5Library, at: number, index: number, allowance: { left: number }): string =>
  decodeText(stringBytes(library, at, index, allowance));

/** Strings of one length that lie side by side, each cut at its first NUL. */
export const splitStrings = (raw: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: raw.byteLength / size }, (_, i) => {
    const whole = raw.subarray(i * size, (i + 1) * size);
    const end = whole.indexOf(0);
    return end === -1 ? whole : whole.subarray(0, end);
  });
