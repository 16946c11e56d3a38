import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { conflictOf, joinNotes } from '../../../src/ooi/files/join.ts';
import { NO_NOTES } from '../../../src/ooi/files/notes.ts';
import { misfitOf, planOf } from '../../../src/ooi/files/plan.ts';
import type { Rank } from '../../../src/ooi/order.ts';
import type { SchemaNotes, VariableNotes } from '../../../src/ooi/series.ts';

const rank: fc.Arbitrary<Rank> = fc.record({
  requestedAt: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'),
  request: fc.constantFrom('a', 'b'),
  file: fc.integer({ min: 0, max: 3 }),
});
const json = fc.oneof(fc.constantFrom('x', 'y', 'NaN'), fc.integer({ min: -2, max: 2 }));
const said = fc.record({ value: json, by: rank });
const some = <T>(names: readonly string[], value: fc.Arbitrary<T>, minKeys = 0): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true, minKeys });
const variable: fc.Arbitrary<VariableNotes> = fc.record({
  types: some(['<f4', '<f8', '<i4', '|S3'], fc.record({ first: rank, fill: fc.option(said) }), 1),
  inner: fc.array(fc.record({ name: fc.constantFrom('bin', 'wavelength'), size: fc.integer({ min: 1, max: 3 }) }), { maxLength: 2 }),
  isOnTime: fc.boolean(),
  attributes: some(['units', 'constructor', 'long_name'], said),
  tests: fc.option(fc.record({ value: fc.constantFrom('a', 'b', 'a, b', 'b,c'), by: rank })),
  textBytes: fc.integer({ min: 0, max: 3 }),
});
const notes: fc.Arbitrary<SchemaNotes> = fc.record({
  variables: some(['x', 'y', 'constructor'], variable),
  attributes: some(['title', 'toString'], said),
  extent: some(['geospatial_lat_min', 'geospatial_lat_max'], fc.integer({ min: -3, max: 3 })),
});

const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Array.isArray(value)
      ? value.map(sorted)
      : Object.entries(value)
          .map(([name, inner]) => [name, sorted(inner)])
          .sort();

const one: VariableNotes = { types: {}, inner: [], isOnTime: true, attributes: {}, tests: null, textBytes: 0 };
const by = (file: number): Rank => ({ requestedAt: '2024', request: 'r', file });
const ofTypes = (...types: readonly string[]): SchemaNotes => ({
  ...NO_NOTES,
  variables: { x: { ...one, types: Object.fromEntries(types.map((type, i) => [type, { first: by(i), fill: null }])), textBytes: 3 } },
});
const columnOf = (all: SchemaNotes, name = 'x') => planOf(all).columns.find((column) => column.name === name) ?? assert.fail(name);

describe('notes of what files say', () => {
  it('join in any order to the same, and twice is once', () => {
    fc.assert(
      fc.property(notes, notes, notes, (a, b, c) => {
        assert.deepEqual(sorted(joinNotes(a, b)), sorted(joinNotes(b, a)));
        assert.deepEqual(sorted(joinNotes(joinNotes(a, b), c)), sorted(joinNotes(a, joinNotes(b, c))));
        assert.deepEqual(sorted(joinNotes(a, a)), sorted(a));
        assert.deepEqual(sorted(joinNotes(a, NO_NOTES)), sorted(a));
      }),
      { numRuns: 300 },
    );
  });

  it('give one plan whatever order they were joined in, and survive JSON', () => {
    fc.assert(
      fc.property(notes, notes, (a, b) => {
        const read: SchemaNotes = JSON.parse(JSON.stringify(joinNotes(b, a)));
        assert.deepEqual(planOf(joinNotes(a, b)), planOf(read));
      }),
      { numRuns: 100 },
    );
  });

  it('name the variable that is text in one and numbers in the other', () => {
    assert.equal(conflictOf(ofTypes('|S3'), ofTypes('<f4')), 'x');
    assert.equal(conflictOf(ofTypes('<i4'), ofTypes('<f4')), null);
  });
});

