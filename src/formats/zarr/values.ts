import type { DataType } from './data-type.ts';

/**
 * The values of a slab in C order. int64 and uint64 are bigint; bool is 0 or 1; text is its bytes one after the other, each padded
 * with NUL to the type's length.
 */
export type Values =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** The bytes of values as this machine has them; nothing is copied. */
export const rawBytes = (values: Values): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Room for `count` values, all bytes zero. */
export const roomFor = (type: DataType, count: number): Values => valuesOver(type, new Uint8Array(count * type.bytes));

/** Sees bytes in this machine's order as values of the type; copies only bytes that are not aligned. */
export function valuesOver(type: DataType, bytes: Uint8Array): Values {
  const { kind, bytes: size } = type;
  if (kind === 'text' || kind === 'bool') return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { buffer, byteOffset, byteLength } = byteOffsetFits(bytes, size) ? bytes : new Uint8Array(bytes);
  const count = byteLength / size;
  if (kind === 'float') return size === 4 ? new Float32Array(buffer, byteOffset, count) : new Float64Array(buffer, byteOffset, count);
  if (kind === 'int') {
    if (size === 1) return new Int8Array(buffer, byteOffset, count);
    if (size === 2) return new Int16Array(buffer, byteOffset, count);
    return size === 4 ? new Int32Array(buffer, byteOffset, count) : new BigInt64Array(buffer, byteOffset, count);
  }
  if (size === 1) return new Uint8Array(buffer, byteOffset, count);
  if (size === 2) return new Uint16Array(buffer, byteOffset, count);
  return size === 4 ? new Uint32Array(buffer, byteOffset, count) : new BigUint64Array(buffer, byteOffset, count);
}

const byteOffsetFits = (bytes: Uint8Array, size: number): boolean => bytes.byteOffset % size === 0;

const ARRAYS: Readonly<Record<Exclude<DataType['kind'], 'text' | 'bool'>, readonly string[]>> = {
  float: ['Float32Array', 'Float64Array'],
  int: ['Int8Array', 'Int16Array', 'Int32Array', 'BigInt64Array'],
  uint: ['Uint8Array', 'Uint16Array', 'Uint32Array', 'BigUint64Array'],
};

/** Whether the values are of the array type that the data type is read as. */
export function areOf(type: DataType, values: Values): boolean {
  if (type.kind === 'text' || type.kind === 'bool' || type.name.endsWith('u1')) return values instanceof Uint8Array;
  return values.BYTES_PER_ELEMENT === type.bytes && ARRAYS[type.kind].some((name) => values.constructor.name === name);
}

/** Turns the byte order of every value around, in place. This machine is little-endian, as every one that Node has a build for. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}
