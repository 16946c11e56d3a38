import { Failure } from '../errors.ts';
import { readLines } from '../transfer/lines.ts';
import { sortUnique } from '../transfer/sort.ts';
import { classify } from './changes.ts';
import { isKnownPrefix, type ProfileKey } from './names.ts';
import type { PlatformChanges } from './tree.ts';

/**
 * The change lines of many logs, sorted by float, without repeats, in one file: constant memory for any number of profiles.
 * One change a line: `<wmo> <dac> <number> <+|-> <prefix>`; then what is only reported: `? <name>`.
 */
export interface SortedChanges {
  readonly file: string;
}

export interface SortSettings {
  readonly into: string;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** One profile file that a list names, and what rsync did (or would do) to it. */
export interface FileChange extends ProfileKey {
  readonly prefix: string;
  readonly isDeleted: boolean;
}

/** What a list holds, every name counted once however many logs name it. */
export interface PlanSummary {
  readonly platforms: number;
  readonly profiles: number;
  /** Profile files, by what happened to them. */
  readonly updatedFiles: number;
  readonly deletedFiles: number;
  /** Names below `profiles` folders that are no profile files, links, and names that must not be used. */
  readonly unknownNames: number;
  readonly firstUnknownNames: readonly string[];
  /** Files of prefixes that are never loaded (`MR`, `MD`), by prefix. */
  readonly ignoredPrefixes: Readonly<Record<string, number>>;
}

const UNKNOWN_NAMES_KEPT = 100;

/** Brings the changes of logs into the order of floats. */
export async function sortChanges(logs: readonly string[], settings: SortSettings): Promise<SortedChanges> {
  await sortUnique(changeLines(logs), settings);
  return { file: settings.into };
}

async function* changeLines(logs: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const log of logs) {
    for await (const { lines, torn } of readLines(log)) {
      let batch = '';
      for (const line of lines) batch += changeLine(line, false);
      // A line cut while it was written counts when what is there names a profile file; whatever it named has not been moved yet.
      if (torn !== null) batch += changeLine(torn, true);
      if (batch !== '') yield batch;
    }
  }
}

function changeLine(line: string, isTorn: boolean): string {
  const change = classify(line);
  switch (change.action) {
    case 'ignore':
      return '';
    case 'unknown_name':
      return isTorn ? '' : `? ${change.name}\n`;
    default: {
      const { wmo, dac, number, prefix } = change.file;
      return `${wmo} ${dac} ${number} ${change.action === 'update' ? '+' : '-'} ${prefix}\n`;
    }
  }
}

/** All changes of one float at a time, floats in byte order of their number whatever their DACs; inside, in byte order of the lines. */
export async function* platformFiles({ file }: SortedChanges): AsyncGenerator<readonly FileChange[], void, undefined> {
  let platform: FileChange[] = [];
  for await (const { lines } of readLines(file)) {
    for (const line of lines) {
      if (line.startsWith('?')) continue;
      const change = parseChangeLine(line, file);
      if (platform[0] !== undefined && platform[0].wmo !== change.wmo) {
        yield platform;
        platform = [];
      }
      platform.push(change);
    }
  }
  if (platform.length > 0) yield platform;
}

/** The profiles of one float at a time: the work list. */
export async function* platformsOf(sorted: SortedChanges): AsyncGenerator<PlatformChanges, void, undefined> {
  for await (const files of platformFiles(sorted)) {
    const profiles: ProfileKey[] = [];
    for (const { dac, wmo, number } of files) {
      const last = profiles.at(-1);
      if (last === undefined || last.dac !== dac || last.number !== number) profiles.push({ dac, wmo, number });
    }
    yield { wmo: files[0]?.wmo ?? '', profiles };
  }
}

/** Whole floats per page, so that a float is never in two hands; a page is full before it would exceed `batchSize` profiles, unless one float does. */
export async function* pagesOf(
  platforms: AsyncIterable<PlatformChanges>,
  batchSize: number,
): AsyncGenerator<readonly PlatformChanges[], void, undefined> {
  let page: PlatformChanges[] = [];
  let size = 0;
  for await (const platform of platforms) {
    if (size > 0 && size + platform.profiles.length > batchSize) {
      yield page;
      page = [];
      size = 0;
    }
    page.push(platform);
    size += platform.profiles.length;
  }
  if (page.length > 0) yield page;
}

/** Counts what a sorted list holds. */
export async function summarise(sorted: SortedChanges): Promise<PlanSummary> {
  const ignoredPrefixes: Record<string, number> = {};
  const firstUnknownNames: string[] = [];
  let [platforms, profiles, updatedFiles, deletedFiles, unknownNames] = [0, 0, 0, 0, 0];
  let last: FileChange | null = null;
  for await (const { lines } of readLines(sorted.file)) {
    for (const line of lines) {
      if (line.startsWith('?')) {
        unknownNames += 1;
        if (firstUnknownNames.length < UNKNOWN_NAMES_KEPT) firstUnknownNames.push(line.slice(2));
        continue;
      }
      const change = parseChangeLine(line, sorted.file);
      if (change.wmo !== last?.wmo) platforms += 1;
      if (change.wmo !== last?.wmo || change.dac !== last.dac || change.number !== last.number) profiles += 1;
      if (change.isDeleted) deletedFiles += 1;
      else updatedFiles += 1;
      if (!isKnownPrefix(change.prefix)) ignoredPrefixes[change.prefix] = (ignoredPrefixes[change.prefix] ?? 0) + 1;
      last = change;
    }
  }
  return { platforms, profiles, updatedFiles, deletedFiles, unknownNames, firstUnknownNames, ignoredPrefixes };
}

function parseChangeLine(line: string, file: string): FileChange {
  const [wmo, dac, number, sign, prefix, ...more] = line.split(' ');
  if (wmo !== undefined && dac !== undefined && number !== undefined && prefix !== undefined && more.length === 0) {
    return { wmo, dac, number, prefix, isDeleted: sign === '-' };
  }
  throw new Failure({
    kind: 'again',
    code: 'bad_sorted_list',
    happened: `${file} holds the line "${line.slice(0, 200)}"`,
    expected: 'a sorted change',
    remedy: 'Plan again: the file is made anew from the logs',
  });
}
