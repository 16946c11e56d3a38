import { formatItems } from '../observe/counts.ts';
import type { Accounts, Sample } from './rebuild-accounts.ts';
import type { RebuildTarget } from './rebuild-target.ts';

/** What a rebuild did, kept in MongoDB and printed. */
export interface RebuildRecord {
  readonly flow: string;
  readonly run: string;
  /** Id of the run that began it. */
  readonly rebuild: string;
  readonly target: RebuildTarget;
  /** Runs it took. */
  readonly runs: number;
  /** ISO 8601, UTC; of the rebuild, whose first run may have been long ago. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Of this run. */
  readonly seconds: number;
  readonly platforms: number;
  /** Profiles of the mirror, by their keys. */
  readonly planned: number;
  readonly rejected: number;
  /** Whose files went while they were loaded. */
  readonly removed: number;
  /** In the collection now. */
  readonly documents: number;
  /** Of them, older documents of profiles that are rejected now. */
  readonly kept: number;
  /** Documents that no file accounted for, and were removed. */
  readonly leftovers: number;
  readonly firstLeftovers: readonly string[];
  readonly twice: Sample;
  readonly missing: Sample;
  /** Planned, and neither made nor rejected nor gone. */
  readonly unaccounted: number;
  /** Planned profiles = documents + rejected, and no id twice. */
  readonly isWhole: boolean;
  /** Documents that were there before a swap; null: nothing was swapped. */
  readonly documentsBefore: number | null;
  /** Collections that were swapped out and stay until the next rebuild of this sort. */
  readonly old: readonly string[];
  /** Source bytes read by the pages of the last plan. */
  readonly bytesRead: number;
  readonly pages: number;
  readonly ignoredPrefixes: Readonly<Record<string, number>>;
  /** What became of the summaries, where that is worth a word. */
  readonly warnings: readonly string[];
  /** Open quarantine entries of the flow, by reason. */
  readonly quarantine: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** What came of a plan, for the invariant. */
export interface Balance extends Accounts {
  readonly planned: number;
  /** Items. */
  readonly rejected: number;
  /** Planned profiles whose files went while they were loaded. */
  readonly removed: number;
  /** Documents whose id is no text: nobody's profile, and for a person to judge. */
  readonly foreign: number;
}

/** Planned profiles that nothing is known of; less than none: more was made than planned. */
export const unaccountedOf = ({ planned, items, rejected, removed }: Balance): number => planned - items - rejected - removed;

/** Every planned profile is a document or rejected, each document is there, and no two profiles gave one id. */
export const isWhole = (balance: Balance): boolean =>
  unaccountedOf(balance) === 0 && balance.foreign === 0 && balance.twice.count === 0 && balance.missing.count === 0;

/** What breaks the balance, whole sentences; empty: nothing. */
export function brokenSentences(balance: Balance): readonly string[] {
  const unaccounted = unaccountedOf(balance);
  const { twice, missing, foreign } = balance;
  const such = ({ sample }: Sample): string => sample.slice(0, 3).join('; ');
  return [
    ...(missing.count === 0 ? [] : [`Made and not there: ${missing.count}, such as ${such(missing)}.`]),
    ...(twice.count === 0 ? [] : [`Ids that two profiles gave: ${twice.count}, such as ${such(twice)}.`]),
    ...(foreign === 0 ? [] : [`Documents whose id is no text, left to a person: ${foreign}.`]),
    ...(unaccounted === 0 ? [] : [`Planned, and neither made nor rejected: ${unaccounted}.`]),
  ];
}

/** The rebuild in one or two sentences, as its result and its record show it. */
export function rebuildSentence(
  record: Pick<RebuildRecord, 'planned' | 'rejected' | 'documents' | 'kept' | 'leftovers' | 'seconds' | 'target' | 'removed'>,
  broken: readonly string[],
): string {
  const { planned, rejected, documents, kept, leftovers, seconds, target, removed } = record;
  const parts = [
    formatItems(documents - kept, 'document'),
    `${rejected} rejected`,
    ...(removed === 0 ? [] : [`${removed} gone meanwhile`]),
  ];
  const sum = `${formatItems(planned, 'profile')} planned = ${parts.join(' + ')}`;
  const whole =
    broken.length === 0
      ? `${sum}, no id twice, in ${Math.round(seconds)} s.`
      : `${formatItems(planned, 'profile')} planned, ${parts.join(', ')}. ${broken.join(' ')}`;
  const extra = [
    ...(kept === 0 ? [] : [`${kept} of the rejected keep an older document.`]),
    ...(leftovers === 0
      ? []
      : [`${formatItems(leftovers, 'document that no file accounted for was', 'documents that no file accounted for were')} removed.`]),
    ...(target === 'beside' ? ['The new collections are in place.'] : []),
  ];
  return [whole, ...extra].join(' ');
}

/** What a rebuild would do, in a sentence or two: the answer to a dry run. */
export function previewSentence(
  seen: {
    readonly platforms: number;
    readonly profiles: number;
    readonly documents: number;
    readonly unfinished: { readonly rebuild: string; readonly startedAt: string; readonly isSwapping: boolean } | null;
  },
  target: RebuildTarget,
): string {
  const { platforms, profiles, documents, unfinished } = seen;
  const where = target === 'live' ? 'into the live collections' : 'beside the live collections, which would then be swapped';
  const sum = `The mirror holds ${profiles} profiles of ${platforms} floats; the live collection ${documents} documents. A rebuild would load ${where}.`;
  if (unfinished === null) return sum;
  const what = unfinished.isSwapping ? 'complete the swap of' : 'take up';
  return `${sum} It would ${what} rebuild ${unfinished.rebuild}, begun ${unfinished.startedAt}.`;
}

/** Of a run that found everything loaded and checked, and only had to complete the swap. */
export const swappedSentence = ({ rebuild, documents }: Pick<RebuildRecord, 'rebuild' | 'documents'>): string =>
  `The swap that ended rebuild ${rebuild} was broken off, and is complete now: ${documents} documents are in place.`;
