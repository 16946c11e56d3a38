import type { Values } from './file.ts';
import { Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import type { DatasetRead } from './hdf5-messages.ts';
import { readString, splitStrings } from './hdf5-strings.ts';
import { type NumericType, ncTypeOf, zeros } from './hdf5-types.ts';
import { decodeText } from './text.ts';

/** Values pass through the library's memory in pieces of about this size: it never gives memory back. */
const PIECE_BYTES = 16 * 1024 * 1024;

type Metadata = ReturnType<Hdf5Library['module']['get_dataset_metadata']>;

/** A block of a dataset: where it starts and how long it is along each dimension. */
interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/**
 * Reads part of one variable. Where an unlimited dimension is longer than what this variable has, its fill value stands.
 * @throws {Hdf5Defect}
 */
export function readDataset(library: Hdf5Library, file: bigint, request: DatasetRead, allowance: { left: number }): Values {
  const stored = library.module.get_dataset_metadata(file, `/${request.dataset}`);
  const shape = stored.shape ?? [];
  const isExpected = shape.length === request.shape.length && shape.every((length, i) => length <= (request.shape[i] ?? 0));
  if (!isExpected || ncTypeOf(stored) !== request.type)
    throw new Hdf5Defect(`${request.dataset} is not what it was when the file was opened`);
  return request.type === 'string'
    ? readStrings(library, file, request, stored, allowance)
    : readNumbers(library, file, request, request.type, stored, allowance);
}

function readNumbers(
  library: Hdf5Library,
  file: bigint,
  request: DatasetRead,
  type: NumericType,
  stored: Metadata,
  allowance: { left: number },
): Values {
  const asked = askedShape(request);
  const length = product(asked);
  allowance.left -= length * stored.size;
  if (!(allowance.left >= 0)) throw new Hdf5Defect(`${request.dataset} takes more memory than one reading may use`);
  const values = zeros(type, length);
  const bytes = new Uint8Array(values.buffer);
  const blocks = blocksOf(request, stored);
  if (blocks.reduce((sum, { count }) => sum + product(count), 0) < length) fillWith(values, request.fill);
  for (const block of blocks) {
    withBlock(library, file, request.dataset, stored, block, (at, size) => {
      const found = library.module.HEAPU8.subarray(at, at + size);
      for (const run of runsOf(block, request, asked))
        bytes.set(found.subarray(run.from * stored.size, (run.from + run.length) * stored.size), run.to * stored.size);
    });
  }
  return values;
}

function readStrings(
  library: Hdf5Library,
  file: bigint,
  request: DatasetRead,
  stored: Metadata,
  allowance: { left: number },
): readonly string[] {
  const asked = askedShape(request);
  const length = product(asked);
  allowance.left -= length * stored.size;
  if (!(allowance.left >= 0)) throw new Hdf5Defect(`${request.dataset} takes more memory than one reading may use`);
  const strings = new Array<string>(length).fill(String(request.fill));
  for (const block of blocksOf(request, stored)) {
    withBlock(library, file, request.dataset, stored, block, (at, size) => {
      const fixed = stored.vlen ? [] : splitStrings(library.module.HEAPU8.slice(at, at + size), stored.size);
      for (const { from, to, length: run } of runsOf(block, request, asked)) {
        for (let i = 0; i < run; i++) {
          const raw = fixed[from + i];
          strings[to + i] = raw === undefined ? readString(library, at, from + i, allowance) : decodeText(raw);
        }
      }
    });
  }
  return strings;
}

/** The shape of the answer. A scalar has none. */
const askedShape = ({ shape, count }: DatasetRead): readonly number[] => (shape.length === 0 ? [] : [count, ...shape.slice(1)]);

/** The part of the request that was ever written, in pieces of whole rows, and of whole chunks where those are small enough. */
function blocksOf({ from, count }: DatasetRead, stored: Metadata): readonly Block[] {
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
function withBlock(
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
function* runsOf(block: Block, request: DatasetRead, asked: readonly number[]): Generator<{ from: number; to: number; length: number }> {
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

const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);

function fillWith(values: ReturnType<typeof zeros>, fill: number | bigint | string): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) values.fill(BigInt(fill));
  else values.fill(Number(fill));
}
