import type { ArrayPair, ColumnPiece, SidePiece } from './column-pieces.ts';
import type { ValueSummary, VariableComparison, VariableCounts } from './comparison.ts';
import { addChanges, type ChangeTally, compareColumns, newChangeTally } from './differ.ts';
import { formChanges } from './form.ts';
import type { Envelopes } from './picture/envelope.ts';
import { addTally, newValueTally, tallyValues, type ValueTally } from './tally.ts';
import { monthRuns } from './time-text.ts';

interface Counts {
  readonly old: ValueTally;
  readonly new: ValueTally;
  readonly changes: ChangeTally;
}

const newCounts = (): Counts => ({ old: newValueTally(), new: newValueTally(), changes: newChangeTally() });

/** What is known of one variable while two stores are compared: counts for each month. */
export class VariableTally {
  readonly name: string;
  readonly #arrays: ArrayPair;
  readonly #width: number;
  readonly #months = new Map<string, Counts>();

  /** @param width values of a row that can be compared */
  constructor(name: string, arrays: ArrayPair, width: number) {
    this.name = name;
    this.#arrays = arrays;
    this.#width = width;
  }

  add({ old, fresh, both }: ColumnPiece, envelopes: Envelopes): void {
    this.#addSide('old', old, envelopes);
    this.#addSide('new', fresh, envelopes);
    if (old.column === null || fresh.column === null || this.#width === 0) return;
    for (const { month, from, to } of monthRuns(both.times)) {
      const range = { from, to, width: this.#width };
      compareColumns(this.#of(month).changes, old.column, fresh.column, both, range, (time) => envelopes.mark(this.name, time));
    }
  }

  #addSide(side: 'old' | 'new', { times, rows, column }: SidePiece, envelopes: Envelopes): void {
    if (column === null) return;
    for (const { month, from, to } of monthRuns(times)) tallyValues(this.#of(month)[side], column, rows, from, to);
    envelopes.addValues(this.name, side, times, rows, column);
  }

  #of(month: string): Counts {
    const counts = this.#months.get(month) ?? newCounts();
    this.#months.set(month, counts);
    return counts;
  }

  result(): VariableComparison {
    const { old, fresh } = this.#arrays;
    const months = [...this.#months].sort(([a], [b]) => (a < b ? -1 : 1));
    const total = newCounts();
    for (const [, counts] of months) {
      addTally(total.old, counts.old);
      addTally(total.new, counts.new);
      addChanges(total.changes, counts.changes);
    }
    const units = (fresh ?? old)?.attributes.units;
    return {
      name: this.name,
      state: old === null ? 'added' : fresh === null ? 'removed' : this.#width === 0 ? 'incomparable' : 'compared',
      units: typeof units === 'string' && units !== '1' ? units.slice(0, 40) : null, // 1 is how CF says that there is none
      form: old === null || fresh === null ? [] : formChanges(old, fresh),
      total: countsOf(total),
      periods: months.map(([period, counts]) => ({ period, ...countsOf(counts) })),
    };
  }
}

const countsOf = ({ old, new: fresh, changes }: Counts): VariableCounts => ({
  old: valuesOf(old),
  new: valuesOf(fresh),
  changed: changes.changed,
  appeared: changes.appeared,
  vanished: changes.vanished,
  changedRows: changes.rows,
  largest: changes.largest,
  first: changes.first,
});

export const valuesOf = ({ values, missing, min, max, sum }: ValueTally): ValueSummary => ({
  values,
  missing,
  min: Number.isFinite(min) ? min : null,
  max: Number.isFinite(max) ? max : null,
  mean: Number.isFinite(min) ? sum / values : null,
});
