import type { ZarrArray } from '../../formats/zarr/array.ts';
import { copyBox } from '../../formats/zarr/box.ts';
import type { Fill } from '../../formats/zarr/fill.ts';
import { rawBytes, roomFor, type Values } from '../../formats/zarr/values.ts';
import type { ColumnPlan } from '../series.ts';
import { whyNotSame } from './column-array.ts';
import { typeOf, widthOf } from './column-type.ts';
import { absentValues } from './rules.ts';

const NINE = '9'.charCodeAt(0);

/**
 * Stored rows as a column wants them now: in its type, its width and its rows, what was fill or absent before as what it is now.
 *
 * @param before what the column was when they were stored; null: not known
 */
export function reshaped(array: ZarrArray, values: Values, rows: number, column: ColumnPlan, before: ColumnPlan | null): Values {
  const isSame = whyNotSame(array, column) === null && (before === null || isSameAbsent(before, column));
  if (isSame) return values;
  const converted = array.type.kind === 'text' ? widened(array, values, column) : inType(array, values, column, before);
  return inRows(array, converted, rows, column);
}

/** Whether rows that lack the column look the same under both plans. */
export function isSameAbsent(before: ColumnPlan, column: ColumnPlan): boolean {
  const [a, b] = [before.absent, column.absent];
  if (a.kind === 'tests') return b.kind === 'tests' && a.tests === b.tests;
  return b.kind === 'value' && sameFill(a.value, b.value);
}

function sameFill(a: Fill, b: Fill): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    const [x, y] = [a instanceof Uint8Array ? a : [], b instanceof Uint8Array ? b : []];
    return x.length === y.length && x.every((byte, at) => byte === y[at]);
  }
  return Object.is(a, b) || (a !== null && b !== null && a === b);
}

/** Texts in more bytes; where a digit stands for each test, further tests get 9. */
function widened(array: ZarrArray, values: Values, column: ColumnPlan): Values {
  const type = typeOf(column);
  const from = rawBytes(values);
  const count = from.byteLength / array.type.bytes;
  const target = roomFor(type, count);
  const to = rawBytes(target);
  const tests = column.absent.kind === 'tests' ? Math.min(column.absent.tests, type.bytes) : 0;
  for (let i = 0; i < count; i++) {
    const text = from.subarray(i * array.type.bytes, (i + 1) * array.type.bytes);
    to.set(text.subarray(0, type.bytes), i * type.bytes);
    for (let at = 0; at < tests; at++) if (to[i * type.bytes + at] === 0) to[i * type.bytes + at] = NINE;
  }
  return target;
}

function inType(array: ZarrArray, values: Values, column: ColumnPlan, before: ColumnPlan | null): Values {
  const type = typeOf(column);
  const target = roomFor(type, values.length);
  const absentNow = column.absent.kind === 'value' ? column.absent.value : null;
  const absentBefore = before?.absent.kind === 'value' ? before.absent.value : null;
  const mapped = new Map<number | bigint, Fill>();
  if (isNumber(absentBefore) && isNumber(absentNow)) mapped.set(absentBefore, absentNow);
  if (isNumber(array.fill) && isNumber(column.fill)) mapped.set(array.fill, column.fill);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const now = mapped.get(value) ?? value;
    if (target instanceof BigInt64Array || target instanceof BigUint64Array) target[i] = BigInt(isNumber(now) ? now : 0);
    else target[i] = Number(now);
  }
  return target;
}

const isNumber = (fill: Fill): fill is number | bigint => typeof fill === 'number' || typeof fill === 'bigint';

/** In rows that have become longer. */
function inRows(array: ZarrArray, values: Values, rows: number, column: ColumnPlan): Values {
  const sizes = array.shape.slice(1);
  const wanted = column.inner.map(({ size }) => size);
  if (sizes.length === wanted.length && sizes.every((size, at) => size === wanted[at])) return values;
  const target = absentValues(column, rows);
  const start = [0, ...wanted.map(() => 0)];
  const width = widthOf(column);
  const box = [...sizes, ...wanted.slice(sizes.length).map(() => 1)];
  if (rows === 0 || width === 0) return target;
  copyBox({
    source: { bytes: rawBytes(values), shape: [rows, ...box], start },
    target: { bytes: rawBytes(target), shape: [rows, ...wanted], start },
    size: [rows, ...box],
    itemBytes: typeOf(column).bytes,
  });
  return target;
}
