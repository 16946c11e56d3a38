import { stripVTControlCharacters } from 'node:util';
import { formatCount, NOTHING } from './counts.ts';

/** Figures and tables for people. Pure; English; decimal units. Anything that is not a finite number is `–`. */

export { formatCount, formatItems } from './counts.ts';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `0 B`, `999 B`, `1.5 kB`, `12.3 MB`, `450 GB`: three digits at most. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return NOTHING;
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${bytes < 0 ? '-' : ''}${unit === 0 ? Math.round(value) : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

const threeDigits = (value: number): string => (value >= 99.95 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, ''));

/** `850/s`, `2.5/s`; what is slower than that can tell by the minute: `1.9/min`. */
export const formatRate = (perSecond: number): string => {
  if (!Number.isFinite(perSecond)) return NOTHING;
  if (perSecond > 0 && perSecond < 0.1) return `${threeDigits(perSecond * 60)}/min`;
  return perSecond >= 1_000 ? `${formatCount(Math.round(perSecond))}/s` : `${threeDigits(perSecond)}/s`;
};

const DURATION_UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** `340 ms`, `4.2 s`, `1 min 5 s`, `2 h 10 min`, `3 d 4 h`: the two largest units. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return NOTHING;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000) * 1_000;
  const largest = DURATION_UNITS.findIndex((unit) => seconds >= unit.ms);
  const [first, second] = [DURATION_UNITS[largest], DURATION_UNITS[largest + 1]];
  if (first === undefined || second === undefined) return NOTHING;
  const whole = Math.floor(seconds / first.ms);
  const rest = Math.floor((seconds % first.ms) / second.ms);
  return rest === 0 ? `${whole} ${first.name}` : `${whole} ${first.name} ${rest} ${second.name}`;
}

/** Milliseconds that the rest takes at the given rate (items per second); null when that cannot be told. */
export function etaMs({
  done,
  total,
  perSecond,
}: {
  readonly done: number;
  readonly total: number | null;
  readonly perSecond: number;
}): number | null {
  if (total === null || total < done || !Number.isFinite(perSecond) || perSecond <= 0) return null;
  return ((total - done) / perSecond) * 1_000;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of `width` columns: `██████▌░░░`. A total of nothing is a full bar; null, one that is not known, an empty one. */
export function progressBar(done: number, total: number | null, width: number): string {
  const share = total === null ? 0 : total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
  const eighths = Math.floor(share * width * 8);
  const partial = EIGHTHS[eighths % 8] ?? '';
  return `${'█'.repeat(Math.floor(eighths / 8))}${partial}`.padEnd(width, '░');
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Below it nothing can be read of a cell. */
const LEAST_WIDTH = 20;

/**
 * Rows under their titles, columns two blanks apart, no blanks at the end of a line. Colours in cells take no room.
 * @param width of the terminal: what the last column has beyond it is cut, for it holds the words. Absent: nothing is cut.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => shownWidth(line[index] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  const last = Math.max(LEAST_WIDTH, width - before);
  return lines
    .map((line) =>
      columns
        .map(({ align }, index) => {
          const cell = line[index] ?? '';
          const isCut = index === columns.length - 1 && shownWidth(cell) > last;
          return padded(isCut ? shorten(cell, last) : cell, widths[index] ?? 0, align);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, width: number, align: Column['align'] = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - shownWidth(cell)));
  return align === 'right' ? `${blanks}${cell}` : `${cell}${blanks}`;
}

/** Columns on a terminal, taking every character as one wide: our cells hold names and figures. */
const shownWidth = (text: string): number => [...stripVTControlCharacters(text)].length;

/** Cut to a width, with `…` for what is missing. */
export const shorten = (text: string, width: number): string =>
  [...text].length <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;

/** The words of a text in lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && [...line].length + 1 + [...word].length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
