/** Bounds that keep memory and time in hand whatever a file claims. Bytes, counts and milliseconds. */
export interface NetcdfLimits {
  /** Largest classic header that is looked at. */
  readonly headerBytes: number;
  /** Most dimensions, and most variables, of one file. */
  readonly names: number;
  /** Most dimensions of one variable. */
  readonly rank: number;
  /** Most bytes that one call of `read` may make. */
  readonly readBytes: number;
}

export const DEFAULT_LIMITS: NetcdfLimits = {
  // Headers of real profile files have some 20 kB; every byte of a hostile one costs time and a few of memory.
  headerBytes: 16 * 1024 * 1024,
  // Eight times what the netCDF library long allowed (NC_MAX_VARS); every name costs some hundred bytes of memory.
  names: 65_536,
  // NC_MAX_VAR_DIMS of the netCDF library.
  rank: 1024,
  // A compressed file may rightly hold more than its own size, so the file's size is no bound there; 1 GiB fits every worker.
  readBytes: 1024 * 1024 * 1024,
};
