import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './lock.js';
import { runQuietly } from './run.js';
import { Sentence, say, saying } from './say.js';

/**
 * Brings node_modules to what package-lock.json says.
 * The stamp is written last: without the right one an installation does not count and is repeated.
 */
export async function ensurePackages(root) {
  if (isStamped(root)) return;
  const release = await takeLock(join(root, '.landfall', 'locks', 'packages'), ({ pid }) =>
    say(`Waiting for process ${pid}, which is installing packages here`),
  );
  try {
    if (isStamped(root)) return;
    if (!matchesLockfile(root)) await saying('Installing packages from package-lock.json', () => install(root));
    writeFileSync(stampIn(root), lockfileHash(root));
  } finally {
    release();
  }
}

async function install(root) {
  const { ok, output } = await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  if (!ok)
    throw new Sentence(
      `Packages could not be installed. npm ci said:\n${output.trimEnd()}\nIs the registry within reach? Try again, or run npm ci by hand.`,
    );
}

/** Whether what package-lock.json says is there, by our stamp or by somebody's own `npm ci`. */
export const hasPackages = (root) => isStamped(root) || matchesLockfile(root);

const isStamped = (root) => existsSync(stampIn(root)) && readFileSync(stampIn(root), 'utf8') === lockfileHash(root);

const stampIn = (root) => join(root, 'node_modules', '.landfall-installed');

const lockfileHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

/** Whether somebody's own `npm ci` has done it: npm writes node_modules/.package-lock.json when all is there, and removes it first. */
function matchesLockfile(root) {
  const inside = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(inside)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(inside);
  const agrees = ([path, { version, integrity }]) => wanted[path]?.version === version && wanted[path]?.integrity === integrity;
  return (
    Object.entries(found).every(agrees) && Object.entries(wanted).every(([path, { optional }]) => path === '' || optional || path in found)
  );
}

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
