import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { type Preview, preview } from '../../../src/argo/preview.ts';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';

/** Empty files: nothing can be translated, but everything is chosen and ordered. */
const TREE = [
  'aoml/13857/profiles/R13857_002.nc',
  'aoml/13857/profiles/D13857_002.nc',
  'aoml/13857/profiles/R13857_010.nc',
  'aoml/13857/profiles/MR13857_010.nc',
  'aoml/13857/profiles/SR13857_001.nc',
  'aoml/13857/profiles/R13857_001.nc',
  'aoml/13857/profiles/BR13857_003.nc',
  'aoml/138571/profiles/R138571_001.nc',
  'bodc/13857/profiles/R13857_001D.nc',
];

describe('the preview of a tree', () => {
  const hdf5 = createHdf5Pool();
  let root = '';
  const seen = async (files?: readonly string[]): Promise<readonly Preview[]> =>
    await Array.fromAsync(preview({ root, sourceUrl: '', hdf5, now: () => new Date(0), ...(files === undefined ? {} : { files }) }));

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'landfall-preview-'));
    for (const path of TREE) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), '');
    }
  });
  after(async () => {
    await hdf5.close();
    await rm(root, { recursive: true });
  });

  it('goes through all profiles in byte order of the list lines', async () => {
    const previews = await seen();

    assert.deepEqual(
      previews.map(({ files }) => files.join(' ')),
      [
        'aoml/13857/profiles/D13857_002.nc',
        'aoml/13857/profiles/R13857_010.nc',
        'aoml/13857/profiles/SR13857_001.nc aoml/13857/profiles/R13857_001.nc',
        'aoml/138571/profiles/R138571_001.nc',
        'bodc/13857/profiles/R13857_001D.nc',
      ],
    );
  });

  it('of given files chooses among these alone, relative or absolute', async () => {
    const previews = await seen([
      'aoml/13857/profiles/R13857_010.nc',
      join(root, 'aoml/13857/profiles/R13857_002.nc'),
      'aoml/13857/profiles/BR13857_003.nc',
    ]);

    assert.deepEqual(
      previews.map(({ files }) => files),
      [['aoml/13857/profiles/R13857_002.nc'], ['aoml/13857/profiles/R13857_010.nc']],
    );
  });

  it('says why a file is rejected', async () => {
    const [empty] = await seen(['aoml/13857/profiles/R13857_010.nc']);

    assert.ok(empty !== undefined && 'rejected' in empty);
    assert.equal(empty.rejected.code, 'unreadable_file');
    assert.match(empty.rejected.message, /^aoml\/13857\/profiles\/R13857_010\.nc .*empty/);
  });

  it('rejects a file that is not there', async () => {
    const [absent] = await seen(['aoml/13857/profiles/R13857_099.nc']);

    assert.ok(absent !== undefined && 'rejected' in absent);
    assert.equal(absent.rejected.code, 'unreadable_file');
  });

  it('opens no pipe, device or folder that is named like a profile', async () => {
    const odd = await mkdtemp(join(tmpdir(), 'landfall-odd-'));
    const folder = join(odd, 'aoml/13857/profiles');
    await mkdir(join(folder, 'R13857_001.nc'), { recursive: true });
    await execa('mkfifo', [join(folder, 'R13857_002.nc')]);
    await symlink('/dev/zero', join(folder, 'R13857_003.nc'));
    const files = ['001', '002', '003'].map((number) => `aoml/13857/profiles/R13857_${number}.nc`);

    const previews = await Array.fromAsync(preview({ root: odd, files, sourceUrl: '', hdf5, now: () => new Date(0) }));

    await rm(odd, { recursive: true });
    assert.deepEqual(
      previews.map((one) => 'rejected' in one && /^\S+ is no file\./.test(one.rejected.message)),
      [true, true, true],
    );
  });

  it('does not read a file that is larger than any profile', async () => {
    const large = 'aoml/13857/profiles/R13857_020.nc';
    await writeFile(join(root, large), '');
    await truncate(join(root, large), 3 * 2 ** 30);

    const [refused] = await seen([large]);

    await rm(join(root, large));
    assert.ok(refused !== undefined && 'rejected' in refused);
    assert.match(refused.rejected.message, /R13857_020\.nc is 3\.22 GB large/);
  });

  it('refuses a root that is not there', async () => {
    const nowhere = preview({ root: join(root, 'nowhere'), sourceUrl: '', hdf5, now: () => new Date(0) });

    await assert.rejects(Array.fromAsync(nowhere), { name: 'Failure', kind: 'stop', code: 'no_such_tree' });
  });

  for (const file of ['aoml/13857/13857_prof.nc', '../13857/profiles/R13857_010.nc', '/elsewhere/aoml/13857/profiles/R13857_010.nc']) {
    it(`refuses ${file}`, async () => {
      await assert.rejects(seen([file]), { name: 'Failure', kind: 'stop', code: 'not_a_profile_file' });
    });
  }
});
