/** File names of the Argo profile tree. Source: Argo user's manual, "file naming convention"; GDAC layout `<dac>/<wmo>/profiles/<prefix><wmo>_<cycle>[D].nc`. */

export const CORE_PREFIXES = ['D', 'R'] as const;
export const SYNTHETIC_PREFIXES = ['SD', 'SR'] as const;
export const BIO_PREFIXES = ['BD', 'BR'] as const;
export type KnownPrefix = (typeof CORE_PREFIXES)[number] | (typeof SYNTHETIC_PREFIXES)[number] | (typeof BIO_PREFIXES)[number];

const KNOWN_PREFIXES: ReadonlySet<string> = new Set<string>([...CORE_PREFIXES, ...SYNTHETIC_PREFIXES, ...BIO_PREFIXES]);

/** Whether files of this prefix are part of today's tree. */
export const isKnownPrefix = (prefix: string): boolean => KNOWN_PREFIXES.has(prefix);

/** One profile of one float as the tree names it. `number` is the cycle's digits with an optional `D`, exactly as in the file name. */
export interface ProfileKey {
  readonly dac: string;
  readonly wmo: string;
  readonly number: string;
}

export interface ProfileFileName extends ProfileKey {
  /** One or two capital letters; not always a known one (`MR`, `MD` are obsolete but still met). */
  readonly prefix: string;
}

const PROFILE_PATH = /^([a-z]+)\/(\d{5,7})\/profiles\/([A-Z]{1,2})(\d{5,7})_(\d{3,4}D?)\.nc$/;

/** Reads a path relative to the mirror root (the level of the DAC folders), or returns null when it names no profile file. */
export function parseProfilePath(path: string): ProfileFileName | null {
  const match = PROFILE_PATH.exec(path);
  if (match === null) return null;
  const [, dac = '', folder = '', prefix = '', wmo = '', number = ''] = match;
  return folder === wmo ? { dac, wmo, prefix, number } : null;
}

export const profilePath = ({ dac, wmo, number }: ProfileKey, prefix: string): string =>
  `${dac}/${wmo}/profiles/${prefix}${wmo}_${number}.nc`;

/** `<wmo>_<number>`: how the tree's lists name a profile, whatever its content says. */
export const listName = ({ wmo, number }: ProfileKey): string => `${wmo}_${number}`;

/** `<dac>/<wmo>_<number>`: names a profile of the tree uniquely (a float moved to another DAC is in two of them for a while). */
export const keyText = (key: ProfileKey): string => `${key.dac}/${listName(key)}`;

const KEY_TEXT = /^([a-z]+)\/(\d{5,7})_(\d{3,4}D?)$/;

export function parseKeyText(text: string): ProfileKey | null {
  const match = KEY_TEXT.exec(text);
  if (match === null) return null;
  const [, dac = '', wmo = '', number = ''] = match;
  return { dac, wmo, number };
}
