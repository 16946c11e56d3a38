import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { translateProfile } from '../../../src/argo/profile.ts';
import { characters, coreFile, double, FILL, parameter, syntheticFile, text, texts } from './profile-files.ts';

const context = { now: new Date('2026-01-02T03:04:05.678Z'), sourceUrl: 'ftp://host/dac/' };

describe('a synthetic and a core file of one profile', () => {
  it('give one level per pressure, with null for what a file does not know', () => {
    const synthetic = syntheticFile({
      STATION_PARAMETERS: texts(['PRES', 'TEMP', 'DOXY']),
      PARAMETER_DATA_MODE: characters('RRR'),
      ...parameter('TEMP', [20, 19.5]),
      ...parameter('DOXY', [210.5, FILL], { units: 'micromole/kg', flags: '19' }),
    });
    const core = coreFile({ ...parameter('PRES', [5, 7], { units: 'decibar' }), ...parameter('TEMP', [20, 19.75]) });

    const { argo } = translateProfile(synthetic, [core], context);

    assert.deepEqual(argo.data_info[0], [
      'doxy',
      'doxy_argoqc',
      'pressure',
      'pressure_argoqc',
      'temperature',
      'temperature_argoqc',
      'temperature_sfile',
      'temperature_sfile_argoqc',
    ]);
    assert.deepEqual(argo.data, [
      [210.5, null, null],
      [1, null, 9],
      [5, 7, 10],
      [1, 1, 1],
      [20, 19.75, null],
      [1, 1, null],
      [20, null, 19.5],
      [1, null, 1],
    ]);
  });

  it('take flag and unit of a pressure both have from the core file', () => {
    const synthetic = syntheticFile({ ...parameter('PRES', [5, 10], { units: 'dbar', flags: '33' }) });
    const core = coreFile({ ...parameter('PRES', [5, 20], { units: 'decibar', flags: '12' }) });

    const { argo } = translateProfile(synthetic, [core], context);

    assert.deepEqual(argo.data.slice(2, 4), [
      [5, 10, 20],
      [1, 3, 2],
    ]);
    assert.deepEqual(argo.data_info[2][2], ['decibar', 'R']);
  });

  for (const [synthetic, core, mode] of [
    ['R', 'D', 'R'],
    ['D', 'R', 'R'],
    ['A', 'D', 'A'],
    ['D', 'D', 'D'],
  ] as const) {
    it(`say ${mode} of the pressure when one says ${synthetic} and the other ${core}`, () => {
      const { argo } = translateProfile(
        syntheticFile({ PARAMETER_DATA_MODE: characters(`${synthetic}R`) }),
        [coreFile({ DATA_MODE: characters(core) })],
        context,
      );

      assert.equal(argo.data_info[2][2]?.[1], mode);
    });
  }

  it('leave out the levels of the one that repeats a pressure', () => {
    const { argo } = translateProfile(syntheticFile(), [coreFile({ ...parameter('PRES', [6, 6]) })], context);

    assert.deepEqual(argo.data, [
      [200, 199],
      [1, 1],
      [5, 10],
      [1, 1],
      [null, null],
      [null, null],
    ]);
    assert.deepEqual(argo.data_warning, ['degenerate_levels']);
  });

  it('are both named as sources, in load order', () => {
    const { argo } = translateProfile(syntheticFile(), [coreFile()], context);

    assert.deepEqual(
      argo.source.map(({ source, url }) => [...source, url]),
      [
        ['argo_bgc', 'ftp://host/dac/aoml/5900001/profiles/SR5900001_012.nc'],
        ['argo_core', 'ftp://host/dac/aoml/5900001/profiles/R5900001_012.nc'],
      ],
    );
  });

  it('say the core file where they disagree, and keep what the synthetic one said (R6)', () => {
    const synthetic = syntheticFile({ PI_NAME: text('OTHER', 64), LATITUDE: double(11.25), JULD: double(20_001) });
    const core = coreFile({ JULD: double(999_999, 999_999), JULD_QC: characters('9') });

    const { argo, argoMeta, notes } = translateProfile(synthetic, [core], context);

    assert.deepEqual([argo.geolocation.coordinates, argo.timestamp, argoMeta.pi_name], [[-30.75, 10.25], null, ['A NAME']]);
    assert.deepEqual(argo.bgc_mismatches, {
      geolocation: { type: 'Point', coordinates: [-30.75, 11.25] },
      timestamp: new Date('2004-10-05T00:00:00.000Z'),
      timestamp_argoqc: 1,
      pi_name: ['OTHER'],
    });
    assert.deepEqual(argo.data_warning, ['bgc_mismatch', 'missing_timestamp']);
    assert.deepEqual(notes, [
      {
        event: 'files_disagree',
        path: 'aoml/5900001/profiles/SR5900001_012.nc',
        detail: 'geolocation, timestamp, timestamp_argoqc, pi_name',
      },
    ]);
  });

  it('take a field that only one of them has from that one, without a warning', () => {
    const { argo, argoMeta } = translateProfile(syntheticFile(), [coreFile({ PLATFORM_TYPE: null })], context);

    assert.deepEqual([argo.vertical_sampling_scheme, argoMeta.platform_type], ['Primary sampling: discrete []', 'APEX']);
    assert.deepEqual([argo.bgc_mismatches, argo.data_warning], [undefined, undefined]);
  });
});
