import { isUtf8 } from 'node:buffer';
import type { Column } from './tally.ts';

/** A value that is not what it was. Numbers, or texts; null: missing. */
export interface ChangedValue {
  /** Seconds since 1900. */
  readonly time: number;
  readonly old: number | string | null;
  readonly new: number | string | null;
}

/** What became of values at times that both stores have. Mutable: pairs of rows are added as they are read. */
export interface ChangeTally {
  /** Both stores have a value, and they differ. */
  changed: number;
  /** Missing before, there now. */
  appeared: number;
  /** There before, missing now. */
  vanished: number;
  /** Rows with any of these. */
  rows: number;
  /** Of numbers: the change that is furthest from nothing. */
  largest: ChangedValue | null;
  /** The first few of each sort, in the order of time. */
  readonly first: ChangedValue[];
}

/** So many examples are kept, and so many rows are marked in a picture. */
const EXAMPLES = 5;

export const newChangeTally = (): ChangeTally => ({ changed: 0, appeared: 0, vanished: 0, rows: 0, largest: null, first: [] });

export function addChanges(total: ChangeTally, { changed, appeared, vanished, rows, largest, first }: ChangeTally): void {
  total.changed += changed;
  total.appeared += appeared;
  total.vanished += vanished;
  total.rows += rows;
  if (largest !== null && differenceOf(largest) > differenceOf(total.largest)) total.largest = largest;
  total.first.push(...first.slice(0, EXAMPLES - total.first.length));
}

/** Of two numbers; 0 for anything else. */
export function differenceOf(change: ChangedValue | null): number {
  return change !== null && typeof change.old === 'number' && typeof change.new === 'number' ? Math.abs(change.new - change.old) : 0;
}

/** Rows of two stores that have one time. */
export interface Pairs {
  readonly times: Float64Array;
  readonly old: Int32Array;
  readonly fresh: Int32Array;
}

/** The elements of {@link Pairs} to look at. */
export interface PairRange {
  readonly from: number;
  readonly to: number;
  /** Values of a row that both have; at most the width of either. */
  readonly width: number;
}

/**
 * Compares rows by pairs. A fill is missing whatever its number is, so a fill that became another one is no change.
 *
 * @param onRow told of every row that changed
 */
export function compareColumns(
  tally: ChangeTally,
  old: Column,
  fresh: Column,
  pairs: Pairs,
  range: PairRange,
  onRow: (time: number) => void = () => undefined,
): void {
  if (old.kind === 'numbers' && fresh.kind === 'numbers') compareNumbers(tally, old, fresh, pairs, range, onRow);
  else compareTexts(tally, old, fresh, pairs, range, onRow);
}

type Numbers = Extract<Column, { kind: 'numbers' }>;

function compareNumbers(
  tally: ChangeTally,
  old: Numbers,
  fresh: Numbers,
  pairs: Pairs,
  { from, to, width }: PairRange,
  onRow: (time: number) => void,
): void {
  for (let at = from; at < to; at++) {
    const [a, b] = [(pairs.old[at] ?? 0) * old.width, (pairs.fresh[at] ?? 0) * fresh.width];
    let isChanged = false;
    for (let i = 0; i < width; i++) {
      const one = old.values[a + i] ?? Number.NaN;
      const other = fresh.values[b + i] ?? Number.NaN;
      if (one === other && one !== old.fill && one !== fresh.fill) continue;
      const was = isMissing(one, old.fill) ? null : one;
      const is = isMissing(other, fresh.fill) ? null : other;
      if (was === is) continue;
      isChanged = true;
      note(tally, { time: pairs.times[at] ?? Number.NaN, old: was, new: is });
    }
    if (isChanged) {
      tally.rows++;
      onRow(pairs.times[at] ?? Number.NaN);
    }
  }
}

const isMissing = (value: number, fill: number | null): boolean => value === fill || value - value !== 0;

function compareTexts(
  tally: ChangeTally,
  old: Column,
  fresh: Column,
  pairs: Pairs,
  { from, to, width }: PairRange,
  onRow: (time: number) => void,
): void {
  for (let at = from; at < to; at++) {
    let isChanged = false;
    for (let i = 0; i < width; i++) {
      const [a, b] = [(pairs.old[at] ?? 0) * old.width + i, (pairs.fresh[at] ?? 0) * fresh.width + i];
      if (old.kind === 'texts' && fresh.kind === 'texts' && isSameText(old, a, fresh, b)) continue;
      const change = { time: pairs.times[at] ?? Number.NaN, old: shownValue(old, a), new: shownValue(fresh, b) };
      if (change.old === change.new) continue;
      isChanged = true;
      note(tally, change);
    }
    if (isChanged) {
      tally.rows++;
      onRow(pairs.times[at] ?? Number.NaN);
    }
  }
}

type Texts = Extract<Column, { kind: 'texts' }>;

function isSameText(old: Texts, a: number, fresh: Texts, b: number): boolean {
  const longest = Math.max(old.itemBytes, fresh.itemBytes);
  for (let i = 0; i < longest; i++) {
    const one = i < old.itemBytes ? old.bytes[a * old.itemBytes + i] : 0;
    const other = i < fresh.itemBytes ? fresh.bytes[b * fresh.itemBytes + i] : 0;
    if (one !== other) return false;
  }
  return true;
}

/** One value as a person may see it; null: missing. */
export function shownValue(column: Column, at: number): number | string | null {
  if (column.kind === 'numbers') {
    const value = column.values[at] ?? Number.NaN;
    return isMissing(value, column.fill) ? null : value;
  }
  const { bytes, itemBytes } = column;
  const found = bytes.subarray(at * itemBytes, (at + 1) * itemBytes);
  const text = Buffer.from(found)
    .toString(isUtf8(found) ? 'utf8' : 'latin1')
    .replace(/\0+$/, '');
  return text === '' ? null : text;
}

function note(tally: ChangeTally, change: ChangedValue): void {
  if (change.old === null) tally.appeared++;
  else if (change.new === null) tally.vanished++;
  else tally.changed++;
  if (differenceOf(change) > differenceOf(tally.largest)) tally.largest = change;
  if (tally.first.length < EXAMPLES) tally.first.push(change);
}
