import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NetCDFReader } from 'netcdfjs';
import { contentOf, FILL } from '../../../standins/gdac/content.ts';
import { profileBytes } from '../../../standins/gdac/files.ts';
import { loadable, stateAt } from '../../../standins/gdac/history.ts';
import { compile, Draft, type Schema } from '../../../standins/gdac/netcdf.ts';
import { floatsAt, slotsAt, type World } from '../../../standins/gdac/world.ts';

const NUMBERS: Schema = {
  dimensions: new Map([
    ['time', 0],
    ['level', 3],
    ['width', 5],
  ]),
  attributes: [
    ['title', 'a small file'],
    ['numbers', { type: 'short', values: [1, -2, 3] }],
  ],
  records: 2,
  variables: [
    { name: 'word', type: 'char', dimensions: ['width'], attributes: [], fill: 32 },
    { name: 'depth', type: 'float', dimensions: ['level'], attributes: [['units', 'm']], fill: -1 },
    { name: 'count', type: 'short', dimensions: ['level'], attributes: [], fill: 7 },
    { name: 'day', type: 'double', dimensions: [], attributes: [], fill: 0.5 },
    { name: 'tag', type: 'char', dimensions: ['time', 'width'], attributes: [], fill: 45 },
    { name: 'size', type: 'int', dimensions: ['time'], attributes: [], fill: -9 },
  ],
};

function filled(): Uint8Array {
  const draft = new Draft(compile(NUMBERS));
  draft.text('word', 'abc');
  draft.numbers('depth', [1.5, 2.5], 1);
  draft.text('tag', 'first', 0, 0);
  draft.text('tag', '2', 0, 1);
  draft.numbers('size', [12], 0, 1);
  return draft.bytes;
}

describe('the NetCDF writer of the stand-in', () => {
  it('writes fixed and record variables, attributes and fill values as another reader reads them', () => {
    const reader = new NetCDFReader(filled());

    const values = Object.fromEntries(reader.variables.map(({ name }) => [name, reader.getDataVariable(name)]));
    assert.equal(values.word?.slice(0, 5).join(''), 'abc  '); // netcdfjs hands the padding over too
    assert.deepEqual(values.depth, [-1, 1.5, 2.5]);
    assert.deepEqual(values.count?.slice(0, 3), [7, 7, 7]);
    assert.deepEqual(values.day, [0.5]);
    assert.deepEqual(values.size, [-9, 12]);
    assert.equal(reader.recordDimension.length, 2);
    assert.equal(reader.getAttribute('title'), 'a small file');
    assert.deepEqual(reader.globalAttributes.find(({ name }) => name === 'numbers')?.value, [1, -2, 3]);
    assert.deepEqual(reader.variables.find(({ name }) => name === 'depth')?.attributes, [{ name: 'units', type: 'char', value: 'm' }]);
  });

  it('ends the file with its last record', () => {
    const bytes = filled();

    assert.equal(Buffer.from(bytes.subarray(-12)).toString('latin1'), '2----\0\0\0\0\0\0\f');
  });

  it('refuses a variable that the file does not have', () => {
    assert.throws(() => new Draft(compile(NUMBERS)).text('nothing', 'x'), /no variable nothing/);
  });
});

describe('a generated profile file', () => {
  const world: World = { seed: 11, floats: 12, cyclesPerFloat: 6 };
  const samples = [...floatsAt(world, 0)].flatMap((float) =>
    slotsAt(world, float, 0).flatMap((slot) => {
      const state = stateAt(world, float, slot, 0);
      return state.defect === null
        ? loadable(state.files).map((file) => ({ float, file, content: contentOf(world, float, slot, file, null) }))
        : [];
    }),
  );

  it('holds what the generator decided, read by another implementation', () => {
    for (const { float, file, content } of samples) {
      const reader = new NetCDFReader(profileBytes(float, file.prefix, content, null));
      for (const { parameter, raw, adjusted, rawFlags, adjustedFlags } of content.columns) {
        const levels = raw.length;
        assert.deepEqual(reader.getDataVariable(parameter.name).slice(0, levels), [...raw]);
        assert.deepEqual(reader.getDataVariable(`${parameter.name}_ADJUSTED`).slice(0, levels), [...adjusted]);
        assert.equal(reader.getDataVariable(`${parameter.name}_QC`).slice(0, levels).join(''), rawFlags);
        assert.equal(reader.getDataVariable(`${parameter.name}_ADJUSTED_QC`).slice(0, levels).join(''), adjustedFlags);
      }
      assert.equal(reader.getDataVariable('CYCLE_NUMBER')[0], content.cycle);
      assert.equal(reader.getDataVariable('LATITUDE')[0], content.position === null ? FILL : content.position.latitude / 1000);
    }
    assert.ok(samples.length > 60, `only ${samples.length} files were read`);
  });

  it('has the variables of its format', () => {
    const namesOf = (isOld: boolean, kind: string): readonly string[] => {
      const sample = samples.find(({ float, content }) => float.isOld === isOld && content.kind === kind);
      assert.ok(sample !== undefined);
      return new NetCDFReader(profileBytes(sample.float, sample.file.prefix, sample.content, null)).variables.map(({ name }) => name);
    };

    assert.ok(namesOf(false, 'core').includes('VERTICAL_SAMPLING_SCHEME'));
    assert.ok(!namesOf(true, 'core').includes('PLATFORM_TYPE'));
    assert.ok(!namesOf(false, 'synthetic').includes('DATA_MODE'));
    assert.ok(namesOf(false, 'synthetic').includes('PARAMETER_DATA_MODE'));
    assert.ok(namesOf(false, 'core').includes('HISTORY_QCTEST'));
  });
});
