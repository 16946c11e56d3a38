import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Translated, translateProfile } from '../../../src/argo/profile.ts';
import type { ProfileFile } from '../../../src/argo/profile-file.ts';
import { bytes, characters, coreFile, double, FILL, floats, int, parameter, syntheticFile, text, texts } from './profile-files.ts';

const context = { now: new Date('2026-01-02T03:04:05.678Z'), sourceUrl: 'ftp://host/dac/' };
const translated = (first: ProfileFile, ...rest: readonly ProfileFile[]): Translated => translateProfile(first, rest, context);
const levels = (translation: Translated): Record<string, readonly (number | null)[] | undefined> =>
  Object.fromEntries(translation.argo.data_info[0].map((key, at) => [key, translation.argo.data[at]]));

describe('a core file', () => {
  it('becomes the two documents', () => {
    const { argo, argoMeta, notes } = translated(coreFile());

    assert.deepEqual(argo, {
      _id: '5900001_012',
      geolocation: { type: 'Point', coordinates: [-30.75, 10.25] },
      basin: 1,
      timestamp: new Date('2004-10-04T00:00:00.000Z'),
      cycle_number: 12,
      profile_direction: 'A',
      geolocation_argoqc: 1,
      timestamp_argoqc: 1,
      vertical_sampling_scheme: 'Primary sampling: discrete []',
      date_updated_argovis: context.now,
      source: [
        {
          source: ['argo_core'],
          url: 'ftp://host/dac/aoml/5900001/profiles/R5900001_012.nc',
          date_updated: new Date('2018-05-24T06:28:07.000Z'),
        },
      ],
      data: [
        [5, 10],
        [1, 1],
        [20, 19.5],
        [1, 1],
      ],
      data_info: [
        ['pressure', 'pressure_argoqc', 'temperature', 'temperature_argoqc'],
        ['units', 'data_keys_mode'],
        [
          ['decibar', 'R'],
          [null, null],
          ['unit', 'R'],
          [null, null],
        ],
      ],
    });
    assert.deepEqual(argoMeta, {
      data_type: 'oceanicProfile',
      data_center: 'AO',
      instrument: 'profiling_float',
      pi_name: ['A NAME'],
      platform: '5900001',
      platform_type: 'APEX',
      fleetmonitoring: 'https://fleetmonitoring.euro-argo.eu/float/5900001',
      oceanops: 'https://www.ocean-ops.org/board/wa/Platform?ref=5900001',
      positioning_system: 'GPS',
      wmo_inst_type: '846',
    });
    assert.deepEqual(notes, []);
  });

  for (const [mode, pressures] of [
    ['R', [5, 10]],
    ['A', [6, 11]],
    ['D', [6, 11]],
  ] as const) {
    it(`gives its ${mode === 'R' ? 'raw' : 'adjusted'} values in mode ${mode}`, () => {
      const translation = translated(coreFile({ DATA_MODE: characters(mode) }));

      assert.deepEqual(levels(translation).pressure, pressures);
      assert.deepEqual(translation.argo.data_info[2][0], ['decibar', mode]);
    });
  }

  it('gives nothing but pressure, temperature and salinity', () => {
    const translation = translated(
      coreFile({ STATION_PARAMETERS: texts(['CNDC', 'TEMP', 'MTIME', 'PRES']), ...parameter('CNDC', [1, 2]) }),
    );

    assert.deepEqual(translation.argo.data_info[0], ['pressure', 'pressure_argoqc', 'temperature', 'temperature_argoqc']);
  });

  it('loses the levels without pressure and no others', () => {
    const translation = translated(
      coreFile({
        ...parameter('PRES', [FILL, 5, Number.NaN, 10], { flags: '914 ' }),
        ...parameter('TEMP', [1, FILL, 3, 4], { flags: '1944' }),
      }),
    );

    assert.deepEqual(levels(translation), {
      pressure: [5, 10],
      pressure_argoqc: [1, null],
      temperature: [null, 4],
      temperature_argoqc: [9, 4],
    });
  });

  it('has its levels sorted by pressure, negative pressures first', () => {
    const translation = translated(coreFile({ ...parameter('PRES', [10, -0.5, 5]), ...parameter('TEMP', [1, 2, 3]) }));

    assert.deepEqual(levels(translation), {
      pressure: [-0.5, 5, 10],
      pressure_argoqc: [1, 1, 1],
      temperature: [2, 3, 1],
      temperature_argoqc: [1, 1, 1],
    });
  });

  it('has no list at all when it has no level', () => {
    const { argo } = translated(coreFile({ ...parameter('PRES', [FILL, FILL]) }));

    assert.deepEqual([argo.data, argo.data_info[0].length, argo.data_warning], [[], 4, undefined]);
  });

  it('contributes its keys but no level when two levels share a pressure', () => {
    const { argo } = translated(coreFile({ ...parameter('PRES', [5, 5]) }));

    assert.deepEqual([argo.data, argo.data_info[0].length, argo.data_warning], [[], 4, ['degenerate_levels']]);
  });

  it('is not degenerate when pressures only become equal by rounding', () => {
    const { argo } = translated(coreFile({ ...parameter('PRES', [0, 1e-7]) }));

    assert.deepEqual([argo.data[0], argo.data_warning], [[0, 0], undefined]);
  });

  it('keeps an infinite value', () => {
    const translation = translated(coreFile({ ...parameter('TEMP', [Number.POSITIVE_INFINITY, 3]) }));

    assert.deepEqual(levels(translation).temperature, [Number.POSITIVE_INFINITY, 3]);
  });

  it('says null for the unit where pressure has none (R11)', () => {
    const { argo } = translated(coreFile({ ...parameter('PRES', [5, 10], { units: null }) }));

    assert.deepEqual(argo.data_info[2][0], [null, 'R']);
  });

  it('notes a pressure in another unit and goes on', () => {
    const { notes } = translated(coreFile({ ...parameter('PRES', [5, 10], { units: 'hPa' }) }));

    assert.deepEqual(notes, [{ event: 'unexpected_pressure_unit', path: 'aoml/5900001/profiles/R5900001_012.nc', detail: 'hPa' }]);
  });
});

