import { z } from 'zod';
import { formatBytes, formatCount, formatDuration, formatRate, formatTable } from '../observe/format.ts';

/** The part of a night's record that people compare nights by. */
const Night = z.object({
  seen: z.number(),
  loaded: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  removed: z.number(),
  bytesRead: z.number(),
  seconds: z.number(),
  filesCopied: z.number(),
  bytesCopied: z.number(),
  filesDeleted: z.number(),
  quarantine: z.record(z.string(), z.number()),
});
export type Night = z.infer<typeof Night>;

const Result = z.object({ record: Night });

/** The night in a job's result; null where the job was none, or did not come to its record. */
export const nightIn = (result: unknown): Night | null => Result.safeParse(result).data?.record ?? null;

/** A row a night, and what is in quarantine after the last. Pure. */
export function nightsTable(nights: readonly { readonly title: string; readonly night: Night }[]): string {
  const columns = ['', 'profiles', 'loaded', 'unchanged', 'rejected', 'removed', 'files copied', 'deleted', 'received', 'time', 'rate'];
  const rows = nights.map(({ title, night }) => [
    title,
    formatCount(night.seen),
    formatCount(night.loaded),
    formatCount(night.unchanged),
    formatCount(night.rejected),
    formatCount(night.removed),
    formatCount(night.filesCopied),
    formatCount(night.filesDeleted),
    formatBytes(night.bytesCopied),
    formatDuration(night.seconds * 1000),
    night.seconds > 0 ? formatRate(night.seen / night.seconds) : '',
  ]);
  const reasons = Object.entries(nights.at(-1)?.night.quarantine ?? {}).map(([code, n]) => `${code} ${formatCount(n)}`);
  const table = formatTable(
    columns.map((title, at) => ({ title, align: at === 0 ? 'left' : 'right' })),
    rows,
  );
  return `${table}\nIn quarantine: ${reasons.length === 0 ? 'nothing' : reasons.join(', ')}.`;
}
