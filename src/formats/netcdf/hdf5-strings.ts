import { Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import { decodeText } from './text.ts';

/** The string of any length that the `index`th pointer from `at` on leads to, up to its NUL. */
export function readString({ module }: Hdf5Library, at: number, index: number, allowance: { left: number }): string {
  const heap = module.HEAPU8;
  const start = new DataView(heap.buffer).getUint32(at + 4 * index, true);
  if (start === 0) return '';
  const end = heap.indexOf(0, start);
  if (end === -1) throw new Hdf5Defect('a string has no end');
  allowance.left -= end - start;
  if (!(allowance.left >= 0)) throw new Hdf5Defect('the strings take too many bytes');
  return decodeText(heap.slice(start, end));
}

/** Strings of one length that lie side by side, each cut at its first NUL. */
export const splitStrings = (raw: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: raw.byteLength / size }, (_, i) => {
    const whole = raw.subarray(i * size, (i + 1) * size);
    const end = whole.indexOf(0);
    return end === -1 ? whole : whole.subarray(0, end);
  });
