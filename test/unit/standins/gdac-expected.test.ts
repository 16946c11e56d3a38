import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { DRY_LAND, REGIONS, type Region } from '../../../standins/gdac/catalog.ts';
import { compareDocument } from '../../../standins/gdac/compare.ts';
import { deletedProfiles, type ExpectedProfile, expectedProfiles, sixDecimals } from '../../../standins/gdac/expected.ts';
import { DEFECTS } from '../../../standins/gdac/history.ts';
import type { World } from '../../../standins/gdac/world.ts';

const MASK = new URL('../../../../shared/data/argo/basinmask.csv', import.meta.url);
const WORLD: World = { seed: 1, floats: 30, cyclesPerFloat: 40 };
const NOW = Date.UTC(2026, 0, 2);

/** Numbers and their six decimals, from the printed rule and by hand: 1/128 is 0.0078125. */
const ROUNDED: readonly (readonly [number, number])[] = [
  [Math.fround(16.03), 16.030001],
  [4.0078125, 4.007812],
  [4.0234375, 4.023438],
  [-0.0078125, -0.007812],
  [-0.0234375, -0.023438],
  [Math.fround(0.1), 0.1],
  [1500, 1500],
];

function firstDocument(): {
  readonly expected: ExpectedProfile;
  readonly argo: Record<string, unknown>;
  readonly argoMeta: Record<string, unknown>;
} {
  for (const expected of expectedProfiles(WORLD, 0)) {
    if (expected.outcome.state !== 'document') continue;
    const { argo, argoMeta } = expected.outcome;
    const id = `${argoMeta.platform}_m0`;
    const loaded = new Date(NOW - 1000);
    return { expected, argo: { ...argo, metadata: [id], date_updated_argovis: loaded }, argoMeta: { ...argoMeta, _id: id } };
  }
  throw new RangeError('no document');
}

describe('the expected documents of the stand-in', () => {
  for (const [value, rounded] of ROUNDED) {
    it(`round ${value} to ${rounded}`, () => {
      assert.equal(sixDecimals(value), rounded);
    });
  }

  it('are about 1,200 for thirty floats of forty cycles, with every kind of rejection among about one in a hundred', () => {
    const all = [...expectedProfiles(WORLD, 0)];

    const codes = all.flatMap(({ outcome }) => (outcome.state === 'rejected' ? [outcome.code] : []));
    assert.ok(all.length > 1200 && all.length < 1300, `${all.length} profiles`);
    assert.deepEqual([...new Set(codes)].sort(), [...new Set(Object.values(DEFECTS))].sort());
    assert.ok(codes.length < all.length / 50, `${codes.length} are rejected`);
  });

  it('are a function of the seed and the night', () => {
    const text = (world: World, night: number): string => JSON.stringify([...expectedProfiles(world, night)].slice(0, 60));

    assert.equal(text(WORLD, 2), text(WORLD, 2));
    assert.notEqual(text(WORLD, 2), text({ ...WORLD, seed: 2 }, 2));
  });

  it('have one id each', () => {
    const ids = [...expectedProfiles(WORLD, 3)].map(({ key }) => key.split('/')[1]);

    assert.equal(new Set(ids).size, ids.length);
  });

  it('never include a deleted profile', () => {
    const gone = [...deletedProfiles(WORLD, 3)];
    const there = new Set([...expectedProfiles(WORLD, 3)].map(({ key }) => key));

    assert.ok(gone.length >= 3, `${gone.length} deleted`);
    assert.deepEqual(
      gone.filter((key) => there.has(key)),
      [],
    );
  });

  it('are far from becoming rejected later, so that no document of an older version is ever expected to stay', () => {
    const rejected = (night: number): ReadonlySet<string> =>
      new Set([...expectedProfiles(WORLD, night)].flatMap(({ key, outcome }) => (outcome.state === 'rejected' ? [key] : [])));

    const before = rejected(0);
    assert.deepEqual(
      [...rejected(4)].filter((key) => !before.has(key)),
      [],
    );
  });
});

