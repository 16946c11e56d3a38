import { product, type ZarrArray } from './array.ts';

/** Rows from `from` up to, not including, `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** An array without dimensions is one row of one value. */
export const shapeOf = ({ shape }: ZarrArray): readonly number[] => (shape.length === 0 ? [1] : shape);
export const chunkShapeOf = ({ chunks }: ZarrArray): readonly number[] => (chunks.length === 0 ? [1] : chunks);

export const rowsOf = (array: ZarrArray): number => shapeOf(array)[0] ?? 0;
export const chunkRowsOf = (array: ZarrArray): number => chunkShapeOf(array)[0] ?? 1;

/** Values of one row. */
export const rowSize = (array: ZarrArray): number => product(shapeOf(array).slice(1));

/** Where a chunk lies: its number along every dimension. */
export type ChunkIndex = readonly number[];

export const chunkKey = (array: ZarrArray, index: ChunkIndex): string => `${array.name}/${index.join(array.separator)}`;

/** The chunks that hold any of the rows, in the order of rows. */
export function* chunksTouching(array: ZarrArray, { from, to }: RowRange): Generator<ChunkIndex> {
  if (from >= to) return;
  const rows = chunkRowsOf(array);
  const counts = shapeOf(array).map((size, at) => Math.ceil(size / (chunkShapeOf(array)[at] ?? 1)));
  for (let row = Math.floor(from / rows); row * rows < to; row++) yield* across([row], counts);
}

function* across(index: ChunkIndex, counts: readonly number[]): Generator<ChunkIndex> {
  if (index.length === counts.length) yield index;
  else for (let i = 0; i < (counts[index.length] ?? 0); i++) yield* across([...index, i], counts);
}

/** Keys of the chunks that hold any of the rows. */
export const chunkKeys = (array: ZarrArray, range: RowRange): IteratorObject<string> =>
  chunksTouching(array, range).map((index) => chunkKey(array, index));

/** The box that a chunk and some rows of the array share. */
export interface Overlap {
  readonly inChunk: readonly number[];
  readonly inRows: readonly number[];
  readonly size: readonly number[];
}

/** `inRows` counts rows from `from`. */
export function overlapOf(array: ZarrArray, index: ChunkIndex, { from, to }: RowRange): Overlap {
  const shape = shapeOf(array);
  const starts = index.map((number, at) => number * (chunkShapeOf(array)[at] ?? 1));
  const begin = starts.map((start, at) => (at === 0 ? Math.max(start, from) : start));
  const end = starts.map((start, at) => Math.min(start + (chunkShapeOf(array)[at] ?? 1), at === 0 ? to : (shape[at] ?? 0)));
  return {
    inChunk: begin.map((start, at) => start - (starts[at] ?? 0)),
    inRows: begin.map((start, at) => (at === 0 ? start - from : start)),
    size: end.map((stop, at) => Math.max(0, stop - (begin[at] ?? 0))),
  };
}
