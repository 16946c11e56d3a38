import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { keyText, type ProfileKey } from '../../../src/argo/names.ts';
import { planRebuild, platformProfiles, type RebuildSource } from '../../../src/argo/rebuild-plan.ts';
import { grow } from '../../helpers/profile-tree.ts';

let root: string;
let scratch: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'landfall-tree-'));
  scratch = await mkdtemp(join(tmpdir(), 'landfall-plan-'));
});
afterEach(() => Promise.all([root, scratch].map((folder) => rm(folder, { recursive: true, force: true }))));

const { signal } = new AbortController();

async function* each<T>(...all: readonly T[]) {
  yield* all;
}

async function planned(
  batchSize: number,
  more: readonly ProfileKey[] = [],
  platforms: RebuildSource['platforms'] = platformProfiles(root, signal),
) {
  const settings = { into: join(scratch, 'planned'), scratch, signal, batchSize, onTick: () => {} };
  const { summary, pages } = await planRebuild({ platforms, more: each(more) }, settings);
  const found = await Array.fromAsync(pages());
  return { summary, pages: found.map((page) => page.map(({ profiles }) => profiles.map(keyText))) };
}

describe('The plan of a rebuild', () => {
  it('holds every profile that has a file to load, a float of two centres in one hand', async () => {
    await grow(root, [
      'aoml/1900002/profiles/D1900002_001.nc',
      'aoml/1900002/profiles/R1900002_001.nc',
      'aoml/1900002/profiles/R1900002_001D.nc',
      'aoml/1900002/profiles/BR1900002_002.nc',
      'aoml/1900002/profiles/MR1900002_003.nc',
      'bodc/1900001/profiles/SR1900001_001.nc',
      'meds/1900002/profiles/R1900002_001.nc',
    ]);

    const { summary, pages } = await planned(2);

    assert.deepEqual(summary, { platforms: 2, profiles: 4, ignoredPrefixes: { MR: 1 } });
    assert.deepEqual(pages, [[['bodc/1900001_001']], [['aoml/1900002_001', 'aoml/1900002_001D', 'meds/1900002_001']]]);
  });

  it('names profiles that were made before, whether or not a file is left, and counts those that have one', async () => {
    await grow(root, ['aoml/1900001/profiles/R1900001_001.nc']);
    const more = ['001', '002'].map((number) => ({ dac: 'aoml', wmo: '1900001', number }));

    const { summary, pages } = await planned(10, more);

    assert.equal(summary.profiles, 1);
    assert.deepEqual(pages, [[['aoml/1900001_001', 'aoml/1900001_002']]]);
  });

  it('of an empty mirror is empty', async () => {
    const { summary, pages } = await planned(10);

    assert.deepEqual([summary.profiles, pages], [0, []]);
  });

  it('can be broken off', async () => {
    await grow(root, ['aoml/1900001/profiles/R1900001_001.nc']);

    await assert.rejects(planned(10, [], platformProfiles(root, AbortSignal.abort())), { name: 'AbortError' });
  });
});
