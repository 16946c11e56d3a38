import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type GuardVerdict, judgeDeletions } from '../../../src/argo/mirror-guard.ts';
import { pagesOf, platformsOf, type SortedChanges, sortChanges, summarise } from '../../../src/argo/mirror-plan.ts';
import { keyText } from '../../../src/argo/names.ts';
import type { PlatformChanges } from '../../../src/argo/tree.ts';
import { grow, profileNames } from '../../helpers/profile-tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sorted(...logs: readonly string[]): Promise<SortedChanges> {
  const files = logs.map((_, index) => join(folder, `${index}.log`));
  await Promise.all(files.map((file, index) => writeFile(file, logs[index] ?? '')));
  return sortChanges(files, { into: join(folder, 'sorted'), scratch: folder, signal: new AbortController().signal });
}
const updates = (...names: readonly string[]): string => names.map((name) => `>f+++++++++ ${name}\n`).join('');
const deletions = (...names: readonly string[]): string => names.map((name) => `*deleting   ${name}\n`).join('');

describe('The work list', () => {
  it('holds every profile of all logs once, by float, whatever its centre', async () => {
    const changes = await sorted(
      `receiving incremental file list\n${deletions('kma/2901746/profiles/R2901746_094.nc')}${updates('kma/2901746/profiles/D2901746_094.nc', 'bodc/1900001/profiles/R1900001_002.nc')}`,
      updates('aoml/1900001/profiles/R1900001_010.nc', 'aoml/1900001/profiles/BR1900001_001.nc', 'aoml/1900001/profiles/SR1900001_001.nc'),
    );

    const platforms = await Array.fromAsync(platformsOf(changes));

    assert.deepEqual(
      platforms.map(({ wmo, profiles }) => [wmo, ...profiles.map(keyText)]),
      [
        ['1900001', 'aoml/1900001_001', 'aoml/1900001_010', 'bodc/1900001_002'],
        ['2901746', 'kma/2901746_094'],
      ],
    );
  });

  it('counts a last line that was cut when it names a profile file, and no other', async () => {
    const changes = await sorted(
      '>f+++++++++ aoml/1900001/profiles/R1900001_001.nc',
      '>f+++++++++ aoml/1900001/profiles/R1900001_0',
      '*deleting   aoml/1900001/profiles/R19',
    );

    assert.deepEqual(await Array.fromAsync(platformsOf(changes)), [
      { wmo: '1900001', profiles: [{ dac: 'aoml', wmo: '1900001', number: '001' }] },
    ]);
    assert.equal((await summarise(changes)).unknownNames, 0);
  });

  it('is summed up with every name counted once', async () => {
    const log =
      deletions('aoml/1900001/profiles/R1900001_001.nc') +
      updates(
        'aoml/1900001/profiles/D1900001_001.nc',
        'aoml/1900001/profiles/MR1900001_002.nc',
        'aoml/1900001/profiles/x y.nc',
        '-rf',
        'aoml/1900001/1900001_meta.nc',
      );

    const summary = await summarise(await sorted(log, log));

    assert.deepEqual(summary, {
      platforms: 1,
      profiles: 2,
      updatedFiles: 2,
      deletedFiles: 1,
      unknownNames: 2,
      firstUnknownNames: ['-rf', 'aoml/1900001/profiles/x y.nc'],
      ignoredPrefixes: { MR: 1 },
    });
  });

  it('is empty when no log names a profile', async () => {
    const changes = await sorted('receiving incremental file list\n\nsent 1 bytes\n', '');

    assert.deepEqual(await Array.fromAsync(pagesOf(platformsOf(changes), 10)), []);
    assert.equal((await summarise(changes)).profiles, 0);
  });
});

describe('The pages of the work list', () => {
  const platform = (wmo: string, size: number): PlatformChanges => ({
    wmo,
    profiles: Array.from({ length: size }, (_, number) => ({ dac: 'aoml', wmo, number: String(number) })),
  });
  async function* stream(...sizes: readonly number[]): AsyncGenerator<PlatformChanges> {
    for (const [index, size] of sizes.entries()) yield platform(String(index), size);
  }

  it('hold whole floats, filled up to the size of a batch; a larger float has a page alone', async () => {
    const pages = await Array.fromAsync(pagesOf(stream(4, 6, 1, 25, 3, 7, 1), 10));

    assert.deepEqual(
      pages.map((page) => page.map(({ profiles }) => profiles.length)),
      [[4, 6], [1], [25], [3, 7], [1]],
    );
  });
});

