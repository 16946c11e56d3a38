import { decodeText } from '../formats/netcdf/text.ts';
import type { ProfileVariable } from './profile-file.ts';

const NUL = 0;

/** A char cell row as text: trailing NULs cut, UTF-8 or else Latin-1, blanks kept. */
export function textOf(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === NUL) end -= 1;
  return decodeText(bytes.subarray(0, end));
}

/** The strings of a text variable, one per `width` cells, unstripped; null when it does not hold text. */
export function stringsOf({ type, values, width }: ProfileVariable): readonly string[] | null {
  if (type === 'string' && Array.isArray(values)) return values;
  if (type !== 'char' || !(values instanceof Uint8Array)) return null;
  const strings: string[] = [];
  for (let from = 0; width > 0 && from < values.length; from += width) strings.push(textOf(values.subarray(from, from + width)));
  return strings;
}

/** The first string of a text variable, unstripped; undefined when there is none. */
export const firstString = (variable: ProfileVariable | undefined): string | undefined =>
  variable === undefined ? undefined : stringsOf(variable)?.[0];

/** The characters of a variable whose cells are single characters, one byte each; null when it does not hold characters. */
export function charactersOf({ type, values }: ProfileVariable): Uint8Array | null {
  return type === 'char' && values instanceof Uint8Array ? values : null;
}

const ZERO = 48;
const NINE = 57;

/** A quality flag as a number, or null: blank, fill, or anything but a digit. */
export function flagOf(byte: number | undefined, fill: number | null): number | null {
  return byte === undefined || byte === fill || byte < ZERO || byte > NINE ? null : byte - ZERO;
}

/** The variable's `_FillValue` as a byte, or null when it has none of that kind. */
export const characterFill = ({ fill }: ProfileVariable): number | null =>
  typeof fill === 'string' && fill.length === 1 ? fill.charCodeAt(0) : null;
