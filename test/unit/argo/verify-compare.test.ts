import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { levelsOf } from '../../../src/argo/levels.ts';
import { parametersOf } from '../../../src/argo/parameters.ts';
import { translateProfile } from '../../../src/argo/profile.ts';
import type { ProfileFile } from '../../../src/argo/profile-file.ts';
import { compareProfile } from '../../../src/argo/verify/compare.ts';
import { type Finding, findingText, shownValue } from '../../../src/argo/verify/findings.ts';
import { sourcePaths } from '../../../src/argo/verify/sources.ts';
import type { StoredPair } from '../../../src/argo/verify/stored.ts';
import type { UpstreamFile } from '../../../src/argo/verify/upstream-file.ts';
import { fc } from '../../helpers/properties.ts';
import { characters, coreFile, double, FILL, parameter, syntheticFile, text } from './profile-files.ts';

const sourceUrl = 'ftp://host/dac/';
const context = { now: new Date('2026-01-02T03:04:05.678Z'), sourceUrl };

const upstream = (file: ProfileFile): UpstreamFile => ({
  path: file.path,
  file,
  levels: levelsOf(file, parametersOf(file)),
  updated: new Date('2018-05-24T06:28:07.000Z'),
});

/** What a loader makes of these files, with changes. */
function loaded(files: readonly [ProfileFile, ...ProfileFile[]], changes: Readonly<Record<string, unknown>> = {}): StoredPair {
  const { argo, argoMeta } = translateProfile(files[0], files.slice(1), context);
  return { profile: { ...argo, metadata: ['5900001_m0'], ...changes }, metadata: { ...argoMeta } };
}

const compare = (pair: StoredPair, files: readonly ProfileFile[]): readonly Finding[] =>
  compareProfile(pair, files.map(upstream), sourceUrl).findings;
const codes = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, path, field }) => `${code} ${field} ${path?.split('/').at(-1) ?? ''}`.trim());

const synthetic = syntheticFile({
  LATITUDE: double(11.5),
  POSITION_QC: characters('2'),
  JULD: double(999_999, 999_999),
  PI_NAME: text('B', 64),
});
const core = coreFile();

