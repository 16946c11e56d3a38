import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { errnoOf, Failure } from '../errors.ts';
import { bound } from './tether.ts';

/** Packages fetched by an apt of our own: nothing is installed into the system, and nobody needs to be root. */
export interface AptFetch {
  readonly packages: readonly string[];
  /** Tried one after another until one carries the packages. */
  readonly suites: readonly string[];
  /** For apt's state and archives. */
  readonly folder: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Downloads the packages with all they depend on, but no recommendations, and returns the archives' paths.
 * The mirror is the one that the machine's own sources name; what it sends is checked against Debian's keyring.
 *
 * @throws {Failure} `packages_unavailable`
 */
export async function fetchPackages({ packages, suites, folder }: AptFetch): Promise<readonly string[]> {
  const mirror = await debianMirror('/etc/apt');
  if (mirror === null) {
    throw new Failure({
      kind: 'stop',
      code: 'packages_unavailable',
      happened: `${packages.join(', ')} could not be fetched: no source in /etc/apt names a Debian mirror`,
      expected: 'an address that ends in /debian',
      remedy: 'Set MONGODB_URI, or LANDFALL_MONGOD_BIN, or put mongod on the PATH',
    });
  }
  let complaint = '';
  for (const suite of suites) {
    const config = await aptRoot(join(folder, suite), `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
    const outcome = await downloaded(config, packages);
    if (outcome === null) return archives(join(folder, suite, 'cache', 'archives'));
    complaint = `${complaint}${suite}: ${outcome}\n`;
  }
  throw new Failure({
    kind: 'again',
    code: 'packages_unavailable',
    happened: `${packages.join(', ')} could not be fetched from ${mirror}:\n${complaint}`,
    expected: `Debian's ${suites.join(' or ')} suite within reach, and its keys in ${KEYRING} (package debian-archive-keyring)`,
    remedy: 'Try again, or set MONGODB_URI or LANDFALL_MONGOD_BIN, or put mongod on the PATH',
  });
}

/** Null when all is there, else the end of what apt said. */
async function downloaded(config: string, packages: readonly string[]): Promise<string | null> {
  for (const args of [['update'], ['install', '--yes', '--download-only', ...packages]]) {
    const [command, bounded] = bound('apt-get', ['-q', ...args]);
    const { failed, all } = await execa(command, bounded, {
      env: { APT_CONFIG: config, LC_ALL: 'C' },
      all: true,
      reject: false,
      stdin: 'ignore',
    });
    if (failed) return all.trimEnd().split('\n').slice(-4).join('\n');
  }
  return null;
}

/** An apt with its own state, archives and sources; proxies and the like still come from the machine's own settings. */
async function aptRoot(root: string, source: string): Promise<string> {
  await mkdir(join(root, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(root, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(root, 'status'), '');
  await writeFile(join(root, 'sources.list'), source);
  const settings: Readonly<Record<string, string>> = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root', // apt's own user could not reach a cache folder below a home folder
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Retries': '2',
  };
  const config = join(root, 'apt.conf');
  await writeFile(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );
  return config;
}

async function archives(folder: string): Promise<readonly string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.deb'))
    .sort()
    .map((name) => join(folder, name));
}

/** The Debian mirror that the machine's own sources name: an address whose path ends in `debian`; null: none. */
export async function debianMirror(folder: string): Promise<string | null> {
  const texts = await Promise.all([...(await listed(join(folder, 'sources.list.d'))), join(folder, 'sources.list')].map(readOrEmpty));
  for (const text of texts) {
    const address = mirrorIn(text);
    if (address !== null) return address;
  }
  return null;
}

/** In either notation: `deb http://host/debian suite main`, or a line `URIs: http://host/debian`. */
export function mirrorIn(sources: string): string | null {
  for (const line of sources.split('\n')) {
    if (!/^(deb\s|URIs:)/.test(line)) continue;
    const address = line.split(/\s+/).find((word) => /^https?:\/\/.*\/debian\/?$/.test(word));
    if (address !== undefined) return address.replace(/\/$/, '');
  }
  return null;
}

async function listed(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort().map((name) => join(folder, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
