import { formatBytes, formatCount, formatDuration, formatItems, formatTable } from '../../observe/format.ts';
import type { CheckedSeries } from './observatory.ts';
import type { DayRun } from './ooi-runs.ts';
import { short } from './stage.ts';

/** What the tour of an observatory tells, as text. Pure. */

export function runsTable(runs: readonly DayRun[]): string {
  const columns = ['', 'rows', 'added', 'corrected', 'inserted', 'files', 'written', 'time'].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const lines = runs.map(({ name, record, seconds }) => [
    name,
    ...[
      record.rows,
      record.added ?? (record.replaced === null ? record.rows : undefined),
      record.corrected,
      record.inserted,
      record.files,
    ].map(counted),
    typeof record.bytesWritten === 'number' ? formatBytes(record.bytesWritten) : '',
    formatDuration(seconds * 1000),
  ]);
  return [formatTable(columns, lines), ...runs.flatMap(({ record }) => differenceLine(record.difference))].join('\n');
}

const counted = (value: unknown): string => (typeof value === 'number' ? formatCount(value) : '');

/** What a refresh found that the daily appends had not. */
export function differenceLine(difference: unknown): readonly string[] {
  const of = (name: string): number => {
    const value: unknown = typeof difference === 'object' && difference !== null ? Reflect.get(difference, name) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  const [fresh, gone, changed] = [of('rowsNew'), of('rowsGone'), of('valuesChanged')];
  if (fresh + gone + changed === 0) return [];
  return [
    `The forced refresh found ${formatItems(fresh, 'row')} that came too late for the appends, ${formatItems(changed, 'other value')}, and lost ${gone === 0 ? 'no row' : formatItems(gone, 'row')}.`,
  ];
}

export const isWhole = (checked: readonly CheckedSeries[]): boolean => checked.every(({ different }) => different.length === 0);

/** Whether every value of every generation is what the stand-in's generator says; if not, how they differ. */
export function seriesVerdict(checked: readonly CheckedSeries[]): string {
  const sum = (of: (one: CheckedSeries) => number): number => checked.reduce((total, one) => total + of(one), 0);
  if (isWhole(checked)) {
    const [rows, variables] = [
      formatItems(
        sum((one) => one.rows),
        'row',
      ),
      checked[0]?.variables ?? 0,
    ];
    const stores = formatItems(checked.length, 'generation');
    return `Proved: all ${rows} × ${variables} variables of ${stores} are what the generator says they must be: ${formatCount(sum((one) => one.values))} values, and nothing else.`;
  }
  return ['NOT RIGHT:', ...checked.flatMap(({ different }) => different.map((line) => `  ${line}`))].join('\n');
}

export interface Found {
  readonly store: string;
  readonly report: string;
  readonly picture: string;
  readonly variable: string;
}

export const whereItIs = ({ store, report, picture, variable }: Found): string =>
  [
    `  store      ${short(store)}`,
    `  in Python  xarray.open_zarr(${JSON.stringify(short(store)).replaceAll('"', "'")})`,
    `  report     ${short(report)} (what the forced refresh changed)`,
    `  picture    ${short(picture)} (${variable} with its gaps)`,
  ].join('\n');
