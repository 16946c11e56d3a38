import { unshuffleInto } from '../shuffle.ts';
import { Bytes, type ReadAt } from './hdf5-bytes.ts';
import { chunkIndexAt } from './hdf5-chunk-index.ts';
import type { ChunkIndex } from './hdf5-chunk-tree.ts';
import type { DatasetMetadata, Hdf5Library } from './hdf5-library.ts';
import { createInflater } from './inflate.ts';

/**
 * Chunks that are read past the library: found by its description of the dataset, unpacked by the machine's own zlib instead of one in
 * WebAssembly. That takes half of the time. Whatever is unusual or damaged is left to the library, which can tell what it is;
 * damage that no value depends on is not looked for.
 */
export interface DirectDataset {
  /** Puts rows `from` to `from + count - 1` into `target`. False: not all of them can be read so, and `target` is for the library to fill. */
  read(from: number, count: number, target: Uint8Array): boolean;
}

/** What the datasets of an open file share. */
export interface DirectFile {
  readonly readAt: ReadAt;
  /** How many chunks those may have that are not open yet: memory is kept for each, whether it was ever written or not. */
  chunksLeft: number;
}

const MOST_CHUNKS = 1_000_000;

export const directFile = (readAt: ReadAt): DirectFile => ({ readAt, chunksLeft: MOST_CHUNKS });

/** Larger ones are rare, and memory for one is kept. */
const MOST_CHUNK_BYTES = 16 * 1024 * 1024;

/** The chunk that was wanted in part last, of any file: often its other rows are wanted next. */
const last: { of: ChunkIndex | null; number: number; bytes: Uint8Array } = { of: null, number: -1, bytes: new Uint8Array() };

const inflater = createInflater();

const DEFLATE = 1;
const SHUFFLE = 2;

/** @returns null: it is for the library */
export function openDirectly(
  { module }: Hdf5Library,
  file: bigint,
  dataset: string,
  stored: DatasetMetadata,
  directly: DirectFile,
): DirectDataset | null {
  const { shape, chunks, size: itemBytes } = stored;
  if (shape === null || chunks === null || stored.vlen) return null;
  const filters = module.get_dataset_filters(file, `/${dataset}`);
  const [packing, before, ...others] = filters.toReversed();
  const isShuffled = before !== undefined;
  if (packing === undefined || !isDeflate(packing) || (isShuffled && !isShuffle(before, itemBytes)) || others.length > 0) return null;
  const chunkBytes = chunks.reduce((product, length) => product * length, itemBytes);
  if (!(chunkBytes > 0 && chunkBytes <= MOST_CHUNK_BYTES)) return null;
  const header = addressIn(module.create_object_reference(file, `/${dataset}`));
  const index = chunkIndexAt(directly.readAt, header, { shape, chunks, itemBytes }, directly.chunksLeft);
  if (index === null) return null;
  directly.chunksLeft -= index.addresses.length;
  return directDataset(directly.readAt, index, { chunkBytes, itemBytes, isShuffled });
}

type Filter = ReturnType<Hdf5Library['module']['get_dataset_filters']>[number];

const isDeflate = ({ id, cd_values: [level = Number.NaN, ...others] }: Filter): boolean =>
  id === DEFLATE && level <= 9 && others.length === 0;

/** The library goes by the size that the file gives to the filter, whatever the size of the values. */
const isShuffle = ({ id, cd_values }: Filter, itemBytes: number): boolean => id === SHUFFLE && cd_values.join() === String(itemBytes);

/** A reference to an object is the address of its header. The library gives it as a list of numbers. */
const addressIn = (reference: Iterable<number>): number => new Bytes(Uint8Array.from(reference)).place();

interface ChunkForm {
  readonly chunkBytes: number;
  readonly itemBytes: number;
  readonly isShuffled: boolean;
}

function directDataset(readAt: ReadAt, index: ChunkIndex, { chunkBytes, itemBytes, isShuffled }: ChunkForm): DirectDataset {
  const rowBytes = chunkBytes / index.chunkRows;

  const unpackInto = (number: number, target: Uint8Array): boolean => {
    const [address = Number.NaN, packedBytes = 0] = [index.addresses[number], index.bytes[number]];
    const packed = packedBytes <= 2 * MOST_CHUNK_BYTES ? readAt(address, packedBytes) : null;
    const unpacked = packed === null ? null : inflater.unpack(packed, chunkBytes);
    if (unpacked === null) return false;
    if (isShuffled) unshuffleInto(unpacked, itemBytes, target);
    else target.set(unpacked);
    return true;
  };

  /** The whole chunk; what it holds changes with the next call. */
  const wholeChunk = (number: number): Uint8Array | null => {
    if (last.of === index && last.number === number) return last.bytes;
    last.of = null;
    if (last.bytes.byteLength !== chunkBytes) last.bytes = new Uint8Array(chunkBytes);
    if (!unpackInto(number, last.bytes)) return null;
    last.of = index;
    last.number = number;
    return last.bytes;
  };

  return {
    read(from, count, target) {
      const wanted = index.addresses.subarray(Math.floor(from / index.chunkRows), Math.ceil((from + count) / index.chunkRows));
      if (wanted.some((address) => Number.isNaN(address))) return false;
      for (let done = 0; done < count; ) {
        const number = Math.floor((from + done) / index.chunkRows);
        const inChunk = from + done - number * index.chunkRows;
        const rows = Math.min(count - done, index.chunkRows - inChunk);
        const place = target.subarray(done * rowBytes, (done + rows) * rowBytes);
        if (rows === index.chunkRows) {
          if (!unpackInto(number, place)) return false;
        } else {
          const chunk = wholeChunk(number);
          if (chunk === null) return false;
          place.set(chunk.subarray(inChunk * rowBytes, (inChunk + rows) * rowBytes));
        }
        done += rows;
      }
      return true;
    },
  };
}
