import { formatCount, formatItems } from '../observe/counts.ts';
import type { PageOutcome } from '../stores/plans.ts';

/** What a night did, kept in MongoDB and printed: seen = loaded + unchanged + rejected + removed. */
export interface NightRecord {
  readonly flow: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  /** Profiles on the night's list. */
  readonly seen: number;
  readonly loaded: number;
  /** Receipt already matched the files. */
  readonly unchanged: number;
  readonly rejected: number;
  /** No file that can be loaded is left. */
  readonly removed: number;
  /** What operators had tried again while the night was loading; not counted above. Null: nothing. */
  readonly retried: PageOutcome | null;
  /** Source bytes read while loading. */
  readonly bytesRead: number;
  /** As rsync counted them. */
  readonly filesCopied: number;
  readonly bytesCopied: number;
  readonly filesDeleted: number;
  /** Names below `profiles/` that no rule knows; in the log with the list's id. */
  readonly unknownNames: number;
  /** What went by the way: files that vanished at the source or could not be read, a disk running short. */
  readonly warnings: readonly string[];
  /** Open quarantine entries of the flow after the night, by reason. */
  readonly quarantine: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

export const addsUp = ({ seen, loaded, unchanged, rejected, removed }: NightRecord): boolean =>
  seen === loaded + unchanged + rejected + removed;

/** The night in one sentence, as the workflow's result and the run's record show it. */
export function nightSentence(record: NightRecord): string {
  const { seen, loaded, unchanged, rejected, removed, seconds } = record;
  if (seen === 0) return 'Nothing had changed at the source.';
  const parts = [
    `${formatCount(loaded)} loaded`,
    `${formatCount(unchanged)} unchanged`,
    `${formatCount(rejected)} rejected`,
    `${formatCount(removed)} removed`,
  ].join(', ');
  return `${formatItems(seen, 'profile')} seen: ${parts}, in ${Math.round(seconds)} s.`;
}

/** What a night would do, in one sentence: the answer to a dry run. */
export function listedSentence(listed: {
  readonly isEmpty: boolean;
  readonly profiles: number;
  readonly platforms: number;
  readonly filesToCopy: number;
  readonly filesToDelete: number;
  readonly profilesToLose: number;
  readonly question: string | null;
}): string {
  if (listed.isEmpty) return 'Nothing has changed at the source.';
  const { profiles, platforms, filesToCopy, filesToDelete, profilesToLose, question } = listed;
  const plan =
    `${formatItems(profiles, 'profile')} of ${formatItems(platforms, 'float')} changed: ` +
    `${formatItems(filesToCopy, 'file')} to copy, ${formatCount(filesToDelete)} to delete, ${formatItems(profilesToLose, 'profile')} left without a file.`;
  return question === null ? plan : `${plan} ${question}`;
}