describe('the description of a profile', () => {
  for (const [cycle, direction, id] of [
    [0, 'A', '5900001_000'],
    [7, 'D', '5900001_007D'],
    [1234, 'A', '5900001_1234'],
  ] as const) {
    it(`gives cycle ${cycle} in direction ${direction} the id ${id}`, () => {
      const { argo } = translated(coreFile({ CYCLE_NUMBER: int(cycle), DIRECTION: characters(direction) }));

      assert.equal(argo._id, id);
    });
  }

  for (const [why, direction] of [
    ['is absent', null],
    ['is blank', characters(' ')],
    ['is neither A nor D', characters('X')],
  ] as const) {
    it(`takes the direction from the file name where DIRECTION ${why} (R9)`, () => {
      const down = translated(coreFile({ DIRECTION: direction }, 'aoml/5900001/profiles/R5900001_012D.nc'));
      const up = translated(coreFile({ DIRECTION: direction }));

      assert.deepEqual([down.argo.profile_direction, down.argo._id], ['D', '5900001_012D']);
      assert.deepEqual([up.argo.profile_direction, up.argo._id], ['A', '5900001_012']);
    });
  }

  it('leaves out what the file has no variable for', () => {
    const { argo, argoMeta } = translated(
      coreFile({ PLATFORM_TYPE: null, VERTICAL_SAMPLING_SCHEME: null, PI_NAME: null, POSITION_QC: null }),
    );

    assert.deepEqual(
      ['platform_type' in argoMeta, 'pi_name' in argoMeta, 'vertical_sampling_scheme' in argo, 'geolocation_argoqc' in argo],
      [false, false, false, false],
    );
  });

  it('keeps blank strings as empty ones', () => {
    const { argo, argoMeta } = translated(
      coreFile({ PLATFORM_TYPE: text('', 32), PI_NAME: text('', 64), VERTICAL_SAMPLING_SCHEME: text('', 256) }),
    );

    assert.deepEqual([argoMeta.platform_type, argoMeta.pi_name, argo.vertical_sampling_scheme], ['', [''], '']);
  });

  it('splits the names of several people at every comma and keeps inner blanks', () => {
    const { argoMeta } = translated(coreFile({ PI_NAME: text(' One, Two,Three ', 64) }));

    assert.deepEqual(argoMeta.pi_name, ['One', ' Two', 'Three']);
  });

  it('reads names that are not UTF-8 as Latin-1 (R2)', () => {
    const { argoMeta } = translated(coreFile({ PI_NAME: { ...text('', 64), values: bytes('Herv\xe9'.padEnd(64)) } }));

    assert.deepEqual(argoMeta.pi_name, ['Hervé']);
  });

  it('does not strip the data centre', () => {
    const { argoMeta } = translated(coreFile({ DATA_CENTRE: text('A', 2) }));

    assert.equal(argoMeta.data_center, 'A ');
  });

  it('says -1 for a blank flag of position or time', () => {
    const { argo } = translated(coreFile({ POSITION_QC: characters(' '), JULD_QC: characters(' ') }));

    assert.deepEqual([argo.geolocation_argoqc, argo.timestamp_argoqc], [-1, -1]);
  });

  it('has no time and a warning where JULD is missing', () => {
    const { argo } = translated(coreFile({ JULD: double(999_999, 999_999) }));

    assert.deepEqual([argo.timestamp, argo.data_warning], [null, ['missing_timestamp']]);
  });

  it('sorts its warnings (R10)', () => {
    const { argo } = translated(coreFile({ JULD: double(Number.NaN), LATITUDE: double(FILL), ...parameter('PRES', [5, 5]) }));

    assert.deepEqual(argo.data_warning, ['degenerate_levels', 'missing_location', 'missing_timestamp']);
  });
});

