import type { ChangedValue } from './differ.ts';
import type { FormChange } from './form.ts';
import type { Gap } from './intervals.ts';

/** What a comparison of two stores of a series found. JSON as it is; times are seconds since 1900-01-01, UTC. */
export interface Comparison {
  readonly old: SideSummary;
  readonly new: SideSummary;
  /** `late`: of those only in the new store, the ones before the last row of the old. */
  readonly rows: RowCounts & { readonly late: number };
  /** By month, ascending. */
  readonly periods: readonly PeriodRows[];
  /** Of the global attributes. */
  readonly attributes: readonly FormChange[];
  /** In byte order of their names; `time` is not among them. */
  readonly variables: readonly VariableComparison[];
}

export interface SideSummary {
  /** Rows of the store. */
  readonly rows: number;
  /** Null for a store without a row that has a time. */
  readonly first: number | null;
  readonly last: number | null;
  /** Rows that could not be compared: their time is missing, repeated, or before that of a row before them. */
  readonly misplaced: { readonly notTimes: number; readonly repeated: number; readonly backwards: number };
  /** Seconds between rows as they mostly are. */
  readonly usualInterval: number | null;
  readonly gaps: readonly Gap[];
}

/** Times, each counted once. */
export interface RowCounts {
  readonly both: number;
  readonly onlyOld: number;
  readonly onlyNew: number;
}

export interface PeriodRows extends RowCounts {
  /** `2023-08` */
  readonly period: string;
}

export interface VariableComparison {
  readonly name: string;
  /** `unread`: of a form that is not read, in one of the stores; `incomparable`: the shapes do not allow it. */
  readonly state: 'compared' | 'added' | 'removed' | 'unread' | 'incomparable';
  readonly units: string | null;
  readonly form: readonly FormChange[];
  readonly total: VariableCounts;
  /** By month, ascending; months in which neither store has a value of it are left out. */
  readonly periods: readonly (VariableCounts & { readonly period: string })[];
}

/** Counts are of single values: a row of a spectrum has many. */
export interface VariableCounts {
  readonly old: ValueSummary;
  readonly new: ValueSummary;
  readonly changed: number;
  readonly appeared: number;
  readonly vanished: number;
  readonly changedRows: number;
  readonly largest: ChangedValue | null;
  readonly first: readonly ChangedValue[];
}

export interface ValueSummary {
  /** There, and a number or a text. */
  readonly values: number;
  /** Fill, or no finite number; empty texts. */
  readonly missing: number;
  /** Of numbers. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

/** Whether a variable is the same in both stores, and as readers see it. */
export const isSameVariable = ({ state, form, total }: VariableComparison): boolean =>
  state === 'compared' && form.length === 0 && changesOf(total) === 0;

export const changesOf = ({ changed, appeared, vanished }: Pick<VariableCounts, 'changed' | 'appeared' | 'vanished'>): number =>
  changed + appeared + vanished;
