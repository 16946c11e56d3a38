import type { NcType } from '../../formats/netcdf/file.ts';
import type { Fill } from '../../formats/zarr/fill.ts';

/** NetCDF's numbers as numpy writes them. */
export const NUMPY: Readonly<Record<Exclude<NcType, 'char' | 'string'>, string>> = {
  byte: '|i1',
  ubyte: '|u1',
  short: '<i2',
  ushort: '<u2',
  int: '<i4',
  uint: '<u4',
  int64: '<i8',
  uint64: '<u8',
  float: '<f4',
  double: '<f8',
};

export const isTextType = (type: string): boolean => type.startsWith('|S');

const bitsOf = (type: string): number => Number(type.slice(2)) * 8;
const kindOf = (type: string): string => type.charAt(1);

/** Of no file, but of stores that somebody else wrote. */
const BOOL = '|b1';

/** The type that holds all of these numbers; the order does not matter. Specification 7.5, rule 7. */
export function commonType(all: readonly string[]): string {
  if (all.every((type) => type === BOOL)) return BOOL;
  const types = all.map((type) => (type === BOOL ? '|u1' : type));
  const floats = types.filter((type) => kindOf(type) === 'f');
  const signed = types.filter((type) => kindOf(type) === 'i').map(bitsOf);
  const unsigned = types.filter((type) => kindOf(type) === 'u').map(bitsOf);
  if (floats.length > 0) return floats.includes('<f8') || Math.max(0, ...signed, ...unsigned) > 16 ? '<f8' : '<f4';
  if (signed.length === 0) return named('u', Math.max(...unsigned));
  const bits = Math.max(...signed, ...unsigned.map((each) => 2 * each));
  return bits > 64 ? '<f8' : named('i', bits);
}

const named = (kind: string, bits: number): string => `${bits === 8 ? '|' : '<'}${kind}${bits / 8}`;

/** A fill value as a value of a type of numbers; null where the type has no such value. */
export function fillAs(value: number | bigint, type: string): number | bigint | null {
  if (kindOf(type) === 'f') return type === '<f4' ? Math.fround(Number(value)) : Number(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return null;
  const whole = BigInt(value);
  const bits = bitsOf(type);
  const fitting = kindOf(type) === 'i' ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole);
  if (fitting !== whole) return null;
  return bits === 64 ? whole : Number(whole);
}

/** What the facility writes where a value is missing and no fill is known. Specification, section 4. */
export function facilityDefault(type: string): Fill {
  const [kind, bits] = [kindOf(type), bitsOf(type)];
  if (kind === 'S') return new Uint8Array(0);
  if (kind === 'f') return Number.NaN;
  if (kind === 'b') return 0;
  const value = kind === 'u' ? BigInt.asUintN(bits, -1n) : bits === 8 ? -9n : bits === 16 ? -9999n : -9_999_999n;
  return bits === 64 ? value : Number(value);
}
