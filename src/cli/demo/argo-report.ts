import type { NightRecord } from '../../argo/night.ts';
import { formatBytes, formatCount, formatDuration, formatItems, formatRate, formatTable } from '../../observe/format.ts';
import type { Checked, PlayedNight } from './gdac.ts';

/** What the demo tells, as text. Pure. */

/** What a facility did in a day, a line for files and one for profiles. */
export function playedLines({ files, bytes, profiles }: PlayedNight): string {
  const inFiles = [
    ...some(files.added, 'added'),
    ...some(files.changed, 'changed'),
    ...some(files.touched, 'with a new date only'),
    ...some(files.deleted, 'deleted'),
  ];
  const inProfiles = [
    ...some(profiles.added, 'new'),
    ...some(profiles.renamed, 'from real-time to delayed mode (R → D)'),
    ...some(profiles.deleted, 'gone'),
  ];
  return `  files      ${listed(inFiles)}: ${formatBytes(bytes)}\n  profiles   ${listed(inProfiles)}`;
}

const some = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${formatCount(count)} ${what}`]);
const listed = (parts: readonly string[]): string => (parts.length === 0 ? 'as before' : parts.join(', '));

/** How many documents the two collections hold. */
export interface Documents {
  readonly argo: number;
  readonly argoMeta: number;
}

export function nightsTable(nights: readonly NightRecord[], { argo, argoMeta }: Documents): string {
  const columns = ['', 'profiles', 'loaded', 'unchanged', 'rejected', 'removed', 'copied', 'read', 'time', 'rate'].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const rows = nights.map((record, at) => [
    `night ${at + 1}`,
    formatCount(record.seen),
    formatCount(record.loaded),
    formatCount(record.unchanged),
    formatCount(record.rejected),
    formatCount(record.removed),
    formatBytes(record.bytesCopied),
    formatBytes(record.bytesRead),
    formatDuration(record.seconds * 1000),
    formatRate(record.seen / record.seconds),
  ]);
  const reasons = Object.entries(nights.at(-1)?.quarantine ?? {}).map(([code, n]) => `${code} ${n}`);
  return [
    formatTable(columns, rows),
    `Documents: ${formatCount(argo)} profiles, ${formatCount(argoMeta)} descriptions of floats.`,
    `In quarantine: ${reasons.length === 0 ? 'nothing' : reasons.join(', ')}.`,
  ].join('\n');
}

export const isRight = ({ missing, differing, extra }: Checked): boolean => missing === 0 && differing === 0 && extra === 0;

/** Whether every document is what the stand-in's generator says; if not, how they differ. */
export function verdict(checked: Checked): string {
  const { missing, differing, extra, different } = checked;
  if (isRight(checked)) {
    const rejected = Object.values(checked.rejected).reduce((sum, n) => sum + n, 0);
    const documents = formatItems(checked.checked - rejected, 'document');
    const all = formatItems(checked.checked, 'profile');
    return `Proved: all ${all} are what the generator says they must be: ${documents}, ${formatCount(rejected)} rejected, and nothing else.`;
  }
  return [`NOT RIGHT: ${missing} missing, ${differing} different, ${extra} too many.`, ...different.map((line) => `  ${line}`)].join('\n');
}