describe('a deep profile', () => {
  for (const [why, flag, pressure, isDeep] of [
    ['a good flag below 2500 dbar', '1', 2500.5, true],
    ['a probably good flag below 2500 dbar', '2', 2500.5, true],
    ['exactly 2500 dbar', '1', 2500, false],
    ['no quality control below 2500 dbar', '0', 3000, false],
    ['a bad flag below 2500 dbar', '4', 3000, false],
    ['a fill value with a good flag', '1', FILL, false],
  ] as const) {
    it(`${isDeep ? 'is' : 'is not'} one with ${why}`, () => {
      const { argo } = translated(coreFile({ ...parameter('PRES', [5, pressure], { flags: `1${flag}` }) }));

      assert.equal(argo.source[0]?.source.includes('argo_deep'), isDeep);
    });
  }

  it('is one whatever a level without pressure says before it (R1)', () => {
    const { argo } = translated(coreFile({ ...parameter('PRES', [Number.NaN, 3000], { flags: '11' }) }));

    assert.deepEqual(argo.source[0]?.source, ['argo_core', 'argo_deep']);
  });
});

describe('a synthetic file', () => {
  it('takes each parameter in its own mode and keeps temperature and salinity apart', () => {
    const translation = translated(
      syntheticFile({
        STATION_PARAMETERS: texts(['PRES', 'TEMP', 'DOXY']),
        PARAMETER_DATA_MODE: characters('RAD'),
        ...parameter('TEMP', [20, 19]),
      }),
    );

    assert.deepEqual(levels(translation), {
      doxy: [201, 200],
      doxy_argoqc: [1, 1],
      pressure: [5, 10],
      pressure_argoqc: [1, 1],
      temperature_sfile: [21, 20],
      temperature_sfile_argoqc: [1, 1],
    });
    assert.deepEqual(
      translation.argo.data_info[2].filter((_, at) => at % 2 === 0),
      [
        ['unit', 'D'],
        ['decibar', 'R'],
        ['unit', 'A'],
      ],
    );
  });

  it('takes raw values and no mode where a mode is blank (R3)', () => {
    const translation = translated(syntheticFile({ PARAMETER_DATA_MODE: characters('A ') }));

    assert.deepEqual(levels(translation).doxy, [200, 199]);
    assert.deepEqual(translation.argo.data_info[2][0], ['unit', null]);
  });

  it('counts a blank mode of PRES as real time (R3)', () => {
    const translation = translated(syntheticFile({ PARAMETER_DATA_MODE: characters(' A') }));

    assert.deepEqual(levels(translation).pressure, [5, 10]);
    assert.deepEqual(translation.argo.data_info[2][2], ['decibar', 'R']);
  });

  it('skips blank names of parameters', () => {
    const translation = translated(
      syntheticFile({ STATION_PARAMETERS: texts(['PRES', '', 'DOXY']), PARAMETER_DATA_MODE: characters('R A') }),
    );

    assert.deepEqual(levels(translation).doxy, [201, 200]);
  });

  it('looks for repeated pressures in the pressure of its own mode (R4)', () => {
    const pressure = { ...parameter('PRES', [5, 10]), PRES_ADJUSTED: floats([7, 7]) };
    const real = translated(syntheticFile({ ...pressure, PARAMETER_DATA_MODE: characters('RA') }));
    const adjusted = translated(syntheticFile({ ...pressure, PARAMETER_DATA_MODE: characters('AR') }));

    assert.equal(real.argo.data_warning, undefined);
    assert.deepEqual(adjusted.argo.data_warning, ['degenerate_levels']);
  });

  it('uses an unknown parameter in lower case and notes it', () => {
    const { argo, notes } = translated(syntheticFile({ STATION_PARAMETERS: texts(['PRES', 'DOXY_2']), ...parameter('DOXY_2', [1, 2]) }));

    assert.deepEqual(argo.data_info[0], ['doxy_2', 'doxy_2_argoqc', 'pressure', 'pressure_argoqc']);
    assert.deepEqual(notes, [{ event: 'unexpected_parameter', path: 'aoml/5900001/profiles/SR5900001_012.nc', detail: 'DOXY_2' }]);
  });
});
