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

const MOST_CHUNKS = 1_000_000;
/** Far more than a tree of so many chunks has. */
const MOST_LEVELS = 8;

/**
 * Finds the chunks of a dataset by the address of its object header, where it is stored as the netCDF library does by default: plain numbers,
 * layout version 3, a B-tree of version 1. HDF5 File Format Specification 3.0, II, III.A.1 and IV.A.2.
 * @returns null: it is stored in some other way, or not as it should be; the library can say which
 */
export function chunkIndexAt(readAt: ReadAt, header: number, dataset: ChunkedShape): ChunkIndex | null {
  if (!hasUsualAddresses(readAt) || !areWholeRows(dataset)) return null;
  const messages = messagesAt(readAt, header)?.filter(({ isShared }) => !isShared) ?? [];
  const [type, layout] = [MESSAGE.datatype, MESSAGE.layout].map((wanted) => messages.filter((message) => message.type === wanted));
  if (type?.length !== 1 || layout?.length !== 1 || !isPlain(type[0]?.body, dataset)) return null;
  const root = treeIn(layout[0]?.body, dataset);
  return root === null ? null : readTree(readAt, root, dataset);
}

/** Addresses and lengths of eight bytes, counted from the beginning of the file. */
function hasUsualAddresses(readAt: ReadAt): boolean {
  const start = readAt(0, 40);
  if (start === null) return false;
  const bytes = new Bytes(start);
  if (!bytes.isSigned('\x89HDF\r\n\x1a\n')) return false;
  const version = bytes.number(1);
  const isOld = version <= 1;
  bytes.at = isOld ? 13 : 9;
  const isEight = bytes.number(1) === 8 && bytes.number(1) === 8;
  bytes.at = isOld ? 24 + 4 * version : 12;
  return version <= 3 && isEight && bytes.place() === 0;
}

const areWholeRows = ({ shape, chunks }: ChunkedShape): boolean =>
  shape.length > 0 && chunks.length === shape.length && chunks.every((length, i) => length > 0 && (i === 0 || length === shape[i]));

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

function readTree(readAt: ReadAt, root: number, { shape, chunks }: ChunkedShape): ChunkIndex | null {
  const [rows = 0, chunkRows = 1] = [shape[0], chunks[0]];
  const count = Math.ceil(rows / chunkRows);
  if (count > MOST_CHUNKS) return null;
  const index: ChunkIndex = { chunkRows, addresses: new Float64Array(count).fill(Number.NaN), bytes: new Uint32Array(count) };
  const keyBytes = 8 + 8 * (chunks.length + 1);
  let nodes = [root];
  let level = -1;
  for (let depth = 0; nodes.length > 0; depth++) {
    if (depth > MOST_LEVELS || nodes.length > count + 1) return null;
    const below: number[] = [];
    for (const address of nodes) {
      const start = readAt(address, 24);
      if (start === null) return null;
      const head = new Bytes(start);
      const isTree = head.isSigned('TREE') && head.number(1) === 1;
      const [own, entries] = [head.number(1), head.number(2)];
      if (!isTree || (level !== -1 && own !== level) || !(entries <= count)) return null;
      level = own;
      const content = readAt(address + 24, entries * (keyBytes + 8));
      if (content === null || !readNode(new Bytes(content), { entries, chunks }, own === 0 ? index : below)) return null;
    }
    nodes = below;
    level -= 1;
  }
  return index;
}

/** Puts what a node leads to into the index, or its children's addresses into a list. False: it is not as it should be. */
function readNode(
  bytes: Bytes,
  { entries, chunks }: { readonly entries: number; readonly chunks: readonly number[] },
  into: ChunkIndex | number[],
): boolean {
  for (let entry = 0; entry < entries; entry++) {
    const [size, skippedFilters, row] = [bytes.number(4), bytes.number(4), bytes.place()];
    const isWhole = chunks.every(() => bytes.place() === 0);
    const address = bytes.place();
    if (!Number.isFinite(address) || !isWhole) return false;
    if ('push' in into) {
      into.push(address);
      continue;
    }
    const number = row / into.chunkRows;
    if (!(skippedFilters === 0 && number < into.addresses.length) || !Number.isNaN(into.addresses[number])) return false;
    into.addresses[number] = address;
    into.bytes[number] = size;
  }
  return true;
}
