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
  // The largest real header met (a float's metadata file) has 40 kB; a walk over 16 MiB of hostile header takes well under a second.
  headerBytes: 16 * 1024 * 1024,
  // The netCDF library never allowed more than 8,192 variables; every name costs some hundred bytes of memory here.
  names: 65_536,
  // NC_MAX_VAR_DIMS of the netCDF library.
  rank: 1024,
  // A compressed file may rightly hold more than its own size, so the file's size is no bound there; 1 GiB fits every worker.
  readBytes: 1024 * 1024 * 1024,
};