describe('The guard over deletions', () => {
  const stats = { files: 100, regularFiles: 90, folders: 10, transferredFiles: 0, deletedFiles: 0, totalBytes: 0, transferredBytes: 0 };
  const settings = { share: 0.01, floor: 2 };
  const names = profileNames('aoml', 1900001, 10);
  const judge = async (log: string, more: object = {}): Promise<GuardVerdict> =>
    judgeDeletions({ changes: await sorted(log), root: join(folder, 'mirror'), stats, documents: 10, settings, ...more });

  beforeEach(() => grow(join(folder, 'mirror'), names));

  it('lets a few lost profiles pass, up to the floor', async () => {
    const verdict = await judge(deletions(...names.slice(0, 2)) + updates(names[9] ?? ''));

    assert.deepEqual(verdict, { state: 'proceed', lost: 2, documents: 10 });
  });

  it('lets more pass when they are a small share', async () => {
    const verdict = await judge(deletions(...names.slice(0, 5)) + updates(names[9] ?? ''), { documents: 500 });

    assert.deepEqual(verdict, { state: 'proceed', lost: 5, documents: 500 });
  });

  it('asks when more than the share would be left without a file, and names the first', async () => {
    const verdict = await judge(deletions(...names.slice(0, 5)) + updates(names[9] ?? ''), { documents: 499 });

    assert.equal(verdict.state, 'ask');
    assert.deepEqual(verdict, {
      state: 'ask',
      reason: 'many_deletions',
      lost: 5,
      documents: 499,
      sample: ['aoml/1900001_001', 'aoml/1900001_002', 'aoml/1900001_003', 'aoml/1900001_004', 'aoml/1900001_005'],
      sentence:
        '5 profiles would be left without any file, of 499 documents; 1 % and 2 are allowed. The first is aoml/1900001_001. Look at the source; then repeat the run with force if this is right.',
    });
  });

  it('does not count a file that goes from R to D as a loss', async () => {
    const verdict = await judge(deletions(...names) + updates(...profileNames('aoml', 1900001, 10, 'D')));

    assert.deepEqual(verdict, { state: 'proceed', lost: 0, documents: 10 });
  });

  it('does not count a float that moves to another centre as a loss', async () => {
    const verdict = await judge(deletions(...names) + updates(...profileNames('bodc', 1900001, 10)));

    assert.deepEqual(verdict, { state: 'proceed', lost: 0, documents: 10 });
  });

  it('does not count a float that another centre holds already as a loss', async () => {
    await grow(join(folder, 'mirror'), profileNames('bodc', 1900001, 10));

    const verdict = await judge(deletions(...names) + updates('bodc/1900002/profiles/R1900002_001.nc'));

    assert.deepEqual(verdict, { state: 'proceed', lost: 0, documents: 10 });
  });

  it('counts a profile of which only B files stay', async () => {
    const verdict = await judge(deletions(...names.slice(0, 3)) + updates('aoml/1900001/profiles/BR1900001_001.nc'));

    assert.equal(verdict.state, 'ask');
    assert.equal(verdict.lost, 3);
  });

  it('does not count files that were never loaded', async () => {
    await grow(join(folder, 'mirror'), profileNames('aoml', 1900002, 10, 'BR'));

    const verdict = await judge(deletions(...profileNames('aoml', 1900002, 10, 'BR')) + updates(names[0] ?? ''));

    assert.deepEqual(verdict, { state: 'proceed', lost: 0, documents: 10 });
  });

  it('asks when the source is empty, however few profiles the mirror has', async () => {
    const verdict = await judge(deletions(...names), { stats: { ...stats, regularFiles: 0 }, settings: { share: 1, floor: 1000 } });

    assert.equal(verdict.state === 'ask' ? verdict.reason : '', 'empty_source');
    assert.match(verdict.state === 'ask' ? verdict.sentence : '', /no file at all.*all its 10 profile files/);
  });

  it('asks when the source has files but no profiles any more', async () => {
    const verdict = await judge(deletions(...names), { settings: { share: 1, floor: 1000 } });

    assert.equal(verdict.state === 'ask' ? verdict.reason : '', 'empty_source');
  });

  it('does not take a night of deletions alone for an empty source', async () => {
    const verdict = await judge(deletions(names[0] ?? ''));

    assert.deepEqual(verdict, { state: 'proceed', lost: 1, documents: 10 });
  });

  it('lets an empty source pass over an empty mirror: nothing is lost', async () => {
    const verdict = await judge('', { stats: { ...stats, regularFiles: 0 }, documents: 0, root: join(folder, 'none') });

    assert.deepEqual(verdict, { state: 'proceed', lost: 0, documents: 0 });
  });
});
