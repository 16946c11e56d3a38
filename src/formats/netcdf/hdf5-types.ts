import type { NcType, Numbers } from './file.ts';

/** What the library says about the type of a dataset or attribute. */
export interface StoredType {
  /** HDF5 type class. */
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  /** A string of any length. */
  readonly vlen: boolean;
  readonly enum_type?: { readonly type: number } | undefined;
}

const CLASS_INTEGER = 0;
const CLASS_FLOAT = 1;
const CLASS_STRING = 3;
const CLASS_ENUM = 8;

const INTEGERS: ReadonlyMap<number, readonly [signed: NcType, unsigned: NcType]> = new Map([
  [1, ['byte', 'ubyte']],
  [2, ['short', 'ushort']],
  [4, ['int', 'uint']],
  [8, ['int64', 'uint64']],
]);

/** The NetCDF type of an HDF5 type; an enumeration counts as its integers. Null where NetCDF's atomic types have no word for it. */
export function ncTypeOf({ type, size, signed, vlen, enum_type }: StoredType): NcType | null {
  if (type === CLASS_INTEGER || (type === CLASS_ENUM && enum_type?.type === CLASS_INTEGER))
    return INTEGERS.get(size)?.[signed ? 0 : 1] ?? null;
  if (type === CLASS_FLOAT) return size === 4 ? 'float' : size === 8 ? 'double' : null;
  if (type === CLASS_STRING) return vlen || size > 1 ? 'string' : 'char';
  return null;
}

export type NumericType = Exclude<NcType, 'string'>;

/** `length` zeros of a type in memory of their own. */
export const zeros = (type: NumericType, length: number) => numbersOver(type, new ArrayBuffer(length * BYTES[type]), 0, length);

const BYTES: { readonly [type in NumericType]: number } = {
  byte: 1,
  char: 1,
  ubyte: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  int64: 8,
  uint64: 8,
  float: 4,
  double: 8,
};

/** Sees memory as numbers of a type. */
export function numbersOver(type: NumericType, buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers {
  switch (type) {
    case 'byte':
      return new Int8Array(buffer, byteOffset, length);
    case 'char':
    case 'ubyte':
      return new Uint8Array(buffer, byteOffset, length);
    case 'short':
      return new Int16Array(buffer, byteOffset, length);
    case 'ushort':
      return new Uint16Array(buffer, byteOffset, length);
    case 'int':
      return new Int32Array(buffer, byteOffset, length);
    case 'uint':
      return new Uint32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, length);
    case 'float':
      return new Float32Array(buffer, byteOffset, length);
    case 'double':
      return new Float64Array(buffer, byteOffset, length);
  }
}

/** What the netCDF library puts where nothing was written and no `_FillValue` is given. Source: netcdf.h, NC_FILL_*. */
export const DEFAULT_FILL: { readonly [type in NcType]: number | bigint | string } = {
  byte: -127,
  char: 0,
  short: -32_767,
  int: -2_147_483_647,
  float: 9.969209968386869e36,
  double: 9.969209968386869e36,
  ubyte: 255,
  ushort: 65_535,
  uint: 4_294_967_295,
  int64: -9_223_372_036_854_775_806n,
  uint64: 18_446_744_073_709_551_614n,
  string: '',
};
