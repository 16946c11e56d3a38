import { product } from '../../formats/zarr/array.ts';
import { type DataType, parseDataType } from '../../formats/zarr/data-type.ts';
import type { ColumnPlan } from '../series.ts';

export const typeOf = ({ name, type }: ColumnPlan): DataType => parseDataType(name, type);

/** Values in one row of a column. */
export const widthOf = ({ inner }: ColumnPlan): number => product(inner.map(({ size }) => size));

export const isTextColumn = ({ type }: ColumnPlan): boolean => type.startsWith('|S');
