import { isText } from './cells.ts';
import type { Column, NumberColumn, NumberType, TextColumn } from './columns.ts';

/** What a store's array looks like, by the rules of the specification (7.5, 5 to 10), told from the files' variables in their order. */
export type PlannedColumn =
  | {
      readonly kind: 'number';
      readonly type: NumberType;
      readonly fill: number | null;
      readonly inner: { readonly name: string; readonly size: number } | null;
      /** Where a file does not have it. */
      readonly absent: number;
    }
  | {
      readonly kind: 'text';
      readonly width: number /** Of `*_qartod_executed`, whose texts are padded with `9`. */;
      readonly tests: number;
    };

/** A variable of one file, and the longest of its texts. */
export interface Seen {
  readonly column: Column;
  readonly longestText: number;
}

/** @returns null for a text that a store does not keep. */
export function planOf(name: string, seen: readonly Seen[]): PlannedColumn | null {
  const textColumns = seen.flatMap(({ column }) => (isText(column) ? [column] : []));
  if (textColumns.length === 0)
    return planNumber(
      name,
      seen.flatMap(({ column }) => (isText(column) ? [] : [column])),
    );
  if (!/qartod_executed|frame_type/.test(name)) return null;
  const tests = name.endsWith('_qartod_executed') ? Math.max(...textColumns.map(testsOf)) : 0;
  const longest = seen.map(({ column, longestText }) => (isText(column) && column.form.kind === 'char' ? column.form.width : longestText));
  return { kind: 'text', width: Math.max(1, tests, ...longest), tests };
}

const testsOf = ({ attributes }: TextColumn): number =>
  (attributes.tests_executed ?? '').split(',').filter((test) => test.trim() !== '').length;

function planNumber(name: string, columns: readonly NumberColumn[]): PlannedColumn {
  const type = columns.map((column) => column.type).reduce(joined);
  const declared = columns.filter(({ fill }) => fill !== null);
  const fill = name === 'time' ? null : ((declared.find((column) => column.type === type) ?? declared[0])?.fill ?? null);
  const inners = columns.flatMap(({ inner }) => (inner === null ? [] : [inner])).toSorted((a, b) => b.size - a.size);
  const absent = /_qartod_results$/.test(name) ? 9 : /_qc_(executed|results)$/.test(name) ? 0 : (fill ?? MISSING[type]);
  return { kind: 'number', type, fill, inner: inners[0] ?? null, absent };
}

const MISSING: Readonly<Record<NumberType, number>> = {
  '<f4': Number.NaN,
  '<f8': Number.NaN,
  '|i1': -9,
  '<i2': -9999,
  '<i4': -9999999,
  '|u1': 0xff,
  '<u2': 0xffff,
  '<u4': 0xffffffff,
};

const BYTES = (type: NumberType): number => Number(type[2]);
const kindOf = (type: NumberType): string => type[1] ?? '';
const SIGNED: Readonly<Record<number, NumberType>> = { 1: '|i1', 2: '<i2', 4: '<i4' };

/** The type that holds both (rule 7). */
export function joined(a: NumberType, b: NumberType): NumberType {
  if (kindOf(a) === kindOf(b)) return BYTES(a) >= BYTES(b) ? a : b;
  const [float, other] = kindOf(a) === 'f' ? [a, b] : [b, a];
  if (kindOf(float) === 'f') return float === '<f4' && BYTES(other) <= 2 ? '<f4' : '<f8';
  const [signed, unsigned] = kindOf(a) === 'i' ? [a, b] : [b, a];
  const type = SIGNED[Math.max(BYTES(signed), 2 * BYTES(unsigned))];
  if (type === undefined) throw new RangeError(`No type of the generator holds both ${a} and ${b}.`);
  return type;
}
