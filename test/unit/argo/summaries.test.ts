import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { datasetSchema } from '../../../src/argo/dataset.ts';
import { addFacts, type DescriptionFacts, noFacts } from '../../../src/argo/summaries/facts.ts';
import { SUMMARIES } from '../../../src/argo/summaries/ids.ts';
import { jsonldSummary } from '../../../src/argo/summaries/jsonld.ts';
import { bgcSummary, dacsSummary, dataKeysSummary } from '../../../src/argo/summaries/lists.ts';
import { overviewSummary } from '../../../src/argo/summaries/overview.ts';
import { describeKey } from '../../../src/argo/summaries/parameters.ts';
import { rateLimits } from '../../../src/argo/summaries/rate-limits.ts';
import { summaryWarnings } from '../../../src/argo/summaries/warnings.ts';
import { didChange } from '../../../src/argo/summaries/when.ts';
import { noOutcome } from '../../../src/stores/plans.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const dataset = datasetSchema.parse({ creators: [{ name: 'A. Float', orcid: 'https://orcid.org/0000-0001-2345-6789' }] });

const some = (facts: Partial<DescriptionFacts>): DescriptionFacts => ({
  dataCenter: 'AO',
  platform: '13857',
  profiles: 1,
  core: 1,
  bgc: 0,
  deep: 0,
  earliest: null,
  latest: null,
  latestBgc: null,
  earliestGood: null,
  south: null,
  north: null,
  keys: [],
  ...facts,
});

describe('a data key of the summaries', () => {
  for (const [key, description, unit] of [
    ['pressure', 'Sea water pressure, equals 0 at sea-level', 'decibar'],
    ['temperature', 'Sea temperature in-situ ITS-90 scale', 'degree_Celsius'],
    ['temperature_sfile', 'Sea temperature in-situ ITS-90 scale from BGC file', 'degree_Celsius'],
    ['salinity_sfile_argoqc', 'QC for salinity_sfile', ''],
    ['bbp532', 'Particle backscattering at 532 nanometers', 'm-1'],
    ['down_irradiance665', 'Downwelling irradiance at 665 nanometers', 'W/m^2/nm'],
    ['doxy2', 'Dissolved oxygen (sensor 2)', 'micromole/kg'],
    ['doxy_2', 'Dissolved oxygen (sensor 2)', 'micromole/kg'],
    ['bbp700_2', 'Particle backscattering at 700 nanometers (sensor 2)', 'm-1'],
    ['bbp700_2_argoqc', 'QC for bbp700_2', ''],
    ['cndx', 'variable not found in ADMT documentation', ''],
    ['cndx_argoqc', 'variable not found in ADMT documentation', ''],
  ] as const) {
    it(`${key} is described as "${description}"`, () => {
      assert.deepEqual(describeKey(key), { description, unit });
    });
  }
});

describe('what pages of descriptions add up to', () => {
  const early = new Date('1999-05-01T00:00:00Z');
  const late = new Date('2025-09-18T06:14:20Z');
  const page1 = [
    some({ profiles: 3, core: 2, bgc: 1, latest: early, earliest: early, latestBgc: early, south: -75.5, north: -60, keys: ['pressure'] }),
    some({ dataCenter: null, platform: null, profiles: 5 }),
  ];
  const page2 = [
    some({ profiles: 2, bgc: 2, latest: late, earliest: late, earliestGood: late, south: -10, north: 82.25, keys: ['pressure', 'doxy'] }),
    some({ dataCenter: 'BO', platform: '5', profiles: 1 }),
  ];
  const facts = addFacts(addFacts(noFacts, page1), page2);

  it('counts a centre and a float over several pages, and nothing for a description without them', () => {
    assert.deepEqual(dacsSummary(facts).summary, [
      { _id: 'AO', n: 5, mostrecent: late },
      { _id: 'BO', n: 1, mostrecent: null },
    ]);
    assert.deepEqual(bgcSummary(facts).summary, [{ _id: '13857', n: 3, mostrecent: early }]);
    assert.equal(facts.profiles, 11);
  });

  it('names each key once, in code point order', () => {
    assert.deepEqual(dataKeysSummary(facts).data_keys, ['doxy', 'pressure']);
  });

  it('spans the years and latitudes of the profiles, without any window', () => {
    const { jsonld } = jsonldSummary(facts, dataset, now);

    assert.ok('temporalCoverage' in jsonld && 'spatialCoverage' in jsonld && 'creator' in jsonld && 'version' in jsonld);
    assert.equal(jsonld.temporalCoverage, '1999/2025');
    assert.match(JSON.stringify(jsonld.spatialCoverage), /"box":"-75.5 -180 82.25 180"/);
    assert.match(JSON.stringify(jsonld.creator), /"name":"A. Float".*0000-0001-2345-6789/);
    assert.equal(jsonld.version, '2026-01-02T03:04:05Z');
  });

  it('limits rates from the first good time on', () => {
    assert.deepEqual(rateLimits(facts, now), {
      metagroups: ['id', 'metadata', 'platform'],
      startDate: '2025-09-18T06:14:20.000Z',
      endDate: '2026-01-02T03:04:05.678Z',
      qc: 'timestamp_argoqc',
    });
  });
});

