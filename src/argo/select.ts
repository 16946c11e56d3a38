import { CORE_PREFIXES, type KnownPrefix, type ProfileKey, profilePath, SYNTHETIC_PREFIXES } from './names.ts';

/** The files of one profile in load order: synthetic first, then core. Never empty. Paths are relative to the mirror root. */
export interface ProfileGroup extends ProfileKey {
  readonly files: readonly string[];
}

/**
 * Chooses which of the files that are present make a profile: the best synthetic one, then the best core one.
 * B files are never chosen (their content is in the synthetic file), nor are unknown prefixes.
 * Returns null when nothing that can be loaded is present: the profile does not exist.
 */
export function selectFiles(key: ProfileKey, prefixes: ReadonlySet<string>): ProfileGroup | null {
  const best = (order: readonly KnownPrefix[]): readonly KnownPrefix[] => order.filter((prefix) => prefixes.has(prefix)).slice(0, 1);
  const chosen = [...best(SYNTHETIC_PREFIXES), ...best(CORE_PREFIXES)];
  return chosen.length === 0 ? null : { ...key, files: chosen.map((prefix) => profilePath(key, prefix)) };
}

/** A line of the work list: the paths, blank separated. Lists are ordered by the bytes of these lines. */
export const groupLine = (group: ProfileGroup): string => group.files.join(' ');
