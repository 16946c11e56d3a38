/** What `rsync --stats` printed. Counts of the source's tree and of what this pass moved (a dry pass: would move). Sizes in bytes. */
export interface RsyncStats {
  readonly files: number;
  readonly regularFiles: number;
  readonly folders: number;
  readonly transferredFiles: number;
  /** Files and folders removed here; 0 when an old rsync does not say. */
  readonly deletedFiles: number;
  readonly totalBytes: number;
  readonly transferredBytes: number;
}

/** Reads the block anywhere in `text`; null when it is not (wholly) there: the pass was cut short. */
export function parseStats(text: string): RsyncStats | null {
  const numberAfter = (label: string): number | null => quantity(new RegExp(`^${label}: ([\\d.,]+[KMGTP]?)`, 'm').exec(text)?.[1]);
  const kinds = /^Number of files: [\d.,]+[KMGTP]?(?: \(([^)\n]*)\))?/m.exec(text)?.[1] ?? '';
  const kind = (name: string): number => quantity(new RegExp(`\\b${name}: ([\\d.,]+[KMGTP]?)`).exec(kinds)?.[1]) ?? 0;

  const files = numberAfter('Number of files');
  const transferredFiles = numberAfter('Number of regular files transferred') ?? numberAfter('Number of files transferred');
  const totalBytes = numberAfter('Total file size');
  const transferredBytes = numberAfter('Total transferred file size');
  if (files === null || transferredFiles === null || totalBytes === null || transferredBytes === null) return null;
  const deletedFiles = numberAfter('Number of deleted files') ?? 0;
  return { files, deletedFiles, regularFiles: kind('reg'), folders: kind('dir'), transferredFiles, totalBytes, transferredBytes };
}

const UNITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };

/** `1,234`, `1234` or the rounded `1.23K` of `--human-readable`. */
function quantity(text: string | undefined): number | null {
  if (text === undefined) return null;
  const unit = UNITS[text.slice(-1)];
  const digits = (unit === undefined ? text : text.slice(0, -1)).replaceAll(/[.,]+$/g, '').replaceAll(',', '');
  const value = Number(digits) * (unit ?? 1);
  return digits !== '' && Number.isFinite(value) ? Math.round(value) : null;
}
