import { formatCount, formatItems } from '../../observe/counts.ts';
import {
  type Comparison,
  changesOf,
  isSameVariable,
  type ValueSummary,
  type VariableComparison,
  type VariableCounts,
} from './comparison.ts';
import type { Coverage } from './coverage.ts';
import type { ChangedValue } from './differ.ts';
import { escaped } from './picture/svg.ts';
import { timeText } from './time-text.ts';
import { shownNumber, wordsOf } from './words.ts';

export interface PageContent {
  /** Such as the table's name. */
  readonly title: string;
  /** Names of the two generations. */
  readonly old: string;
  readonly new: string;
  readonly comparison: Comparison;
  readonly coverage: Coverage;
  /** SVG. */
  readonly picture: string;
  readonly madeAt: Date;
}

/** The report for people: one HTML file that asks for nothing else. Every text from a store or a name is escaped. */
export function reportPage(content: PageContent): string {
  const { title, comparison, coverage, picture, madeAt } = content;
  const words = wordsOf(comparison, coverage);
  const [same, different] = [comparison.variables.filter(isSameVariable), comparison.variables.filter((one) => !isSameVariable(one))];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}: what a refresh changed</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="faint">Live store ${escaped(content.old)}, new store ${escaped(content.new)}. Compared ${madeAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.</p>
<div class="${coverage.isShorter ? 'bad' : 'good'}"><p>${paragraphs(words.coverage)}</p>
<p><b>What to do.</b> ${escaped(words.todo)}</p></div>
<h2>What changed</h2>${words.changed.map((text) => `<p>${escaped(text)}</p>`).join('')}
${picture}
<h2>Variables that are different</h2>${different.length === 0 ? '<p>None.</p>' : variableTable(different)}
${formTable(comparison)}
${examples(different)}
<h2>By month</h2>${monthTable(comparison)}
<details><summary>The same in both: ${formatItems(same.length, 'variable')}</summary>${variableTable(same)}</details>
</body></html>
`;
}

const paragraphs = (texts: readonly string[]): string => texts.map(escaped).join('<br>');

const STYLE = `body{font:14px/1.45 system-ui,-apple-system,"Segoe UI",Arial,sans-serif;color:#1f2933;max-width:900px;margin:24px auto;padding:0 12px}
h1{font-size:20px;margin:0;overflow-wrap:anywhere}h2{font-size:16px;margin:28px 0 6px}p{margin:6px 0}.faint{color:#5b6673}svg{max-width:100%;height:auto;margin-top:12px}
.good,.bad{border-left:4px solid #2e7d32;background:#eef6ee;padding:6px 12px;margin:14px 0}.bad{border-color:#c8102e;background:#fdf0f1}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:12px}th,td{text-align:right;padding:3px 7px;border-bottom:1px solid #e3e7eb;vertical-align:top}
th{color:#5b6673;font-weight:600;border-color:#9aa5b1}th:first-child,td:first-child{text-align:left}th.text{text-align:left}td.text{text-align:left;overflow-wrap:anywhere}td:first-child{overflow-wrap:anywhere}
summary{cursor:pointer;margin:14px 0 6px;font-weight:600}.was{color:#5b6673}`;

type Cell = string | { readonly html: string } | { readonly text: string };

/** Cells that are texts are escaped. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (content: Cell): string => {
    if (typeof content === 'string') return `<td>${escaped(content)}</td>`;
    return 'html' in content ? `<td>${content.html}</td>` : `<td class="text">${escaped(content.text)}</td>`;
  };
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const variableTable = (variables: readonly VariableComparison[]): string =>
  table(
    ['variable', 'changed', 'largest', 'appeared', 'vanished', 'values', 'range', 'mean'],
    variables.map(({ name, units, state, total }) => [
      {
        html: `${escaped(name)}${units === null ? '' : ` <span class="faint">${escaped(units)}</span>`}${state === 'compared' ? '' : ` <b>${STATES[state]}</b>`}`,
      },
      count(total.changed),
      total.largest === null ? '' : shownNumber(Math.abs(Number(total.largest.new) - Number(total.largest.old)), 3),
      count(total.appeared),
      count(total.vanished),
      wasAndIs(total, ({ values }) => formatCount(values)),
      wasAndIs(total, rangeText),
      wasAndIs(total, ({ mean }) => (mean === null ? '' : shownNumber(mean))),
    ]),
  );

const STATES: Readonly<Record<VariableComparison['state'], string>> = {
  compared: '',
  added: 'new',
  removed: 'gone',
  unread: 'cannot be read',
  incomparable: 'other shape',
};

const count = (number: number): string => (number === 0 ? '' : formatCount(number));

/** One line where nothing changed; else what was above what is. */
function wasAndIs({ old, new: fresh }: VariableCounts, textOf: (values: ValueSummary) => string): Cell {
  const [was, is] = [textOf(old), textOf(fresh)];
  return was === is ? is : { html: `<span class="was">${escaped(was || '–')}</span><br>${escaped(is || '–')}` };
}

const rangeText = ({ min, max }: ValueSummary): string =>
  min === null || max === null ? '' : `${shownNumber(min, 6)} to ${shownNumber(max, 6)}`;

function formTable({ attributes, variables }: Comparison): string {
  const rows = [
    ...attributes.map((change) => ['(the store)', change] as const),
    ...variables.flatMap(({ name, form }) => form.map((change) => [name, change] as const)),
  ].map(([name, { what, old, new: is }]): readonly Cell[] => [name, { text: what }, { text: old ?? '–' }, { text: is ?? '–' }]);
  return rows.length === 0 ? '' : `<h2>Types, shapes, fills and attributes</h2>${table(['of', 'what', 'was', 'is'], rows)}`;
}

function examples(variables: readonly VariableComparison[]): string {
  const rows = variables.flatMap(({ name, total }) => total.first.map((change) => [name, ...changeCells(change)]));
  if (rows.length === 0) return '';
  return `<details open><summary>The first changes of each</summary>${table(['variable', 'time', 'was', 'is'], rows)}</details>`;
}

const changeCells = ({ time, old, new: is }: ChangedValue): readonly string[] => [timeText(time), valueText(old), valueText(is)];
const valueText = (value: number | string | null): string =>
  value === null ? 'missing' : typeof value === 'number' ? shownNumber(value, 9) : value;

/** Months in which anything is different, at most so many. */
const MONTHS_SHOWN = 240;

function monthTable({ periods, variables }: Comparison): string {
  const changes = new Map<string, { values: number; readonly names: string[] }>();
  for (const { name, periods: months } of variables) {
    for (const month of months.filter((counts) => changesOf(counts) > 0)) {
      const found = changes.get(month.period) ?? { values: 0, names: [] };
      found.values += changesOf(month);
      found.names.push(name);
      changes.set(month.period, found);
    }
  }
  const different = periods.filter(({ period, onlyOld, onlyNew }) => onlyOld + onlyNew > 0 || changes.has(period));
  if (different.length === 0) return `<p>Nothing is different in any of ${formatCount(periods.length)} months.</p>`;
  const rows = different.slice(0, MONTHS_SHOWN).map(({ period, both, onlyOld, onlyNew }): readonly Cell[] => {
    const { values = 0, names = [] } = changes.get(period) ?? {};
    return [
      period,
      formatCount(both),
      count(onlyNew),
      count(onlyOld),
      count(values),
      { text: names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '') },
    ];
  });
  const rest = `<p class="faint">${formatCount(different.length)} of ${formatCount(periods.length)} months are different; all are in report.json.</p>`;
  return rest + table(['month', 'rows in both', 'only new', 'only live', 'values changed', 'in'], rows);
}
