import { withSignsOfLife } from '../transfer/signs-of-life.ts';
import { sortUnique } from '../transfer/sort.ts';
import { pagesOf, platformsOf, type SortSettings, summarise } from './mirror-plan.ts';
import { isKnownPrefix, type ProfileKey } from './names.ts';
import { selectFiles } from './select.ts';
import { listPlatforms, type PlatformChanges, type PlatformFolder, profilesOf } from './tree.ts';

/** What a mirror holds to be loaded. */
export interface RebuildSummary {
  readonly platforms: number;
  /** That have a file to load, by their keys: one that two centres hold counts twice. */
  readonly profiles: number;
  /** Files of prefixes that are never loaded (`MR`, `MD`), by prefix. */
  readonly ignoredPrefixes: Readonly<Record<string, number>>;
}

export interface RebuildPages {
  readonly summary: RebuildSummary;
  /** Whole floats, about `batchSize` profiles a page. */
  readonly pages: () => AsyncGenerator<readonly PlatformChanges[], void, undefined>;
}

/** The files of one float at one centre: prefixes by profile number. */
export interface PlatformProfiles extends PlatformFolder {
  readonly profiles: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface RebuildSource {
  readonly platforms: AsyncIterable<PlatformProfiles>;
  /** Profiles that are looked at whether or not a file of theirs is there. */
  readonly more: AsyncIterable<readonly ProfileKey[]>;
}

/**
 * Plans the load of a whole mirror: every profile that has a file to load, sorted by float so that a float that several centres hold is in
 * one hand. The list goes through a file, so that three million profiles take no more memory than three.
 */
export async function planRebuild(
  { platforms, more }: RebuildSource,
  { batchSize, onTick, ...settings }: SortSettings & { readonly batchSize: number; readonly onTick: () => void },
): Promise<RebuildPages> {
  const counts: Counts = { profiles: 0, ignoredPrefixes: {} };
  const sorted = { file: settings.into };
  const sort = async (): Promise<RebuildSummary> => {
    await sortUnique(planLines({ platforms, more }, counts), settings);
    return { platforms: (await summarise(sorted)).platforms, ...counts };
  };
  const summary = await withSignsOfLife(sort(), onTick);
  return { summary, pages: () => pagesOf(platformsOf(sorted), batchSize) };
}

/** All floats of a mirror with their files. Memory: one float. */
export async function* platformProfiles(root: string, signal: AbortSignal): AsyncGenerator<PlatformProfiles, void, undefined> {
  for await (const platform of listPlatforms(root)) {
    signal.throwIfAborted();
    yield { ...platform, profiles: await profilesOf(root, platform) };
  }
}

interface Counts {
  profiles: number;
  readonly ignoredPrefixes: Record<string, number>;
}

/** Lines as a night's sorted list has them. */
async function* planLines({ platforms, more }: RebuildSource, counts: Counts): AsyncGenerator<string, void, undefined> {
  const { ignoredPrefixes } = counts;
  for await (const { dac, wmo, profiles } of platforms) {
    let lines = '';
    for (const [number, prefixes] of profiles) {
      for (const prefix of prefixes) if (!isKnownPrefix(prefix)) ignoredPrefixes[prefix] = (ignoredPrefixes[prefix] ?? 0) + 1;
      const group = selectFiles({ dac, wmo, number }, prefixes);
      if (group === null) continue;
      counts.profiles += 1;
      lines += line(group);
    }
    if (lines !== '') yield lines;
  }
  for await (const keys of more) if (keys.length > 0) yield keys.map(line).join('');
}

const line = ({ dac, wmo, number }: ProfileKey): string => `${wmo} ${dac} ${number} + R\n`;
