import { Bytes, type ReadAt } from './hdf5-bytes.ts';
import { MESSAGE, messagesAt } from './hdf5-object-header.ts';

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

/** Far more than a tree of `MOST_CHUNKS` has. */
const MOST_LEVELS = 8;
/** Of a node, where the file does not say otherwise, which the netCDF library never does. */
const MOST_CHILDREN = 64;

/**
 * Finds the chunks of a dataset by the address of its object header, where it is stored as the netCDF library does by default: plain numbers,
 * layout version 3, a B-tree of version 1. HDF5 File Format Specification 3.0, II, III.A.1 and IV.A.2.
 * @param most  how many chunks it may have
 * @returns null: it is stored in some other way, or not as it should be; the library can say which
 */
export function chunkIndexAt(readAt: ReadAt, header: number, dataset: ChunkedShape, most: number): ChunkIndex | null {
  const end = usualEnd(readAt);
  if (end === null || !areWholeRows(dataset) || chunkCount(dataset) > most) return null;
  const messages = messagesAt(readAt, header)?.filter(({ isShared }) => !isShared) ?? [];
  const [type, layout] = [MESSAGE.datatype, MESSAGE.layout].map((wanted) => messages.filter((message) => message.type === wanted));
  if (type?.length !== 1 || layout?.length !== 1 || !isPlain(type[0]?.body, dataset)) return null;
  const root = treeIn(layout[0]?.body, dataset);
  const index = root === null ? null : readTree(readAt, root, dataset);
  return index?.addresses.every((address, number) => Number.isNaN(address) || address + (index.bytes[number] ?? 0) <= end) ? index : null;
}

/** Where the file ends as it says itself, if addresses and lengths have eight bytes and are counted from its beginning; else null. */
function usualEnd(readAt: ReadAt): number | null {
  const start = readAt(0, 52);
  if (start === null) return null;
  const bytes = new Bytes(start);
  if (!bytes.isSigned('\x89HDF\r\n\x1a\n')) return null;
  const version = bytes.number(1);
  const isOld = version <= 1;
  bytes.at = isOld ? 13 : 9;
  const isEight = bytes.number(1) === 8 && bytes.number(1) === 8;
  bytes.at = isOld ? 24 + 4 * version : 12;
  const isUsual = version <= 3 && isEight && bytes.place() === 0;
  bytes.at += 8;
  return isUsual ? bytes.place() : null;
}

const areWholeRows = ({ shape, chunks }: ChunkedShape): boolean =>
  shape.length > 0 && chunks.length === shape.length && chunks.every((length, i) => length > 0 && (i === 0 || length === shape[i]));

const chunkCount = ({ shape, chunks }: ChunkedShape): number => Math.ceil((shape[0] ?? 0) / (chunks[0] ?? 1));

const [INTEGER, FLOAT, TEXT] = [0, 1, 3];

/** An integer or a float whose bits fill its little-endian bytes, or a character of one byte. */
function isPlain(body: Uint8Array | undefined, { itemBytes }: ChunkedShape): boolean {
  const bytes = new Bytes(body ?? new Uint8Array());
  const kind = bytes.number(1) & 0x0f;
  const isLittleEndian = (bytes.number(1) & 0x01) === 0;
  bytes.at = 4;
  if (bytes.number(4) !== itemBytes) return false;
  if (kind === TEXT) return itemBytes === 1;
  const [bitOffset, bits] = [bytes.number(2), bytes.number(2)];
  return (kind === INTEGER || kind === FLOAT) && isLittleEndian && bitOffset === 0 && bits === 8 * itemBytes;
}

/** The address of the tree. */
function treeIn(body: Uint8Array | undefined, { chunks, itemBytes }: ChunkedShape): number | null {
  const bytes = new Bytes(body ?? new Uint8Array());
  const [version, kind, dimensions, root] = [bytes.number(1), bytes.number(1), bytes.number(1), bytes.place()];
  const isExpected = version === 3 && kind === 2 && dimensions === chunks.length + 1;
  return isExpected && [...chunks, itemBytes].every((length) => bytes.number(4) === length) ? root : null;
}

/** A node of the tree and the rows that its parents leave to it: from the first to the one before the second. */
interface Branch {
  readonly address: number;
  readonly from: number;
  readonly to: number;
}

/** What the library would find: it searches by the keys, so they must be in order, and each node's within those of its parents. */
function readTree(readAt: ReadAt, root: number, dataset: ChunkedShape): ChunkIndex | null {
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
      const node: Node = { branch, children, dataset };
      if (content === null || !readNode(new Bytes(content), node, own === 0 ? index : below)) return null;
    }
    branches = below;
    level -= 1;
  }
  return index;
}

interface Node {
  readonly branch: Branch;
  readonly children: number;
  readonly dataset: ChunkedShape;
}

/**
 * Puts what a node leads to into the index, or its children into a list. As keys are in order, neither gets more than there are chunks.
 * False: it is not as it should be.
 */
function readNode(bytes: Bytes, { branch, children, dataset }: Node, into: ChunkIndex | Branch[]): boolean {
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