describe('the regions of the stand-in', { skip: existsSync(MASK) ? false : 'the basin mask is not here' }, () => {
  for (const region of [...REGIONS, DRY_LAND]) {
    it(`${region.name} lies well inside basin ${region.basin}`, () => {
      const codes = maskCodes(region);

      assert.deepEqual([...codes], [region.basin === -1 ? '' : String(region.basin)]);
    });
  }
});

/** The codes of all one-degree cells of a region and one more around it. */
function maskCodes({ west, east, south, north }: Region): ReadonlySet<string | undefined> {
  const rows = readFileSync(MASK, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().split(','));
  const codes = new Set<string | undefined>();
  for (const row of rows.slice(1)) {
    const latitude = Number(row[0]);
    if (latitude < south - 1 || latitude > north + 1) continue;
    for (let longitude = west - 0.5; longitude < east + 1; longitude += 1) {
      const wrapped = longitude > 180 ? longitude - 360 : longitude;
      codes.add(row[(rows[0] ?? []).findIndex((cell) => cell !== '' && Number(cell) === wrapped)]);
    }
  }
  return codes;
}

describe('comparing documents', () => {
  it('finds nothing to say about equal ones, within a millisecond and whatever the metadata number', () => {
    const { expected, argo, argoMeta } = firstDocument();
    const timestamp = argo.timestamp instanceof Date ? new Date(argo.timestamp.getTime() - 1) : null;
    const found = { ...argo, timestamp, metadata: [`${argoMeta.platform}_m7`] };

    const differences = compareDocument(expected, found, { ...argoMeta, _id: `${argoMeta.platform}_m7` }, NOW);

    assert.deepEqual(differences, []);
  });

  it('names the path, what was expected and what was found', () => {
    const { expected, argo, argoMeta } = firstDocument();

    const differences = compareDocument(expected, { ...argo, basin: 77, extra: 1 }, { ...argoMeta, data_center: 'XX' }, NOW);

    assert.equal(differences.length, 3);
    assert.match(differences[0] ?? '', /^\w+\/\d+_\w+: argo\.basin: expected -?\d+, found 77\.$/);
    assert.match(differences[1] ?? '', /argo\.extra: expected nothing, found 1\.$/);
    assert.match(differences[2] ?? '', /argoMeta\.data_center: expected "\w\w", found "XX"\.$/);
  });

  it('sees one changed value among all', () => {
    const { expected, argo, argoMeta } = firstDocument();
    const data = structuredClone(argo.data);
    assert.ok(Array.isArray(data) && Array.isArray(data[0]));
    data[0][3] = 1234.5;

    const differences = compareDocument(expected, { ...argo, data }, argoMeta, NOW);

    assert.equal(differences.length, 1);
    assert.match(differences[0] ?? '', /argo\.data\[0\]\[3\]: expected [\d.]+, found 1234\.5\.$/);
  });

  it('wants a recent load, a matching metadata document, and none for a rejected profile', () => {
    const { expected, argo, argoMeta } = firstDocument();
    const rejected: ExpectedProfile = { ...expected, outcome: { state: 'rejected', code: 'bad_data_mode' } };

    assert.match(compareDocument(expected, { ...argo, date_updated_argovis: new Date(0) }, argoMeta, NOW).join(), /date_updated_argovis/);
    assert.match(compareDocument(expected, argo, { ...argoMeta, _id: '1_m0' }, NOW).join(), /argo\.metadata/);
    assert.match(compareDocument(expected, argo, null, NOW).join(), /metadata document/);
    assert.match(compareDocument(expected, null, null, NOW).join(), /found none/);
    assert.match(compareDocument(rejected, argo, argoMeta, NOW).join(), /expected no document \(bad_data_mode\)/);
    assert.deepEqual(compareDocument(rejected, null, null, NOW), []);
  });
});