describe('a document and its files', () => {
  it('whose two files disagree is right when it keeps what the synthetic file says', () => {
    const pair = loaded([synthetic, core]);

    assert.deepEqual(Object.keys(Object(pair.profile.bgc_mismatches)).toSorted(), [
      'geolocation',
      'geolocation_argoqc',
      'pi_name',
      'timestamp',
    ]);
    assert.deepEqual(compare(pair, [synthetic, core]), []);
  });

  it('whose two files disagree is wrong where it keeps something else, or nothing', () => {
    const pair = loaded([synthetic, core], { bgc_mismatches: { geolocation_argoqc: 3, pi_name: ['B'], timestamp: null } });

    assert.deepEqual(codes(compare(pair, [synthetic, core])), [
      'geolocation_mismatch geolocation SR5900001_012.nc',
      'geolocation_argoqc_mismatch geolocation_argoqc SR5900001_012.nc',
    ]);
  });

  it('are compared at the pressure and flag of the core file where both files have the level', () => {
    const flagged = syntheticFile(parameter('PRES', [5, 10], { units: 'decibar', flags: '33' }));

    assert.deepEqual(compare(loaded([flagged, core]), [flagged, core]), []);
  });

  it('find each finding with its file, its field and both values', () => {
    const pair = loaded([core], {
      geolocation_argoqc: 4,
      data: [
        [5, 10],
        [1, 1],
        [20, null],
        [1, 1],
      ],
    });

    const findings = compare(pair, [core]);

    assert.deepEqual(findings, [
      { code: 'geolocation_argoqc_mismatch', path: core.path, field: 'geolocation_argoqc', pressure: null, stored: 4, upstream: 1 },
      { code: 'data_mismatch', path: core.path, field: 'temperature', pressure: 10, stored: null, upstream: 19.5 },
    ]);
    assert.equal(
      findingText(findings[1] ?? assert.fail()),
      `data_mismatch (temperature at 10 dbar of ${core.path}): stored null, upstream 19.5`,
    );
  });

  it('without a time must say so', () => {
    const timeless = coreFile({ JULD: double(999_999, 999_999) });
    const pair = loaded([timeless]);

    assert.deepEqual(compare(pair, [timeless]), []);
    assert.deepEqual(codes(compare({ ...pair, profile: { ...pair.profile, data_warning: [] } }, [timeless])), [
      'missing_timestamp_not_flagged data_warning R5900001_012.nc',
    ]);
    assert.deepEqual(codes(compare({ ...pair, profile: { ...pair.profile, timestamp: new Date(0) } }, [timeless])), [
      'timestamp_mismatch timestamp R5900001_012.nc',
    ]);
  });

  it('that lost all its levels, or its description, is found wrong in all that is lost', () => {
    const pair = loaded([core]);

    const empty = compare({ ...pair, profile: { ...pair.profile, data: [] } }, [core]);
    const undescribed = compare({ ...pair, metadata: null }, [core]);

    assert.deepEqual(codes(empty), ['level_not_found pressure R5900001_012.nc', 'level_not_found pressure R5900001_012.nc']);
    assert.deepEqual(
      undescribed.map(({ code }) => code),
      [
        'platform_mismatch',
        'id_mangled',
        'data_type_mismatch',
        'instrument_mismatch',
        'fleetmonitoring_mismatch',
        'oceanops_mismatch',
        'data_center_mismatch',
        'pi_name_mismatch',
        'platform_type_mismatch',
        'positioning_system_mismatch',
        'wmo_inst_type_mismatch',
      ],
    );
  });

  it('with repeated pressures are not compared in data and sources, and in all else', () => {
    const repeated = coreFile(parameter('PRES', [5, 5], { units: 'decibar' }));
    const pair = loaded([repeated], { source: [], cycle_number: 13 });

    const { findings, isDegenerate } = compareProfile(pair, [upstream(repeated)], sourceUrl);

    assert.equal(isDegenerate, true);
    assert.deepEqual(codes(findings), ['cycle_number_mismatch cycle_number R5900001_012.nc', 'id_mangled _id R5900001_012.nc']);
  });

  it('are compared level by level where different pressures are rounded to the same', () => {
    const close = coreFile({ ...parameter('PRES', [1e-8, 2e-8], { units: 'decibar' }) });

    assert.deepEqual(compare(loaded([close]), [close]), []);
  });

  it('give no finding for what the file does not have', () => {
    const bare = coreFile({ PI_NAME: null, PLATFORM_TYPE: null, VERTICAL_SAMPLING_SCHEME: null, POSITION_QC: null, DATA_CENTRE: null });

    assert.deepEqual(compare(loaded([core]), [bare]), []);
  });

  it('are compared however the document is damaged', () => {
    const pair = loaded([core]);
    const fields = fc.constantFrom(...Object.keys(pair.profile));
    fc.assert(
      fc.property(
        fc.dictionary(fields, fc.jsonValue()),
        fc.dictionary(fc.constantFrom(...Object.keys(pair.metadata ?? {})), fc.jsonValue()),
        (profile, metadata) => {
          const damaged = { profile: { ...pair.profile, ...profile }, metadata: { ...pair.metadata, ...metadata } };

          const findings = compare(damaged, [core]);

          assert.ok(findings.every((finding) => findingText(finding).length < 2000));
          assert.doesNotThrow(() => sourcePaths(damaged.profile, sourceUrl));
        },
      ),
    );
  });
});

describe('the files of a document', () => {
  it('are where its addresses say, whatever the archive', () => {
    const source = [
      { url: 'ftp://host/dac/aoml/5900001/profiles/SR5900001_012.nc' },
      { url: 'https://other/pub/argo/dac/aoml/5900001/profiles/R5900001_012.nc' },
    ];

    assert.deepEqual(sourcePaths({ source }, sourceUrl), {
      state: 'known',
      paths: ['aoml/5900001/profiles/SR5900001_012.nc', 'aoml/5900001/profiles/R5900001_012.nc'],
      item: 'aoml/5900001_012',
    });
  });

  for (const url of [
    'ftp://host/dac/../../etc/passwd',
    'ftp://host/dac/aoml/5900001/profiles/../../5900002/profiles/R5900002_001.nc',
    'ftp://host/dac/aoml/5900001/profiles/--rsh=x.nc',
    'ftp://host/dac/aoml/5900001/profiles/R5900001_012.nc\n',
    'ftp://host/elsewhere',
    17,
  ]) {
    it(`cannot be asked for as ${JSON.stringify(url)}`, () => {
      assert.equal(sourcePaths({ source: [{ url }] }, sourceUrl).state, 'unknown');
    });
  }
});

describe('a value that is kept with a finding', () => {
  it('is whole when it is short, and cut when it is not', () => {
    assert.deepEqual(shownValue({ type: 'Point' }), { type: 'Point' });
    assert.deepEqual(shownValue(undefined), null);
    assert.equal(shownValue('x'.repeat(5000)), `${'x'.repeat(400)}… (5000 characters)`);
    assert.equal(FILL, shownValue(FILL));
  });
});
