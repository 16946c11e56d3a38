/** A file of HDF5 with the one dataset that it takes to look for chunks: of bytes, one to each chunk. Nothing of it but the index makes sense. */
export interface TreeFile {
  readonly bytes: Uint8Array;
  /** The address of the dataset's header. */
  readonly header: number;
}

type Field = readonly [width: number, value: number];

const HEADER = 96;
const ROOT = 192;
const CHUNK_BYTES = 16;

/**
 * One node to a level, from the root on, with so many children: all of them are the node below, and in the lowest the same chunk.
 * The keys of each node are in order.
 */
export function treeFile(children: readonly number[]): TreeFile {
  const nodes = children.map((count) => 24 + 32 * count + 24);
  const below = children.map((_, depth) => ROOT + nodes.slice(0, depth + 1).reduce((sum, length) => sum + length, 0));
  const end = below.at(-1) ?? ROOT;
  const superblock = [...'\x89HDF\r\n\x1a\n'].map((letter): Field => [1, letter.charCodeAt(0)]);
  superblock.push([5, 0], [1, 8], [1, 8], [9, 0], [8, 0], [8, 0], [8, end + CHUNK_BYTES]);
  const bytes = new Uint8Array(end + CHUNK_BYTES);
  bytes.set(packed(superblock));
  bytes.set(packed([[1, 1], [7, 2], [8, 56], ...message(0x03, 16, INTEGER), ...message(0x08, 24, layout(ROOT))]), HEADER);
  for (const [depth, count] of children.entries()) {
    const keys = Array.from({ length: count }, (_, row): readonly Field[] => [
      [8, CHUNK_BYTES],
      [8, row],
      [8, 0],
      [8, below[depth] ?? 0],
    ]);
    const head: readonly Field[] = [
      [4, 0x45455254],
      [1, 1],
      [1, children.length - 1 - depth],
      [2, count],
      [16, 0],
    ];
    bytes.set(packed([...head, ...keys.flat(), [8, 0], [8, count], [8, 0]]), (below[depth] ?? 0) - (nodes[depth] ?? 0));
  }
  return { bytes, header: HEADER };
}

const INTEGER: readonly Field[] = [
  [4, 0x10],
  [4, 1],
  [2, 0],
  [2, 8],
  [4, 0],
];
const layout = (root: number): readonly Field[] => [
  [1, 3],
  [1, 2],
  [1, 2],
  [8, root],
  [4, 1],
  [4, 1],
  [5, 0],
];
const message = (type: number, size: number, body: readonly Field[]): readonly Field[] => [[2, type], [2, size], [4, 0], ...body];

const packed = (fields: readonly Field[]): Uint8Array =>
  Uint8Array.from(fields.flatMap(([width, value]) => Array.from({ length: width }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256)));
