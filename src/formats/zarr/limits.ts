/** What a store may ask for before it is refused: metadata from elsewhere must not decide how much memory is taken. */
export interface ZarrLimits {
  /** Bytes of one decoded chunk. The widest chunks in use (xarray's harvesters) are 100 MB. */
  readonly chunkBytes: number;
  /** Bytes of the values that one read gives back. */
  readonly readBytes: number;
}

export const DEFAULT_LIMITS: ZarrLimits = { chunkBytes: 256 * 2 ** 20, readBytes: 2 ** 30 };

/** `.zmetadata` of the largest known streams is below 1 MB. */
export const METADATA_BYTES = 64 * 2 ** 20;

/** As many as numpy allowed until its version 2. */
export const DIMENSIONS = 32;

/** Fixed-length text: the widest in use is 36 bytes. */
export const TEXT_BYTES = 65_536;
