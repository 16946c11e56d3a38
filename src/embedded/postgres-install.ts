import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { Failure, messageOf } from '../errors.ts';
import { fetchPackages } from './apt.ts';
import { onPath } from './binaries.ts';
import { cached, cachedOrBuilt, type Workplace } from './cache.ts';
import { type Report, withProgress } from './progress.ts';
import { bound } from './tether.ts';

/** Where the programs of an unpacked PostgreSQL lie. */
export interface PostgresProgram {
  readonly bin: string;
}

export const POSTGRES_MAJOR = '18';
const BIN = `usr/lib/postgresql/${POSTGRES_MAJOR}/bin`;
const MODULES = `usr/lib/postgresql/${POSTGRES_MAJOR}/lib`;
const PACKAGE = `postgresql-${POSTGRES_MAJOR}-documentdb`;

/** The second part counts our own changes to what is kept and how it is patched. */
export const POSTGRES_BUILD = '1.0-1';
const ENTRY = { name: PACKAGE, version: POSTGRES_BUILD };

/** The programs that are run; all others of PostgreSQL are left as they are, and do not run. */
const PROGRAMS = ['postgres', 'initdb', 'psql'];

/** What of the unpacked packages is kept beside the folder of libraries. */
const KEPT = ['usr/lib/postgresql', 'usr/share/postgresql'];

/**
 * PostgreSQL with DocumentDB, as Debian packages them, unpacked into the cache.
 *
 * Its programs use the unpacked C library, newer than that of the machine: the loader and the library folders are written into them.
 * PostgreSQL finds its share folder relative to its own place, so the folder may lie anywhere.
 *
 * @throws {Failure} `dpkg_missing`, `packages_unavailable`, `postgres_not_patchable`
 */
export async function postgresProgram(report: Report): Promise<PostgresProgram> {
  const folder = await cachedOrBuilt(ENTRY, report, async (place) => {
    requireTools();
    await withProgress(report, `Fetching and unpacking PostgreSQL ${POSTGRES_MAJOR} with DocumentDB`, () => unpack(place));
  });
  return { bin: join(folder, BIN) };
}

/** Where an unpacked one lies in the cache, or null. */
export const installedPostgres = (): string | null => cached(ENTRY);

async function unpack({ result, scratch, final }: Workplace): Promise<void> {
  const fetched = await fetchPackages({ packages: [PACKAGE, 'patchelf'], suites: ['testing', 'unstable'], folder: join(scratch, 'apt') });
  const all = join(scratch, 'all');
  await mkdir(all);
  for (const archive of fetched) {
    const [command, args] = bound('dpkg', ['-x', archive, all]);
    await execa(command, args, { stdin: 'ignore' });
  }
  const libraries = await libraryFolder(all);
  await keep([...KEPT, libraries], all, result);
  await finishPostgis(result);
  await patch({ patchelf: join(all, 'usr/bin/patchelf'), result, final, libraries });
}

/** `usr/lib/x86_64-linux-gnu`, by the machine's kind. */
async function libraryFolder(root: string): Promise<string> {
  const name = (await readdir(join(root, 'usr/lib'))).find((entry) => entry.endsWith('-linux-gnu'));
  if (name === undefined) throw notPatchable('the packages hold no library folder');
  return join('usr/lib', name);
}

async function keep(paths: readonly string[], from: string, to: string): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rename(join(from, path), join(to, path));
  }
}

/** What the package's post-install script does otherwise. */
const finishPostgis = (root: string): Promise<void> =>
  symlink('postgis-3.control', join(root, 'usr/share/postgresql', POSTGRES_MAJOR, 'extension/postgis.control'));

interface Patchwork {
  readonly patchelf: string;
  readonly result: string;
  readonly final: string;
  /** Relative to both. */
  readonly libraries: string;
}

/**
 * Writes the final place of the loader and of the libraries into the programs and PostgreSQL's modules.
 * As RPATH, which also counts for what a library needs itself; the RUNPATH that the modules come with would not, and would win.
 */
async function patch({ patchelf, result, final, libraries }: Patchwork): Promise<void> {
  const loader = (await readdir(join(result, libraries))).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
  if (loader === undefined) throw notPatchable('the packages hold no loader');
  const programs = PROGRAMS.map((name) => join(result, BIN, name));
  const modules = (await readdir(join(result, MODULES))).filter((name) => name.endsWith('.so')).map((name) => join(result, MODULES, name));
  const rpath = [MODULES, libraries, join(libraries, 'blas'), join(libraries, 'lapack')].map((folder) => join(final, folder)).join(':');

  // The unpacked patchelf, run by the unpacked loader: the machine needs none of its own.
  const run = async (args: readonly string[]) => {
    const prefix = ['--library-path', join(result, libraries), patchelf];
    await execa(join(result, libraries, loader), [...prefix, ...args], { stdin: 'ignore' }).catch((cause: unknown) => {
      throw notPatchable(messageOf(cause), cause);
    });
  };
  await run(['--set-interpreter', join(final, libraries, loader), ...programs]);
  await run(['--force-rpath', '--set-rpath', rpath, ...programs, ...modules]);
}

function requireTools(): void {
  const missing = ['apt-get', 'dpkg'].filter((name) => onPath(name) === null);
  if (missing.length === 0) return;
  throw new Failure({
    kind: 'stop',
    code: 'dpkg_missing',
    happened: `The embedded database comes as Debian packages, and ${missing.join(' and ')} cannot be found`,
    expected: 'Debian, Ubuntu or another system with apt',
    remedy: 'Install MongoDB (LANDFALL_MONGOD_BIN names its mongod if it is not on PATH), or set MONGODB_URI',
  });
}

const notPatchable = (why: string, cause?: unknown): Failure =>
  new Failure({
    kind: 'stop',
    code: 'postgres_not_patchable',
    happened: `The unpacked PostgreSQL could not be made to run from its folder: ${why}`,
    remedy: 'Set MONGODB_URI or LANDFALL_MONGOD_BIN',
    cause,
  });
