import { Failure } from '../../errors.ts';
import { openClassic } from './classic-file.ts';
import type { Container, NetcdfFile } from './file.ts';
import { openHdf5File } from './hdf5-file.ts';
import type { Hdf5Pool } from './hdf5-pool.ts';
import { DEFAULT_LIMITS, type NetcdfLimits } from './limits.ts';
import { type ByteSource, fileSource, memorySource } from './source.ts';
import { unreadable } from './unreadable.ts';

export interface OpenOptions {
  /** The file's content where the caller already holds it; values of one-byte types are then views of it. */
  readonly bytes?: Uint8Array;
  /** Reads NetCDF-4 files; without it they are refused. */
  readonly hdf5?: Hdf5Pool;
  readonly limits?: Partial<NetcdfLimits>;
}

/**
 * Opens a NetCDF file of any container, told apart by its first bytes. Reads the header only; `read` fetches what is asked for.
 * Node's own errors (ENOENT, EACCES, …) pass through.
 * @throws {Failure} `unreadable_file` (kind stop): not NetCDF, cut short, or damaged. Every byte that the header promises is known to exist when this returns.
 */
export async function openNetcdf(path: string, options: OpenOptions = {}): Promise<NetcdfFile> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const source = options.bytes === undefined ? await fileSource(path) : memorySource(path, options.bytes);
  try {
    return await openContainer(source, options, limits);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openContainer(source: ByteSource, { bytes, hdf5 }: OpenOptions, limits: NetcdfLimits): Promise<NetcdfFile> {
  const container = detectContainer(await source.read(0, Math.min(source.size, 8)));
  if (container === null) {
    const what = source.size === 0 ? 'it is empty' : 'it begins with the bytes of no NetCDF container';
    throw unreadable({ path: source.path, what, offset: 0, expected: 'CDF and 1, 2 or 5, or the signature of HDF5' });
  }
  if (container !== 'hdf5') return openClassic(source, container, limits);
  if (hdf5 === undefined) {
    const happened = `${source.path} is NetCDF-4, and openNetcdf was given no HDF5 pool to read it with`;
    throw new Failure({ kind: 'stop', code: 'no_hdf5_pool', happened, remedy: 'Pass the pool of createHdf5Pool as the option hdf5' });
  }
  await source.close();
  return openHdf5File({ path: source.path, bytes }, hdf5, limits);
}

const HDF5_SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Which container a file is, by its first eight bytes; null for anything else. */
export function detectContainer(head: Uint8Array): Container | null {
  if (HDF5_SIGNATURE.equals(head)) return 'hdf5';
  if (head[0] !== 0x43 || head[1] !== 0x44 || head[2] !== 0x46) return null;
  if (head[3] === 1) return 'classic';
  if (head[3] === 2) return 'offset64';
  return head[3] === 5 ? 'cdf5' : null;
}
