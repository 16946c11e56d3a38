import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { translateProfile } from '../../../src/argo/profile.ts';
import type { ProfileFile } from '../../../src/argo/profile-file.ts';
import { characters, coreFile, double, FILL, floats, int, syntheticFile, text, texts } from './profile-files.ts';

const context = { now: new Date(0), sourceUrl: '' };

const rejected: readonly (readonly [why: string, code: string, file: ProfileFile])[] = [
  ['DATA_MODE is blank (R7)', 'bad_data_mode', coreFile({ DATA_MODE: characters(' ') })],
  ['DATA_MODE is unknown (R7)', 'bad_data_mode', coreFile({ DATA_MODE: characters('X') })],
  ['DATA_MODE is absent', 'bad_data_mode', coreFile({ DATA_MODE: null })],
  ['CYCLE_NUMBER is fill (R8)', 'missing_cycle_number', coreFile({ CYCLE_NUMBER: int(FILL) })],
  ['CYCLE_NUMBER is negative', 'missing_cycle_number', coreFile({ CYCLE_NUMBER: int(-1) })],
  ['the latitude is out of range (R14)', 'location_out_of_range', coreFile({ LATITUDE: double(95) })],
  ['the longitude is out of range after one turn (R14)', 'location_out_of_range', coreFile({ LONGITUDE: double(600) })],
  ['PRES is not announced', 'no_pressure_variable', coreFile({ STATION_PARAMETERS: texts(['TEMP']) })],
  ['the pressure variable of its mode is absent', 'no_pressure_variable', coreFile({ DATA_MODE: characters('D'), PRES_ADJUSTED: null })],
  ['an announced variable is absent', 'missing_variable', coreFile({ TEMP: null })],
  ['the flags of a variable are absent', 'missing_variable', coreFile({ PRES_QC: null })],
  ['PARAMETER_DATA_MODE is absent', 'missing_variable', syntheticFile({ PARAMETER_DATA_MODE: null })],
  ['DATE_UPDATE is not 14 digits', 'missing_variable', coreFile({ DATE_UPDATE: text('', 14) })],
  ['PLATFORM_NUMBER is blank', 'missing_variable', coreFile({ PLATFORM_NUMBER: text('', 8) })],
  ['PLATFORM_NUMBER is no number of a float', 'missing_variable', coreFile({ PLATFORM_NUMBER: text('../5\0\x1b', 8) })],
  ['PLATFORM_NUMBER is longer than any', 'missing_variable', coreFile({ PLATFORM_NUMBER: text('5'.repeat(3000), 3000) })],
  ['a parameter holds text', 'missing_variable', coreFile({ TEMP: characters('12') })],
  ['a parameter has another number of levels than the pressure', 'missing_variable', coreFile({ TEMP: floats([1]) })],
  ...['STATION_PARAMETERS', 'PLATFORM_NUMBER', 'CYCLE_NUMBER', 'JULD', 'LATITUDE', 'LONGITUDE', 'DATE_UPDATE'].map(
    (name) => [`${name} is absent`, 'missing_variable', coreFile({ [name]: null })] as const,
  ),
];

describe('a profile is rejected', () => {
  for (const [why, code, file] of rejected) {
    it(`with ${code} when ${why}`, () => {
      assert.throws(() => translateProfile(file, [], context), {
        name: 'Failure',
        kind: 'stop',
        code,
        message: /^aoml\/5900001\/profiles\/\S+\.nc /,
      });
    });
  }

  it('with a sentence that is safe to print whatever the file holds', () => {
    const hostile = coreFile({ DATE_UPDATE: text(`\x1b[2J\n${'x'.repeat(1_000_000)}`, 1_000_006) });

    assert.throws(
      () => translateProfile(hostile, [], context),
      ({ message }: Error) => {
        assert.match(message, /^[\P{C}]{1,800}$/u);
        return /has the DATE_UPDATE "\\u\{1b\}\[2J\\u\{a\}xxx/.test(message);
      },
    );
  });

  it('when any of its two files is bad', () => {
    assert.throws(() => translateProfile(syntheticFile({ CYCLE_NUMBER: int(FILL) }), [coreFile()], context), {
      code: 'missing_cycle_number',
    });
  });
});

describe('a profile is not rejected', () => {
  it('for a bad position of the synthetic file when the core file has a good one (R6 before R14)', () => {
    const { argo } = translateProfile(syntheticFile({ LATITUDE: double(95) }), [coreFile()], context);

    assert.deepEqual(argo.geolocation.coordinates, [-30.75, 10.25]);
  });
});
