import { bytesToFill } from '../../formats/memory.ts';
import type { Values as FileValues } from '../../formats/netcdf/file.ts';
import { parseDataType } from '../../formats/zarr/data-type.ts';
import { type Fill, filled } from '../../formats/zarr/fill.ts';
import { sharedBytesToFill } from '../../formats/zarr/shared-memory.ts';
import { roomFor, type Values, valuesOver } from '../../formats/zarr/values.ts';
import type { ColumnPlan, InnerDimension } from '../series.ts';
import { isTextType } from './column-types.ts';
import type { FileVariable } from './header.ts';
import { textsAs } from './texts.ts';

const sizeOf = (inner: readonly InnerDimension[]): number => inner.reduce((product, { size }) => product * size, 1);

/** Elements of one row of a column: values, or bytes of a text. */
export const rowElements = ({ type, inner }: ColumnPlan): number => sizeOf(inner) * (isTextType(type) ? Number(type.slice(2)) : 1);

/**
 * Room for rows of a column for whoever writes every one of them: what it holds now is left over from others. Threads can write into it, too,
 * unless too many such rooms are out.
 */
export const rowsToFill = ({ name, type, inner }: ColumnPlan, rows: number): Values => {
  const parsed = parseDataType(name, type);
  const bytes = rows * sizeOf(inner) * parsed.bytes;
  return valuesOver(parsed, sharedBytesToFill(bytes) ?? bytesToFill(bytes));
};

/** Room for rows of a column, all bytes zero. */
export const roomForRows = ({ name, type, inner }: ColumnPlan, rows: number): Values =>
  roomFor(parseDataType(name, type), rows * sizeOf(inner));

/** `rows` rows of what stands where a file does not have the variable. Specification 7.5, rule 9. */
export function absentValues({ name, type, inner, absent }: ColumnPlan, rows: number): Values {
  const value: Fill = absent.kind === 'value' ? absent.value : new Uint8Array(absent.tests).fill(0x39);
  return filled(parseDataType(name, type), value, rows * sizeOf(inner));
}

/** Rows of a file's variable as the plan wants them. The file's values are handed over where they are already right. */
export function asPlanned(found: FileValues, variable: FileVariable, column: ColumnPlan, rows: number): Values {
  const elements = isTextType(column.type) ? textsAs(found, variable, column) : numbersAs(found, variable, column);
  return hasRowsAs(variable, column) ? elements : widened(elements, variable, column, rows);
}

/** Whether the inner dimensions of a file's variable are as long as the plan wants them. */
export const hasRowsAs = (variable: FileVariable, { inner }: ColumnPlan): boolean =>
  inner.every(({ size }, i) => size === (variable.inner[i]?.size ?? 1));

function numbersAs(found: FileValues, { numpy, fill }: FileVariable, { name, type, fill: storeFill }: ColumnPlan): Values {
  if (!isNumbers(found)) throw new Error(`${name} holds texts where numbers were read.`);
  const isForeignFill = fill !== null && storeFill !== null && !(storeFill instanceof Uint8Array) && !Object.is(fill, storeFill);
  const first = isForeignFill ? firstFill(found, fill) : -1;
  if (numpy === type && first === -1) return found;
  const values = numpy === type ? found.slice() : castTo(found, name, type);
  if (first === -1) return values;
  for (let i = first; i < found.length; i++) if (Object.is(found[i], fill) || found[i] === fill) setOne(values, i, storeFill ?? 0);
  return values;
}

const isNumbers = (values: FileValues): values is Exclude<FileValues, readonly string[]> => !Array.isArray(values);

function firstFill(values: Exclude<FileValues, readonly string[]>, fill: FileVariable['fill']): number {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return typeof fill === 'bigint' ? values.indexOf(fill) : -1;
  if (typeof fill !== 'number') return -1;
  return Number.isNaN(fill) ? values.findIndex(Number.isNaN) : values.indexOf(fill);
}

function castTo(found: Values, name: string, type: string): Values {
  const values = roomFor(parseDataType(name, type), found.length);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    if (isWide(found)) values.set(found);
    else for (let i = 0; i < found.length; i++) values[i] = BigInt(found[i] ?? 0);
  } else if (isWide(found)) for (let i = 0; i < found.length; i++) values[i] = Number(found[i]);
  else values.set(found);
  return values;
}

function setOne(values: Values, at: number, value: number | bigint | Uint8Array): void {
  if (value instanceof Uint8Array) return;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[at] = BigInt(value);
  else values[at] = Number(value);
}

const isWide = (values: Values): values is BigInt64Array | BigUint64Array =>
  values instanceof BigInt64Array || values instanceof BigUint64Array;

/** So few elements are copied faster one by one. */
const FEW = 8;

/** Copies stretches between values of one type. */
export function copyElements(target: Values, at: number, source: Values, from: number, count: number): void {
  if (count <= FEW && !isWide(target) && !isWide(source)) {
    for (let i = 0; i < count; i++) target[at + i] = source[from + i] ?? 0;
    return;
  }
  const part = source.subarray(from, from + count);
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
    if (part instanceof BigInt64Array || part instanceof BigUint64Array) target.set(part, at);
  } else if (!(part instanceof BigInt64Array || part instanceof BigUint64Array)) target.set(part, at);
}

/** Puts rows with shorter inner dimensions into longer ones. */
function widened(elements: Values, { inner }: FileVariable, column: ColumnPlan, rows: number): Values {
  const [had, wanted] = [column.inner.map((_, i) => inner[i]?.size ?? 1), column.inner.map(({ size }) => size)];
  const unit = isTextType(column.type) ? Number(column.type.slice(2)) : 1;
  const target = absentValues(column, rows);
  const run = (had.at(-1) ?? 1) * unit;
  const places = runPlaces(had, wanted).map((place) => place * unit);
  const rowLength = rowElements(column);
  let from = 0;
  for (let row = 0; row < rows; row++) {
    for (const place of places) {
      copyElements(target, row * rowLength + place, elements, from, run);
      from += run;
    }
  }
  return target;
}

/** Where, in a row of the wanted shape, each run along the last dimension of the smaller shape begins. */
function runPlaces(had: readonly number[], wanted: readonly number[]): readonly number[] {
  let places = [0];
  let stride = wanted.at(-1) ?? 1;
  for (let i = had.length - 2; i >= 0; i--) {
    const step = stride;
    places = Array.from({ length: had[i] ?? 1 }, (_, at) => places.map((place) => place + at * step)).flat();
    stride *= wanted[i] ?? 1;
  }
  return places;
}
