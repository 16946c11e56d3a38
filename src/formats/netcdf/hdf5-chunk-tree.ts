import { Bytes, type ReadAt } from './hdf5-bytes.ts';

/** Where the chunks of a dataset lie in its file: one after the other along the first dimension, each with whole rows. */
export interface ChunkIndex {
  readonly chunkRows: number;
  /** By number; NaN: it was never written. */
  readonly addresses: Float64Array;
  /** As they are stored. */
  readonly bytes: Uint32Array;
}

/** What the library says of the dataset. */
export interface ChunkedShape {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly itemBytes: number;
}

/** Far more than a tree of a million chunks has. */
const MOST_LEVELS = 8;
/** Of a node, where the file does not say otherwise, which the netCDF library never does. */
const MOST_CHILDREN = 64;

export const chunkCount = ({ shape, chunks }: ChunkedShape): number => Math.ceil((shape[0] ?? 0) / (chunks[0] ?? 1));

/** A node of the tree and the rows that its parents leave to it: from the first to the one before the second. */
interface Branch {
  readonly address: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The chunks that a B-tree of version 1 leads to, which are those the library would find: it searches by the keys, so they must be in order,
 * and each node's within those of its parents. HDF5 File Format Specification 3.0, III.A.1.
 * @returns null: it is no such tree
 */
export function readTree(readAt: ReadAt, root: number, dataset: ChunkedShape): ChunkIndex | null {
  const { chunks } = dataset;
  const count = chunkCount(dataset);
  const chunkRows = chunks[0] ?? 1;
  const index: ChunkIndex = { chunkRows, addresses: new Float64Array(count).fill(Number.NaN), bytes: new Uint32Array(count) };
  const keyBytes = 8 + 8 * (chunks.length + 1);
  let branches: readonly Branch[] = [{ address: root, from: 0, to: count * chunkRows }];
  let level = -1;
  for (let depth = 0; branches.length > 0; depth++) {
    if (depth > MOST_LEVELS) return null;
    const below: Branch[] = [];
    for (const branch of branches) {
      const start = readAt(branch.address, 24);
      if (start === null) return null;
      const head = new Bytes(start);
      const isTree = head.isSigned('TREE') && head.number(1) === 1;
      const [own, children] = [head.number(1), head.number(2)];
      if (!isTree || (level !== -1 && own !== level) || !(children <= MOST_CHILDREN)) return null;
      level = own;
      const content = readAt(branch.address + 24, children * (keyBytes + 8) + keyBytes);
      const node: TreeNode = { branch, children, dataset };
      if (content === null || !readNode(new Bytes(content), node, own === 0 ? index : below)) return null;
    }
    branches = below;
    level -= 1;
  }
  return index;
}

interface TreeNode {
  readonly branch: Branch;
  readonly children: number;
  readonly dataset: ChunkedShape;
}

/**
 * Puts what a node leads to into the index, or its children into a list. As keys are in order, neither gets more than there are chunks.
 * False: it is not as it should be.
 */
function readNode(bytes: Bytes, { branch, children, dataset }: TreeNode, into: ChunkIndex | Branch[]): boolean {
  let key = keyIn(bytes, dataset);
  for (let child = 0; child < children; child++) {
    const address = bytes.place();
    const next = keyIn(bytes, dataset);
    const { row, size } = key;
    const to = Math.min(next.end, branch.to);
    if (!(branch.from <= row && row < to && key.isOfChunk && Number.isFinite(address))) return false;
    if ('push' in into) into.push({ address, from: row, to });
    else {
      into.addresses[row / into.chunkRows] = address;
      into.bytes[row / into.chunkRows] = size;
    }
    key = next;
  }
  return true;
}

interface Key {
  /** Of the chunk as it is stored. */
  readonly size: number;
  readonly row: number;
  /** The row that all chunks before it are before; NaN: no key is like that. */
  readonly end: number;
  /** It has gone through all filters, and begins where its rows do. The key behind the last chunk is of none, and is often in its row. */
  readonly isOfChunk: boolean;
}

function keyIn(bytes: Bytes, { chunks, itemBytes }: ChunkedShape): Key {
  const [size, skippedFilters, row] = [bytes.number(4), bytes.number(4), bytes.place()];
  let isPlace = row % (chunks[0] ?? 1) === 0;
  let isRowStart = true;
  for (let dimension = 1; dimension <= chunks.length; dimension++) {
    const at = bytes.place();
    isPlace &&= at % (chunks[dimension] ?? itemBytes) === 0;
    isRowStart &&= at === 0;
  }
  const end = isRowStart ? row : row + 1;
  return { size, row, end: isPlace ? end : Number.NaN, isOfChunk: skippedFilters === 0 && isPlace && isRowStart };
}