describe('the plan of a series', () => {
  for (const [types, expected] of [
    [['<i2', '<i4'], '<i4'],
    [['|u1', '<u2'], '<u2'],
    [['<u2', '<i2'], '<i4'],
    [['<i2', '<u2'], '<i4'],
    [['<u4', '|i1'], '<i8'],
    [['<u8', '|i1'], '<f8'],
    [['<f4', '<i2'], '<f4'],
    [['<f4', '<u2', '<i2'], '<f4'],
    [['<f4', '<i4'], '<f8'],
    [['<f4', '<f8'], '<f8'],
    [['|S3', '|S1'], '|S3'],
  ] as const) {
    it(`has ${expected} for ${types.join(' and ')}`, () => {
      assert.equal(columnOf(ofTypes(...types)).type, expected);
    });
  }

  it('takes the fill of the first file with the final type, else the first declared', () => {
    const types = {
      '<f4': { first: by(0), fill: { value: -9999, by: by(0) } },
      '<f8': { first: by(1), fill: { value: 'NaN', by: by(2) } },
    };
    const { fill } = columnOf({ ...NO_NOTES, variables: { x: { ...one, types } } });
    const { '<f4': single } = types;
    const other = { '<f4': single, '<f8': { first: by(1), fill: null } };

    assert.equal(fill, Number.NaN);
    assert.equal(columnOf({ ...NO_NOTES, variables: { x: { ...one, types: other } } }).fill, -9999);
  });

  it('says what stands where a file has nothing', () => {
    const named = (name: string, type: string) => {
      const types = { [type]: { first: by(0), fill: null } };
      return columnOf(
        { ...NO_NOTES, variables: { [name]: { ...one, types, tests: { value: 'a, b, c', by: by(0) }, textBytes: 1 } } },
        name,
      );
    };
    assert.deepEqual(named('t_qartod_results', '|u1').absent, { kind: 'value', value: 9 });
    assert.deepEqual(named('t_qc_results', '|u1').absent, { kind: 'value', value: 0 });
    assert.deepEqual(named('t', '<u2').absent, { kind: 'value', value: 65_535 });
    assert.deepEqual(named('t', '|i1').absent, { kind: 'value', value: -9 });
    assert.deepEqual(named('t', '<i8').absent, { kind: 'value', value: -9_999_999n });
    assert.deepEqual(named('t_qartod_executed', '|S1').absent, { kind: 'tests', tests: 3 });
    assert.equal(named('t_qartod_executed', '|S1').type, '|S3');
    assert.deepEqual(named('frame_type', '|S1').absent, { kind: 'value', value: new Uint8Array(0) });
  });

  it('gives a dimension one size in all variables, and at least the one that is configured', () => {
    const wide = (size: number): VariableNotes => ({
      ...one,
      types: { '<f4': { first: by(0), fill: null } },
      inner: [{ name: 'wavelength', size }],
    });
    const all: SchemaNotes = { ...NO_NOTES, variables: { a: wide(83), b: wide(86), wavelength: { ...wide(84), isOnTime: false } } };

    assert.deepEqual(
      planOf(all).columns.map(({ inner }) => inner[0]?.size),
      [86, 86, 86],
    );
    assert.equal(planOf(all, { maximum: { wavelength: 92 } }).columns[0]?.inner[0]?.size, 92);
  });

  it('whose dimensions change places fit into no store', () => {
    const inner = (...names: readonly string[]): SchemaNotes => ({
      ...ofTypes('<f4'),
      variables: { x: { ...one, types: {}, inner: names.map((name) => ({ name, size: 3 })) } },
    });

    assert.equal(misfitOf(joinNotes(inner('bin', 'wavelength'), inner('bin'))), null);
    assert.equal(misfitOf(joinNotes(inner('bin', 'wavelength'), inner('wavelength', 'bin'))), 'x would have one dimension twice');
  });
});
