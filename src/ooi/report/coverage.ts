import { formatCount, formatItems } from '../../observe/counts.ts';
import type { Comparison, VariableComparison } from './comparison.ts';
import { spanText, timeText } from './time-text.ts';

/** A way in which a new store covers less than the one it is to replace. */
export interface CoverageLoss {
  readonly code: 'begins_later' | 'ends_earlier' | 'fewer_rows' | 'variable_gone' | 'fewer_values';
  /** A month, or null: the whole. */
  readonly period: string | null;
  readonly variable: string | null;
  /** One sentence. */
  readonly text: string;
}

/** Whether a new store may take the place of the old one unasked: `isShorter` wants `accept: ['shorter']`. */
export interface Coverage {
  readonly isShorter: boolean;
  /** How many ways there are; the first of them are `losses`. */
  readonly count: number;
  readonly losses: readonly CoverageLoss[];
}

/** What still counts as the same coverage. */
export interface CoverageRule {
  /** Seconds that the first row may be later, or the last one earlier. */
  readonly endsSeconds: number;
  /** Of the rows or values of a month, how large a share may be gone. */
  readonly share: number;
  /** So few rows or values of a month may be gone whatever their share: corrected times and repeated rows. */
  readonly least: number;
}

/** A facility that reprocesses drops some repeated rows; a file or a day that is missing is more than that. Times are exact to a microsecond. */
export const COVERAGE_RULE: CoverageRule = { endsSeconds: 0.001, share: 0.01, least: 5 };

const SHOWN = 20;

export function coverageOf(comparison: Comparison, rule: CoverageRule = COVERAGE_RULE): Coverage {
  const losses = [
    ...endLosses(comparison, rule),
    ...rowLosses(comparison, rule),
    ...comparison.variables.flatMap((one) => valueLosses(one, rule)),
  ];
  return { isShorter: losses.length > 0, count: losses.length, losses: losses.slice(0, SHOWN) };
}

const loss = (
  code: CoverageLoss['code'],
  text: string,
  at: { readonly period?: string; readonly variable?: string } = {},
): CoverageLoss => ({
  code,
  period: at.period ?? null,
  variable: at.variable ?? null,
  text,
});

function endLosses({ old, new: fresh }: Comparison, { endsSeconds }: CoverageRule): readonly CoverageLoss[] {
  if (old.first === null || old.last === null) return [];
  if (fresh.first === null || fresh.last === null) return [loss('fewer_rows', 'It has no row at all.')];
  const losses: CoverageLoss[] = [];
  const [late, early] = [fresh.first - old.first, old.last - fresh.last];
  if (late > endsSeconds) losses.push(loss('begins_later', `It begins ${spanText(late)} later, at ${timeText(fresh.first)}.`));
  if (early > endsSeconds) losses.push(loss('ends_earlier', `It ends ${spanText(early)} earlier, at ${timeText(fresh.last)}.`));
  return losses;
}

const isLess = (before: number, now: number, { share, least }: CoverageRule): boolean => before - now > Math.max(least, before * share);

function rowLosses({ periods }: Comparison, rule: CoverageRule): readonly CoverageLoss[] {
  return periods.flatMap(({ period, both, onlyOld, onlyNew }) => {
    const [before, now] = [both + onlyOld, both + onlyNew];
    if (!isLess(before, now, rule)) return [];
    return [loss('fewer_rows', `In ${period} it has ${formatItems(now, 'row')}, the live store ${formatCount(before)}.`, { period })];
  });
}

/** A variable of which values are gone where its rows are not: a neighbouring instrument whose data the facility did not find. */
function valueLosses({ name, state, total, periods }: VariableComparison, rule: CoverageRule): readonly CoverageLoss[] {
  if (state === 'removed') {
    const text = `${name} is gone: the live store has ${formatItems(total.old.values, 'value')} of it.`;
    return total.old.values === 0 ? [] : [loss('variable_gone', text, { variable: name })];
  }
  if (state !== 'compared') return [];
  return periods.flatMap(({ period, old, new: fresh, vanished, appeared }) => {
    if (!isLess(old.values, fresh.values, rule) || !isLess(vanished, appeared, { ...rule, share: 0 })) return [];
    const text = `In ${period} it has ${formatItems(fresh.values, 'value')} of ${name}, the live store ${formatCount(old.values)}.`;
    return [loss('fewer_values', text, { period, variable: name })];
  });
}
