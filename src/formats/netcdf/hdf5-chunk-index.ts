import { Bytes, type ReadAt } from './hdf5-bytes.ts';
import { type ChunkedShape, type ChunkIndex, chunkCount, readTree } from './hdf5-chunk-tree.ts';
import { MESSAGE, messagesAt } from './hdf5-object-header.ts';

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

const NONE = 0xffffffff;

/**
 * Where the file ends as it says itself, if addresses and lengths have eight bytes and are counted from its beginning, and its superblock has
 * no extension; else null. An extension may lead to an image of the library's cache: headers and nodes in it are newer than those in place.
 */
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
  // In old files, where free space is listed. Of either, all bits set is none.
  const isExtended = [bytes.number(4), bytes.number(4)].some((half) => half !== NONE);
  return isUsual && (isOld || !isExtended) ? bytes.place() : null;
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
