import { join } from 'node:path';
import { type ExecaError, execa } from 'execa';
import { cachedOrBuilt } from '../../src/embedded/cache.ts';

/** The readers that users of the stores have. */
const PACKAGES = ['xarray==2026.9.0', 'zarr==3.1.6', 's3fs==2026.9.0', 'netCDF4==1.7.5.1.post1'];

/** Readers of Parquet, which those of stores do not need. */
export const PARQUET_READERS = ['pyarrow==26.0.1'];

export type Python =
  | { readonly isThere: true; run(script: string, ...args: readonly string[]): Promise<string> }
  | { readonly isThere: false; readonly why: string };

/** A Python of its own with xarray and zarr-python, made once per user; where it cannot be had, why not. */
export async function foreignPython(packages: readonly string[] = PACKAGES): Promise<Python> {
  try {
    const entry = { name: 'python', version: packages.map((name) => name.replace('==', '-')).join('-') };
    const folder = await cachedOrBuilt(entry, console.error, async ({ result }) => {
      await execa('python3', ['-m', 'venv', result]);
      const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '20', ...packages];
      await execa(join(result, 'bin/python'), install, { timeout: 5 * 60_000 });
    });
    return { isThere: true, run: (script, ...args) => run(join(folder, 'bin/python'), script, args) };
  } catch (error) {
    return { isThere: false, why: `${packages.join(', ')} cannot be had (${lastLine(error)})` };
  }
}

/** What the script prints. Warnings count as errors: a store that makes readers warn is not right. */
async function run(python: string, script: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa(python, ['-W', 'error', '-c', script, ...args], { maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

const lastLine = (error: unknown): string => {
  const text = isExeca(error) ? error.stderr || error.shortMessage : String(error);
  return text.trim().split('\n').at(-1) ?? '';
};

const isExeca = (error: unknown): error is ExecaError & { readonly stderr: string } =>
  error instanceof Error && 'shortMessage' in error && 'stderr' in error;
