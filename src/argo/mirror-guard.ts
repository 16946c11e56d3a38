import type { RsyncStats } from '../formats/rsync/stats.ts';
import { withSignsOfLife } from '../transfer/signs-of-life.ts';
import { type FileChange, platformFiles, type SortedChanges } from './mirror-plan.ts';
import { keyText, listName, type ProfileKey } from './names.ts';
import { selectFiles } from './select.ts';
import { dacsOf, listPlatforms, profilesOf } from './tree.ts';

export interface GuardSettings {
  /** Of the flow's documents, how many may lose all their files in one night before a person is asked; 0.01 is one in a hundred. */
  readonly share: number;
  /** So many lost profiles are never worth a question. */
  readonly floor: number;
}

export interface GuardQuestion {
  /** The changes of the dry pass. */
  readonly changes: SortedChanges;
  readonly root: string;
  readonly stats: RsyncStats;
  /** How many documents the flow has now. */
  readonly documents: number;
  readonly settings: GuardSettings;
  readonly signal?: AbortSignal;
  /** A sign of life, about once a second: a night that deletes from every float takes minutes to judge. */
  readonly onTick?: () => void;
}

export type GuardVerdict =
  | { readonly state: 'proceed'; readonly lost: number; readonly documents: number }
  | {
      readonly state: 'ask';
      readonly reason: 'empty_source' | 'many_deletions';
      readonly lost: number;
      readonly documents: number;
      /** The first ten lost profiles, `<dac>/<wmo>_<number>`. */
      readonly sample: readonly string[];
      readonly sentence: string;
    };

const SAMPLE = 10;

/**
 * Judges a dry list before anything is deleted.
 *
 * Lost is a profile that has a file to load in the mirror now and, after the list, under no DAC. A file that goes from R to D under
 * another name, or a float that moves to another DAC, is not lost. Memory: one float.
 */
export const judgeDeletions = (question: GuardQuestion): Promise<GuardVerdict> =>
  withSignsOfLife(judge(question), question.onTick ?? (() => {}));

async function judge({ changes, root, stats, documents, settings, signal }: GuardQuestion): Promise<GuardVerdict> {
  let [lost, deleted, updated] = [0, 0, 0];
  const sample: string[] = [];
  for await (const files of platformFiles(changes)) {
    signal?.throwIfAborted();
    const deletions = files.filter(({ isDeleted }) => isDeleted).length;
    deleted += deletions;
    updated += files.length - deletions;
    if (deletions === 0) continue;
    const gone = await lostBy(root, files);
    lost += gone.length;
    sample.push(...gone.slice(0, SAMPLE - sample.length).map(keyText));
  }

  const isEmpty = stats.regularFiles === 0 || (updated === 0 && deleted > 0);
  if (isEmpty && deleted >= 1 && !(await holdsMoreFilesThan(root, deleted))) {
    const what = stats.regularFiles === 0 ? 'no file at all' : 'no profile file any more';
    const sentence = `The source holds ${what}, and the mirror would lose all its ${deleted} profile files. Look at the source; then repeat the run with force if this is right.`;
    return { state: 'ask', reason: 'empty_source', lost, documents, sample, sentence };
  }
  if (lost <= settings.floor || lost <= settings.share * documents) return { state: 'proceed', lost, documents };
  const sentence =
    `${lost} profiles would be left without any file, of ${documents} documents; ${percent(settings.share)} and ${settings.floor} are allowed. ` +
    `The first is ${sample[0] ?? 'unknown'}. Look at the source; then repeat the run with force if this is right.`;
  return { state: 'ask', reason: 'many_deletions', lost, documents, sample, sentence };
}

/** The profiles of one float that the changes would leave without a loadable file under any DAC, each id once. */
async function lostBy(root: string, files: readonly FileChange[]): Promise<readonly ProfileKey[]> {
  const wmo = files[0]?.wmo ?? '';
  const dacs = new Set([...(await dacsOf(root, wmo)), ...files.map(({ dac }) => dac)]);
  const kept = new Set<string>();
  const before = new Map<string, ProfileKey>();
  for (const dac of dacs) {
    const held = await profilesOf(root, { dac, wmo });
    const after = applyChanges(
      held,
      files.filter((file) => file.dac === dac),
    );
    for (const [number, prefixes] of held) {
      const key = { dac, wmo, number };
      if (selectFiles(key, prefixes) !== null) before.set(listName(key), key);
    }
    for (const [number, prefixes] of after) {
      const key = { dac, wmo, number };
      if (selectFiles(key, prefixes) !== null) kept.add(listName(key));
    }
  }
  return [...before].filter(([id]) => !kept.has(id)).map(([, key]) => key);
}

function applyChanges(
  held: ReadonlyMap<string, ReadonlySet<string>>,
  files: readonly FileChange[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const after = new Map([...held].map(([number, prefixes]) => [number, new Set(prefixes)]));
  for (const { number, prefix, isDeleted } of files.toSorted((a, b) => Number(b.isDeleted) - Number(a.isDeleted))) {
    const prefixes = after.get(number) ?? new Set<string>();
    if (isDeleted) prefixes.delete(prefix);
    else prefixes.add(prefix);
    after.set(number, prefixes);
  }
  return after;
}

/** Stops counting as soon as the answer is known. */
async function holdsMoreFilesThan(root: string, count: number): Promise<boolean> {
  let files = 0;
  for await (const platform of listPlatforms(root)) {
    for (const prefixes of (await profilesOf(root, platform)).values()) files += prefixes.size;
    if (files > count) return true;
  }
  return false;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`;
