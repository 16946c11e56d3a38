import { product } from '../../formats/zarr/array.ts';
import { type DataType, parseDataType } from '../../formats/zarr/data-type.ts';
import { filled } from '../../formats/zarr/fill.ts';
import { rawBytes, roomFor, type Values } from '../../formats/zarr/values.ts';
import type { ColumnPlan } from '../series.ts';

const NINE = '9'.charCodeAt(0);

export const typeOf = ({ name, type }: ColumnPlan): DataType => parseDataType(name, type);

/** Values in one row of a column. */
export const widthOf = ({ inner }: ColumnPlan): number => product(inner.map(({ size }) => size));

/** Rows of a column where nothing is known of it. Specification 7.5, rule 9. */
export function absentRows(column: ColumnPlan, rows: number): Values {
  const type = typeOf(column);
  const count = rows * widthOf(column);
  if (column.absent.kind === 'value') return filled(type, column.absent.value, count);
  const values = roomFor(type, count);
  const bytes = rawBytes(values);
  const digits = Math.min(column.absent.tests, type.bytes);
  for (let at = 0; at < bytes.byteLength; at += type.bytes) bytes.fill(NINE, at, at + digits);
  return values;
}

/** The coordinate of an inner dimension: 0 to k-1. */
export function coordinateOf(column: ColumnPlan): Values {
  const values = roomFor(typeOf(column), widthOf(column));
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) for (let i = 0; i < values.length; i++) values[i] = BigInt(i);
  else for (let i = 0; i < values.length; i++) values[i] = i;
  return values;
}
