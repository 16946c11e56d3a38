import type { NcType, Values } from './file.ts';

export type NumericValues = Exclude<Values, readonly string[]>;

export interface ExternalType {
  readonly name: Exclude<NcType, 'string'>;
  readonly bytes: 1 | 2 | 4 | 8;
}

/** External types by the number the header gives them. 1–6 exist in every classic format, 7–11 in CDF-5 only. */
export const EXTERNAL_TYPES: readonly (ExternalType | undefined)[] = [
  undefined,
  { name: 'byte', bytes: 1 },
  { name: 'char', bytes: 1 },
  { name: 'short', bytes: 2 },
  { name: 'int', bytes: 4 },
  { name: 'float', bytes: 4 },
  { name: 'double', bytes: 8 },
  { name: 'ubyte', bytes: 1 },
  { name: 'ushort', bytes: 2 },
  { name: 'uint', bytes: 4 },
  { name: 'int64', bytes: 8 },
  { name: 'uint64', bytes: 8 },
];

/**
 * Big-endian bytes as values in native order. One-byte types are views of `raw`; everything else is copied.
 * The length of `raw` is a multiple of the type's size.
 */
export function decodeValues({ name, bytes }: ExternalType, raw: Uint8Array): NumericValues {
  if (name === 'byte') return new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  if (bytes === 1) return raw;
  const length = raw.byteLength / bytes;
  return length <= FEW_VALUES ? decodeFew(name, raw, length) : decodeMany(name, raw, bytes);
}

/** Up to about here reading value by value beats copying and swapping in bulk: 95 against 370 ns for one float, equal at 128, 5.7 against 2.9 µs for 4,096. */
const FEW_VALUES = 128;

function decodeFew(name: ExternalType['name'], raw: Uint8Array, length: number): NumericValues {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (name) {
    case 'float': {
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++) values[i] = view.getFloat32(4 * i);
      return values;
    }
    case 'double': {
      const values = new Float64Array(length);
      for (let i = 0; i < length; i++) values[i] = view.getFloat64(8 * i);
      return values;
    }
    case 'int': {
      const values = new Int32Array(length);
      for (let i = 0; i < length; i++) values[i] = view.getInt32(4 * i);
      return values;
    }
    default:
      return decodeMany(name, raw, raw.byteLength / length);
  }
}

function decodeMany(name: ExternalType['name'], raw: Uint8Array, width: number): NumericValues {
  const swapped = Buffer.from(new ArrayBuffer(raw.byteLength));
  swapped.set(raw);
  if (width === 2) swapped.swap16();
  else if (width === 4) swapped.swap32();
  else swapped.swap64();
  return typed(name, swapped.buffer);
}

function typed(name: ExternalType['name'], buffer: ArrayBuffer): NumericValues {
  switch (name) {
    case 'byte':
      return new Int8Array(buffer);
    case 'char':
    case 'ubyte':
      return new Uint8Array(buffer);
    case 'short':
      return new Int16Array(buffer);
    case 'ushort':
      return new Uint16Array(buffer);
    case 'int':
      return new Int32Array(buffer);
    case 'uint':
      return new Uint32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'float':
      return new Float32Array(buffer);
    case 'double':
      return new Float64Array(buffer);
  }
}
