import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { listName } from '../../../src/argo/names.ts';
import { groupLine } from '../../../src/argo/select.ts';
import { dacsOf, groupsOf, listPlatforms, profilesOf } from '../../../src/argo/tree.ts';
import { grow } from '../../helpers/profile-tree.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'landfall-tree-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const at = (dac: string, ...files: readonly string[]): readonly string[] => files.map((file) => `${dac}/1900001/profiles/${file}`);
const keys = (...pairs: readonly (readonly [string, string])[]) => pairs.map(([dac, number]) => ({ dac, wmo: '1900001', number }));
const words = async (changes: ReturnType<typeof keys>) => {
  const { load, gone, moved } = await groupsOf(root, { wmo: '1900001', profiles: changes });
  return { load: load.map(groupLine), gone: gone.map(listName), moved: moved.map(({ dac }) => dac) };
};

describe('What a mirror holds', () => {
  it('is known per profile number, by prefix; names that are no profile files do not count', async () => {
    await grow(
      root,
      at(
        'aoml',
        'R1900001_001.nc',
        'SR1900001_001.nc',
        'D1900001_001D.nc',
        'MR1900001_002.nc',
        'R1900002_003.nc',
        'notes.txt',
        '.R1900001_004.nc.Xa91Qz',
      ),
    );

    const held = await profilesOf(root, { dac: 'aoml', wmo: '1900001' });

    assert.deepEqual(
      held,
      new Map([
        ['001', new Set(['R', 'SR'])],
        ['001D', new Set(['D'])],
        ['002', new Set(['MR'])],
      ]),
    );
  });

  it('is nothing where there is no folder, or a file in its place', async () => {
    await grow(root, ['aoml/1900002/profiles', 'bodc']);

    assert.deepEqual(await profilesOf(root, { dac: 'aoml', wmo: '1900001' }), new Map());
    assert.deepEqual(await profilesOf(root, { dac: 'aoml', wmo: '1900002' }), new Map());
    assert.deepEqual(await dacsOf(root, '1900001'), []);
    assert.deepEqual(await Array.fromAsync(listPlatforms(join(root, 'none'))), []);
  });

  it('does not reach through symbolic links, be it a file, a folder of profiles, a float or a centre', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'landfall-outside-'));
    await grow(outside, ['1900001/profiles/R1900001_001.nc', '1900002/profiles/R1900002_001.nc', '1900003/profiles/R1900003_001.nc']);
    await mkdir(join(root, 'aoml/1900001/profiles'), { recursive: true });
    await mkdir(join(root, 'aoml/1900003'), { recursive: true });
    await symlink(join(outside, '1900001/profiles/R1900001_001.nc'), join(root, 'aoml/1900001/profiles/R1900001_001.nc'));
    await symlink(join(outside, '1900002'), join(root, 'aoml/1900002'));
    await symlink(join(outside, '1900003/profiles'), join(root, 'aoml/1900003/profiles'));
    await symlink(outside, join(root, 'bodc'));

    const platforms = await Array.fromAsync(listPlatforms(root));
    const insides = await Promise.all(platforms.map((platform) => profilesOf(root, platform)));
    const linked = await profilesOf(root, { dac: 'bodc', wmo: '1900001' });
    await rm(outside, { recursive: true });

    assert.deepEqual(platforms, [
      { dac: 'aoml', wmo: '1900001' },
      { dac: 'aoml', wmo: '1900003' },
    ]);
    assert.deepEqual(insides, [new Map(), new Map()]);
    assert.equal(linked.size, 0);
  });

  it('is walked in byte order of centre and float', async () => {
    await grow(root, ['kma/2901746/a', 'aoml/5900446/a', 'aoml/13857/a', 'aoml/notafloat/a', 'Aoml/13857/a']);

    const platforms = await Array.fromAsync(listPlatforms(root));

    assert.deepEqual(
      platforms.map(({ dac, wmo }) => `${dac}/${wmo}`),
      ['aoml/13857', 'aoml/5900446', 'kma/2901746'],
    );
  });
});

describe('The groups of a float on the list', () => {
  it('are what the mirror holds now, in byte order of their lines; a profile without a loadable file is gone', async () => {
    await grow(root, at('aoml', 'SR1900001_001.nc', 'R1900001_001.nc', 'D1900001_002.nc', 'R1900001_002.nc', 'BR1900001_003.nc'));

    const groups = await words(keys(['aoml', '001'], ['aoml', '002'], ['aoml', '003'], ['aoml', '004']));

    assert.deepEqual(groups, {
      load: ['aoml/1900001/profiles/D1900001_002.nc', 'aoml/1900001/profiles/SR1900001_001.nc aoml/1900001/profiles/R1900001_001.nc'],
      gone: ['1900001_003', '1900001_004'],
      moved: [],
    });
  });

  it('keep the id of a float that moved to another centre in the same night', async () => {
    await grow(root, at('bodc', 'R1900001_001.nc'));

    const groups = await words(keys(['aoml', '001'], ['bodc', '001']));

    assert.deepEqual(groups, { load: at('bodc', 'R1900001_001.nc'), gone: [], moved: ['aoml'] });
  });

  it('bring back the id from a centre that the list does not name', async () => {
    await grow(root, at('bodc', 'R1900001_001.nc'));

    const groups = await words(keys(['aoml', '001']));

    assert.deepEqual(groups, { load: at('bodc', 'R1900001_001.nc'), gone: [], moved: ['aoml'] });
  });

  it('name an id that went from two centres once', async () => {
    const groups = await words(keys(['aoml', '001'], ['bodc', '001']));

    assert.deepEqual(groups, { load: [], gone: ['1900001_001'], moved: ['bodc'] });
  });
});
