import { type AttributeList, readAttributeList } from './classic-attributes.ts';
import type { Cursor } from './classic-cursor.ts';
import type { ExternalType } from './classic-types.ts';
import type { NetcdfLimits } from './limits.ts';

/** Source: "NetCDF Classic Format Specification" of the NetCDF User's Guide. */
const TAG_DIMENSIONS = 10;
const TAG_VARIABLES = 11;

export interface DeclaredDimension {
  readonly name: string;
  /** Stays 0 for the unlimited dimension until the number of records is settled. */
  size: number;
  readonly isUnlimited: boolean;
}

/** A variable as the header declares it, before anything is said about where its bytes lie. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: ExternalType;
  readonly dimensions: readonly DeclaredDimension[];
  readonly attributes: AttributeList;
  /** Bytes of one entry of the first dimension; of the whole for a scalar. */
  readonly rowBytes: number;
  readonly begin: number;
  readonly isRecord: boolean;
  /** Where its entry in the header begins, for messages. */
  readonly entry: number;
}

export interface Header {
  /** Null: the writer never stated it. */
  readonly recordCount: number | null;
  readonly dimensions: readonly DeclaredDimension[];
  readonly attributes: AttributeList;
  readonly variables: readonly DeclaredVariable[];
  /** The first byte behind the header. */
  readonly end: number;
}

/**
 * Reads a whole classic header.
 * @throws {Failure} `unreadable_file` with the offset of what is wrong
 * @throws {HeaderGoesOn} more of the file is needed
 */
export function readHeader(cursor: Cursor, limits: NetcdfLimits): Header {
  const recordCount = cursor.recordCount();
  const dimensions = readDimensions(cursor, limits);
  const attributes = readAttributeList(cursor, 'global attributes');
  const variables = readVariables(cursor, dimensions, limits);
  return { recordCount, dimensions, attributes, variables, end: cursor.at };
}

function readDimensions(cursor: Cursor, limits: NetcdfLimits): readonly DeclaredDimension[] {
  const from = cursor.at;
  const length = cursor.list(TAG_DIMENSIONS, 'dimensions');
  if (length > limits.names) throw cursor.defect(`the header announces ${length} dimensions`, from, `at most ${limits.names}`);
  const dimensions = new Map<string, DeclaredDimension>();
  let unlimited: string | undefined;
  for (let i = 0; i < length; i++) {
    const entry = cursor.at;
    const name = cursor.name('the name of a dimension');
    const size = cursor.count('the length of a dimension');
    if (dimensions.has(name)) throw cursor.defect(`the dimension ${name} is declared twice`, entry);
    if (size === 0 && unlimited !== undefined) {
      throw cursor.defect(`the dimensions ${unlimited} and ${name} are both unlimited`, entry, 'one unlimited dimension at most');
    }
    if (size === 0) unlimited = name;
    dimensions.set(name, { name, size, isUnlimited: size === 0 });
  }
  return [...dimensions.values()];
}

function readVariables(cursor: Cursor, dimensions: readonly DeclaredDimension[], limits: NetcdfLimits): readonly DeclaredVariable[] {
  const from = cursor.at;
  const length = cursor.list(TAG_VARIABLES, 'variables');
  if (length > limits.names) throw cursor.defect(`the header announces ${length} variables`, from, `at most ${limits.names}`);
  const variables = new Map<string, DeclaredVariable>();
  for (let i = 0; i < length; i++) {
    const variable = readVariable(cursor, dimensions, limits);
    if (variables.has(variable.name)) throw cursor.defect(`the variable ${variable.name} is declared twice`, variable.entry);
    variables.set(variable.name, variable);
  }
  return [...variables.values()];
}

function readVariable(cursor: Cursor, all: readonly DeclaredDimension[], limits: NetcdfLimits): DeclaredVariable {
  const entry = cursor.at;
  const name = cursor.name('the name of a variable');
  const dimensions = readShape(cursor, all, name, limits);
  const attributes = readAttributeList(cursor, name);
  const type = cursor.type(name);
  cursor.skipStatedSize(name);
  const begin = cursor.offset(name);
  let rowBytes: number = type.bytes;
  for (let i = 1; i < dimensions.length; i++) rowBytes *= dimensions[i]?.size ?? 0;
  if (!Number.isSafeInteger(rowBytes)) throw cursor.defect(`the variable ${name} is larger than any file`, entry);
  return { name, type, dimensions, attributes, rowBytes, begin, isRecord: dimensions[0]?.isUnlimited ?? false, entry };
}

function readShape(
  cursor: Cursor,
  all: readonly DeclaredDimension[],
  variable: string,
  limits: NetcdfLimits,
): readonly DeclaredDimension[] {
  const from = cursor.at;
  const rank = cursor.count(variable);
  if (rank > limits.rank) throw cursor.defect(`the variable ${variable} has ${rank} dimensions`, from, `at most ${limits.rank}`);
  const dimensions: DeclaredDimension[] = [];
  for (let i = 0; i < rank; i++) {
    const at = cursor.at;
    const id = cursor.count(variable);
    const dimension = all[id];
    if (dimension === undefined) throw cursor.defect(`the variable ${variable} uses dimension number ${id}; there are ${all.length}`, at);
    if (i > 0 && dimension.isUnlimited) {
      throw cursor.defect(`the unlimited dimension comes ${i} dimensions too late in ${variable}`, at, 'it to be the first one');
    }
    dimensions.push(dimension);
  }
  return dimensions;
}
