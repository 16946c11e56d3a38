import { formatCount, formatItems } from '../../observe/counts.ts';
import { type Comparison, changesOf, isSameVariable, type SideSummary } from './comparison.ts';
import type { Coverage } from './coverage.ts';
import { differenceOf } from './differ.ts';
import { timeText } from './time-text.ts';

/** What a comparison says in sentences, most important first: what changed, whether the new store is shorter, what to do. */
export interface ReportWords {
  readonly changed: readonly string[];
  readonly coverage: readonly string[];
  readonly todo: string;
}

export function wordsOf(comparison: Comparison, coverage: Coverage): ReportWords {
  return { changed: changedSentences(comparison), coverage: coverageSentences(coverage), todo: todoSentence(comparison, coverage) };
}

function changedSentences({ old, new: fresh, rows, variables }: Comparison): readonly string[] {
  const changed = variables.filter(({ total }) => changesOf(total) > 0);
  const form = variables.filter(({ state, form }) => state === 'compared' && form.length > 0);
  const named = (state: string): readonly string[] => variables.filter((one) => one.state === state).map(({ name }) => name);
  return [
    `The new store has ${sideWords(fresh)}; the live store has ${sideWords(old)}.`,
    `${rowsWords(rows.both)} in both, ${rowsWords(rows.onlyNew)} only in the new one${rows.late === 0 ? '' : ` (${formatCount(rows.late)} of them before the end of the live one)`}, ${rowsWords(rows.onlyOld)} only in the live one.`,
    ...[old, fresh].flatMap((side, at) => misplacedSentence(at === 0 ? 'live' : 'new', side)),
    changed.length === 0
      ? 'No value changed at the times that both have.'
      : `Values changed in ${formatCount(changed.length)} of ${formatItems(variables.length, 'variable')}: ${listed(changed.map(changeWords))}.`,
    ...(form.length === 0 ? [] : [`Types, shapes, fills or attributes changed in ${listed(form.map(({ name }) => name))}.`]),
    ...(named('added').length === 0 ? [] : [`New: ${listed(named('added'))}.`]),
    ...(named('removed').length === 0 ? [] : [`Gone: ${listed(named('removed'))}.`]),
    ...(named('unread').length === 0 ? [] : [`Not compared, since their form cannot be read: ${listed(named('unread'))}.`]),
    ...(named('incomparable').length === 0 ? [] : [`Not compared, since their shapes differ: ${listed(named('incomparable'))}.`]),
  ];
}

const rowsWords = (count: number): string => formatItems(count, 'row is', 'rows are');

const sideWords = ({ rows, first, last }: SideSummary): string =>
  first === null || last === null ? formatItems(rows, 'row') : `${formatItems(rows, 'row')} from ${timeText(first)} to ${timeText(last)}`;

function misplacedSentence(which: string, { misplaced: { notTimes, repeated, backwards } }: SideSummary): readonly string[] {
  const total = notTimes + repeated + backwards;
  if (total === 0) return [];
  const parts = [
    [notTimes, 'without a time'],
    [repeated, 'with the time of the row before'],
    [backwards, 'whose time goes backwards'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return [`In the ${which} store ${rowsWords(total)} not in order (${shown.join(', ')}); they could not be compared.`];
}

function changeWords({ name, units, total }: Comparison['variables'][number]): string {
  const largest = differenceOf(total.largest);
  const by = largest === 0 ? '' : ` by up to ${shownNumber(largest, 3)}${units === null ? '' : ` ${units}`}`;
  return `${name} (${formatCount(changesOf(total))}${by})`;
}

function coverageSentences({ isShorter, count, losses }: Coverage): readonly string[] {
  if (!isShorter) return ['It is not shorter: it begins no later, ends no earlier, and no month has notably fewer rows or values.'];
  const more = count > losses.length ? [`And ${formatCount(count - losses.length)} more of this sort.`] : [];
  return ['It is shorter than the live store:', ...losses.map(({ text }) => text), ...more];
}

function todoSentence(comparison: Comparison, { isShorter }: Coverage): string {
  if (isShorter) {
    return 'It is published only when the run is told so: look at the losses, and if the facility really has no more, start the refresh again with "accept": ["shorter"]. Otherwise start it later; the live store stays as it is.';
  }
  const isSame = comparison.rows.onlyNew === 0 && comparison.rows.onlyOld === 0 && comparison.variables.every(isSameVariable);
  if (isSame) return 'Nothing is to be done: publishing it changes no value.';
  return 'It can be published. Should the changes be wrong, roll back: the live store is kept as the generation before.';
}

/** A few names, and how many more. */
function listed(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${formatCount(names.length - most)} more` : shown;
}

/** `0.125`, `1,026.383`, `3.9e-7`. */
export function shownNumber(value: number, digits = 7): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toPrecision(3).replace(/\.?0+e/, 'e');
  return value.toLocaleString('en-US', size >= 1e6 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: digits });
}
