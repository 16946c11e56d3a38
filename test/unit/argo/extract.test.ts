import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extractProfile } from '../../../src/argo/extract.ts';
import type { Dimension, NetcdfFile, Variable } from '../../../src/formats/netcdf/file.ts';

const PATH = 'aoml/13857/profiles/R13857_001.nc';

const dimension = (name: string, size: number): Dimension => ({ name, size, isUnlimited: false });

const variable = (name: string, type: Variable['type'], dimensions: readonly Dimension[]): Variable => ({
  name,
  type,
  dimensions,
  attributes: new Map(),
});

/** A file that remembers what was read of it; every text in it is of blanks. */
function fileOf(variables: readonly Variable[]): NetcdfFile & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    path: PATH,
    container: 'hdf5',
    dimensions: new Map(variables.flatMap(({ dimensions }) => dimensions.map((one) => [one.name, one]))),
    variables: new Map(variables.map((one) => [one.name, one])),
    attributes: new Map(),
    asked,
    async read(requests) {
      asked.push(...requests.map(({ name }) => name));
      return requests.map(() => new Uint8Array(0));
    },
    async close() {},
  };
}

describe('taking a profile out of its file', () => {
  it('reads no variable of a file that announces more cells than any profile has', async () => {
    const profiles = dimension('N_PROF', 1);
    const file = fileOf([
      variable('DATA_MODE', 'char', [profiles]),
      variable('STATION_PARAMETERS', 'char', [profiles, dimension('N_PARAM', 400_000), dimension('STRING16', 16)]),
    ]);

    await assert.rejects(extractProfile(file, PATH), {
      code: 'unreadable_file',
      message: /^aoml\/13857\/profiles\/R13857_001\.nc has 6400001 cells, most in STATION_PARAMETERS\. Expected/,
    });
    assert.deepEqual(file.asked, []);
  });

  it('counts the cells of the first profile alone', async () => {
    const file = fileOf([variable('DATA_MODE', 'char', [dimension('N_PROF', 10_000_000)])]);

    await assert.rejects(extractProfile(file, PATH), { code: 'bad_data_mode' });
    assert.deepEqual(file.asked, ['DATA_MODE']);
  });
});
