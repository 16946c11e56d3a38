import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeValue, NetcdfFile, Values } from '../../../src/formats/netcdf/file.ts';

/** Written by test/fixtures/netcdf/make.py. */
export const FIXTURES = join(import.meta.dirname, '../../fixtures/netcdf');

export const fixture = (name: string): string => join(FIXTURES, name);

export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fixture(name)));

/** What netCDF4-python reads from the fixtures; `file` is the fixture's name. */
export const expectations: readonly { readonly file: string }[] = readFileSync(fixture('expected.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** A whole file in the words of expected.jsonl. */
export async function described(file: NetcdfFile) {
  const names = [...file.variables.keys()];
  const values = await file.read(names.map((name) => ({ name })));
  const variables = [...file.variables.values()].map(({ name, type, dimensions, attributes }, i) => [
    name,
    {
      type,
      dimensions: dimensions.map((dimension) => dimension.name),
      attributes: attributesOf(attributes),
      values: plain(values[i] ?? []),
    },
  ]);
  return {
    dimensions: Object.fromEntries([...file.dimensions.values()].map(({ name, size, isUnlimited }) => [name, { size, isUnlimited }])),
    attributes: attributesOf(file.attributes),
    variables: Object.fromEntries(variables),
  };
}

const attributesOf = (attributes: ReadonlyMap<string, AttributeValue>) =>
  Object.fromEntries([...attributes].map(([name, value]) => [name, attribute(value)]));

const attribute = (value: AttributeValue) =>
  typeof value === 'string' || Array.isArray(value) ? value : { type: typeName(value), values: plain(value) };

const typeName = (values: Values): string | undefined =>
  ({
    Int8Array: 'byte',
    Uint8Array: 'ubyte',
    Int16Array: 'short',
    Uint16Array: 'ushort',
    Int32Array: 'int',
    Uint32Array: 'uint',
    BigInt64Array: 'int64',
    BigUint64Array: 'uint64',
    Float32Array: 'float',
    Float64Array: 'double',
  })[values.constructor.name];

const plain = (values: Values): readonly (string | number)[] =>
  Array.from<string | number | bigint>(values).map((value) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value,
  );
