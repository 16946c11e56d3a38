import { formatItems } from '../../../observe/counts.ts';
import { type Comparison, changesOf, type SideSummary, type VariableComparison } from '../comparison.ts';
import { differenceOf } from '../differ.ts';
import { shownNumber } from '../words.ts';
import { drawChart, type Panel, type Strip } from './chart.ts';
import type { Envelopes } from './envelope.ts';

/** Old against new of some variables above each other, as SVG. */
export function drawComparison(comparison: Comparison, envelopes: Envelopes, names: readonly string[], title: string): string {
  const variables = names.flatMap((name) => comparison.variables.find((one) => one.name === name) ?? []);
  return drawChart({
    title,
    extent: envelopes.extent,
    panels: variables.map((variable) => panelOf(variable, comparison, envelopes)),
    strips: [...stripOf('old', comparison.old), ...stripOf('new', comparison.new)],
    gaps: comparison.new.gaps,
  });
}

function panelOf(variable: VariableComparison, { old, new: fresh }: Comparison, envelopes: Envelopes): Panel {
  const thinned = envelopes.of(variable.name);
  const changes = changesOf(variable.total);
  const largest = differenceOf(variable.total.largest);
  const by = largest === 0 ? '' : `, by up to ${shownNumber(largest, 3)}`;
  const lines =
    thinned === null
      ? []
      : [
          { name: 'old', envelope: thinned.old, rows: envelopes.rows.old, gaps: old.gaps } as const,
          { name: 'new', envelope: thinned.new, rows: envelopes.rows.new, gaps: fresh.gaps } as const,
        ];
  return {
    title: variable.units === null ? variable.name : `${variable.name} [${variable.units}]`,
    note: changes === 0 ? 'no value changed' : `${formatItems(changes, 'value')} changed${by}`,
    lines,
    marks: thinned?.marks ?? null,
  };
}

const stripOf = (name: 'old' | 'new', { first, last, gaps }: SideSummary): readonly Strip[] =>
  first === null || last === null ? [] : [{ name, text: name === 'old' ? 'live store' : 'new store', first, last, gaps }];

/** Numbers worth a picture, most telling first: what was lost or changed, then products of the facility, then the rest. Times and flags are left out. */
export function tellingVariables({ variables }: Comparison, most: number): readonly string[] {
  return variables
    .filter(({ name, total }) => !/timestamp|_qartod_|_qc_|^deployment$/.test(name) && (total.old.min !== null || total.new.min !== null))
    .map((variable) => ({ name: variable.name, weight: weightOf(variable) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ name }) => name);
}

function weightOf({ state, units, total }: VariableComparison): number {
  const isCount = units === null || units === 'counts' || units === '1';
  return (state === 'removed' || state === 'added' ? 4 : 0) + Math.min(4, Math.log10(1 + changesOf(total) * 10)) + (isCount ? 0 : 0.5);
}
