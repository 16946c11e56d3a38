/**
 * Where the objects of one Zarr store lie: keys are relative to its root, such as `.zmetadata` or `time/0`.
 *
 * The room of Zarr asks for nothing more, so a folder, a bucket's prefix and a Map all fit.
 */
export interface ChunkReader {
  /** The whole object, or null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
}

export interface ChunkStore extends ChunkReader {
  /** Stores the object whole or not at all; an existing one is replaced. */
  set(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** Every key below the prefix. Only a store without `.zmetadata` needs it. */
  list?(prefix: string): AsyncIterable<string>;
}

/** One object on its way into a store. What is written, when, and in which order is the caller's to decide. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}
