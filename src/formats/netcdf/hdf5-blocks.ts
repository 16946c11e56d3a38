import { type DatasetMetadata, Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import type { DatasetRead } from './hdf5-messages.ts';

/** Values pass through the library's memory in pieces of about this size: it never gives memory back. */
const PIECE_BYTES = 16 * 1024 * 1024;

export type Metadata = DatasetMetadata;

/** A block of a dataset: where it starts and how long it is along each dimension. */
export interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** The shape of the answer. A scalar has none. */
export const askedShape = ({ shape, count }: DatasetRead): readonly number[] => (shape.length === 0 ? [] : [count, ...shape.slice(1)]);

/** The part of the request that was ever written, in pieces of whole rows, and of whole chunks where those are small enough. */
export function blocksOf({ from, count }: DatasetRead, stored: Metadata): readonly Block[] {
  const [rows, ...inner] = stored.shape ?? [];
  if (rows === undefined) return [{ offset: [], count: [] }];
  const end = Math.min(rows, from + count);
  const rowBytes = product(inner) * stored.size;
  if (rowBytes === 0) return [];
  const chunkRows = stored.chunks?.[0] ?? 1;
  const most = Math.max(1, Math.floor(PIECE_BYTES / rowBytes));
  const rowsAtOnce = most > chunkRows ? most - (most % chunkRows) : most;
  const blocks: Block[] = [];
  for (let row = from; row < end; row += rowsAtOnce) {
    blocks.push({ offset: [row, ...inner.map(() => 0)], count: [Math.min(rowsAtOnce, end - row), ...inner] });
  }
  return blocks;
}

/** Reads a block into the library's memory, hands over its place and size, and frees it. */
export function withBlock(
  { module }: Hdf5Library,
  file: bigint,
  dataset: string,
  stored: Metadata,
  { offset, count }: Block,
  use: (at: number, bytes: number) => void,
): void {
  const bytes = product(count) * stored.size;
  const at = module._malloc(Math.max(1, bytes));
  if (at === 0) throw new Hdf5Defect(`${bytes} bytes of ${dataset} do not fit into memory`);
  try {
    const isScalar = count.length === 0;
    const counts = count.map(BigInt);
    const status = isScalar
      ? module.get_dataset_data(file, `/${dataset}`, null, null, null, BigInt(at))
      : module.get_dataset_data(
          file,
          `/${dataset}`,
          counts,
          offset.map(BigInt),
          count.map(() => 1n),
          BigInt(at),
        );
    if (status < 0) throw new Hdf5Defect(`${dataset} cannot be read`);
    use(at, bytes);
    if (stored.vlen && isScalar) module.reclaim_vlen_memory(file, `/${dataset}`, '', BigInt(at));
    else if (stored.vlen) module.reclaim_vlen_memory_count(file, `/${dataset}`, '', BigInt(at), counts);
  } finally {
    module._free(at);
  }
}

/** Stretches of a block that lie side by side in the answer too, counted in values. */
export function* runsOf(
  block: Block,
  request: DatasetRead,
  asked: readonly number[],
): Generator<{ from: number; to: number; length: number }> {
  const { count, offset } = block;
  const rowLength = product(count.slice(1));
  const first = (offset[0] ?? 0) - (count.length === 0 ? 0 : request.from);
  if (rowLength === product(asked.slice(1))) {
    yield { from: 0, to: first * rowLength, length: product(count) };
    return;
  }
  // Some inner dimension is longer than what was written: only the last dimension is contiguous in both.
  const run = count.at(-1) ?? 1;
  for (let from = 0; from < product(count); from += run) {
    let rest = from / run;
    let to = 0;
    let stride = asked.at(-1) ?? 1;
    for (let i = count.length - 2; i >= 0; i--) {
      const length = count[i] ?? 1;
      to += ((rest % length) + (i === 0 ? first : 0)) * stride;
      rest = Math.floor(rest / length);
      stride *= asked[i] ?? 1;
    }
    yield { from, to, length: run };
  }
}

export const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);