describe('the summaries of an empty archive', () => {
  it('say that there is nothing, and leave out what is not known', () => {
    assert.deepEqual(overviewSummary(noFacts, now).summary, {
      nCore: 0,
      nBGC: 0,
      nDeep: 0,
      mostrecent: null,
      latest_argovis_update: now,
      datacenters: [],
    });
    assert.equal(rateLimits(noFacts, now).startDate, null);
    const { jsonld } = jsonldSummary(noFacts, dataset, now);
    assert.ok(!('temporalCoverage' in jsonld) && !('spatialCoverage' in jsonld));
  });
});

describe('the summaries are made again', () => {
  const madeAt = new Date('2026-01-02T07:00:00Z');
  const night = { job: 'mirror', record: { loaded: 3, removed: 0 } };

  for (const [why, loaded, others, isChanged] of [
    ['when the night loaded something', { loaded: 1 }, [], true],
    ['when the night removed something', { removed: 1 }, [], true],
    ['not when it only rejected', { rejected: 1, unchanged: 4 }, [], false],
    ['when a run since has changed something', {}, [night], true],
    ['not for the run that made them', {}, [{ ...night, summarisedAt: madeAt }], false],
    ['not for a run since that changed nothing', {}, [{ job: 'reload', record: { loaded: 0, removed: 0 } }], false],
    ['when a run since has left no count', {}, [{ job: 'mirror', record: {} }], true],
    [
      'not for checks',
      {},
      [
        { job: 'verify', record: {} },
        { job: 'audit', record: null, endedAt: null },
        { job: 'audit', record: { missing: 2, state: 'done' } },
      ],
      false,
    ],
    ['when an audit since broke off, which may have been a repair', {}, [{ job: 'audit', record: {} }], true],
    ['when an audit since was ended without a record', {}, [{ job: 'audit', record: null }], true],
    ['when an audit since has repaired something', {}, [{ job: 'audit', record: { loaded: 1, removed: 0 } }], true],
  ] as const) {
    it(why, () => {
      const runs = others.map((other) => ({ endedAt: madeAt, ...other }));
      assert.equal(didChange({ ...noOutcome, ...loaded }, runs, madeAt), isChanged);
    });
  }
});

describe('what a night says of summaries that failed', () => {
  it('is a sentence for each reason', () => {
    const because = (message: string) => (id: (typeof SUMMARIES)[number]) => ({ id, message });

    assert.deepEqual(summaryWarnings([]), []);
    assert.deepEqual(summaryWarnings(SUMMARIES.map(because('The disk is full.'))), [
      'No summary was made; what was there stays. The disk is full.',
    ]);
    assert.deepEqual(summaryWarnings([because('One.')('argo_bgc'), because('Two.')('argo_dacs'), because('One.')('ratelimiter')]), [
      'Of the summaries, argo_bgc, ratelimiter could not be made; what was there stays. One.',
      'Of the summaries, argo_dacs could not be made; what was there stays. Two.',
    ]);
  });
});
