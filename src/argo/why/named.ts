import { isAbsolute, relative } from 'node:path';
import { parseProfilePath } from '../names.ts';

/** What a person may name: a profile, under a centre or wherever it is, or a float. */
export type Named =
  | { readonly kind: 'profile'; readonly dac: string | null; readonly wmo: string; readonly number: string }
  | { readonly kind: 'float'; readonly wmo: string };

const PROFILE = /^(?:([a-z]+)\/)?(\d{5,7})_(\d{3,4}D?)$/;
const FLOAT = /^(?:[a-z]+\/)?(\d{5,7})\/?$/;

/**
 * Reads `13857_001`, `aoml/13857_001`, `13857`, `aoml/13857`, a path of a profile file in the mirror, or the same from the root of the
 * machine. Null: it is none of these. Nothing else is ever looked up, so no name leads out of the mirror.
 */
export function parseNamed(text: string, mirror: string): Named | null {
  const path = isAbsolute(text) ? relative(mirror, text) : text;
  const file = parseProfilePath(path);
  if (file !== null) return { kind: 'profile', dac: file.dac, wmo: file.wmo, number: file.number };
  const profile = PROFILE.exec(path);
  if (profile !== null) {
    const [, dac = null, wmo = '', number = ''] = profile;
    return { kind: 'profile', dac, wmo, number };
  }
  const wmo = FLOAT.exec(path)?.[1];
  return wmo === undefined ? null : { kind: 'float', wmo };
}
