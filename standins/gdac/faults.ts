import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Faults of the tree itself; those of the daemon are `Gdac.setFaults`. */

/** Names that look like profile files and are none, or are hard to read in a list. Relative to the tree. */
export const ODD_NAMES = [
  'aoml/1900000/profiles/R1900000_001 (copy).nc',
  'aoml/1900000/profiles/.R1900000_001.nc.Xa81b2',
  'aoml/1900000/profiles/r1900000_001.nc',
  'aoml/1900000/profiles/R1900000_1.nc',
  'aoml/1900000/profiles/R1900000_\u00e9.nc',
  'aoml/1900000/profiles/R1900000_\t001.nc',
  'aoml/1900000/profiles/QX1900000_001.nc',
  'aoml/1900000/profiles/-R1900000_001.nc',
] as const;

/** @returns the paths written, relative to the tree. */
export function addOddNames(tree: string): readonly string[] {
  for (const name of ODD_NAMES) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), 'no profile');
  }
  return ODD_NAMES;
}

/** A link named like a profile file that leads out of the tree. */
export function addSymlink(tree: string, path: string, target = '/etc/hostname'): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  symlinkSync(target, join(tree, path));
}

/** Nobody may read this folder. For root this holds only with the daemon's fault `obeysPermissions`. @returns what makes it readable again. */
export function makeUnreadable(tree: string, path: string): () => void {
  chmodSync(join(tree, path), 0o000);
  return () => chmodSync(join(tree, path), 0o755);
}
