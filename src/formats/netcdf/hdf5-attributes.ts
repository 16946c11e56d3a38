import type { AttributeValue } from './file.ts';
import { Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import { readString, splitStrings } from './hdf5-strings.ts';
import { ncTypeOf, zeros } from './hdf5-types.ts';
import { decodeAttributeText } from './text.ts';

/** Attributes by which netCDF-4 and the dimension scales of HDF5 keep their own books. Source: netCDF's list of reserved attributes. */
const HIDDEN: ReadonlySet<string> = new Set([
  '_Netcdf4Coordinates',
  '_Netcdf4Dimid',
  '_nc3_strict',
  '_NCProperties',
  '_NCCOPY',
  '_Format',
  '_Codecs',
  'CLASS',
  'NAME',
  'DIMENSION_LIST',
  'DIMENSION_LABELS',
  'REFERENCE_LIST',
]);

/** Counts attribute bytes down, so that all of them together stay within bounds. */
export interface Allowance {
  left: number;
}

/** The visible attributes of an object. Those of types that NetCDF has no word for are left out. */
export function readAttributes(
  library: Hdf5Library,
  file: bigint,
  object: string,
  names: readonly string[],
  allowance: Allowance,
): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const name of names) {
    if (HIDDEN.has(name)) continue;
    const value = readAttribute(library, file, object, name, allowance);
    if (value !== null) attributes.set(name, value);
  }
  return attributes;
}

/** One attribute, hidden or not; null where its type has no NetCDF counterpart. */
export function readAttribute(
  library: Hdf5Library,
  file: bigint,
  object: string,
  name: string,
  allowance: Allowance,
): AttributeValue | null {
  const { module } = library;
  const stored = module.get_attribute_metadata(file, object, name);
  const type = ncTypeOf(stored);
  if (type === null) return null;
  const isText = type === 'string' || type === 'char';
  if (stored.shape === null) return isText ? '' : zeros(type, 0);
  const bytes = stored.size * stored.total_size;
  allowance.left -= bytes;
  if (!(allowance.left >= 0)) throw new Hdf5Defect(`the attributes up to ${object}:${name} take too many bytes`);
  const at = module._malloc(Math.max(1, bytes));
  if (at === 0) throw new Hdf5Defect(`the attribute ${object}:${name} does not fit into memory`);
  try {
    if (module.get_attribute_data(file, object, name, BigInt(at)) < 0)
      throw new Hdf5Defect(`the attribute ${object}:${name} cannot be read`);
    if (stored.vlen) {
      const strings = Array.from({ length: stored.total_size }, (_, i) => readString(library, at, i, allowance));
      module.reclaim_vlen_memory(file, object, name, BigInt(at));
      return oneOrAll(strings);
    }
    const raw = module.HEAPU8.slice(at, at + bytes);
    if (isText) return oneOrAll(splitStrings(raw, stored.size).map(decodeAttributeText));
    const values = zeros(type, stored.total_size);
    new Uint8Array(values.buffer).set(raw);
    return values;
  } finally {
    module._free(at);
  }
}

const oneOrAll = (strings: readonly string[]): string | readonly string[] => (strings.length === 1 ? (strings[0] ?? '') : strings);
