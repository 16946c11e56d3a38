import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa, execaSync } from 'execa';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { progressOf, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 36, floats: 9, cyclesPerFloat: 7 };

/** A disk of so many kilobytes, or null where this user may not mount one. */
async function smallDisk(folder: string, kilobytes: number): Promise<{ grow(kilobytes: number): Promise<void>; remove(): void } | null> {
  mkdirSync(folder, { recursive: true });
  const { failed } = await execa('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'landfall-test', folder], { reject: false });
  if (failed) return null;
  const remove = (): void => void execaSync('umount', ['--lazy', folder], { reject: false });
  process.once('exit', remove);
  return {
    grow: async (size) => void (await execa('mount', ['-o', `remount,size=${size}k`, folder])),
    remove() {
      process.off('exit', remove);
      remove();
    },
  };
}

describe('a disk that is too small for a night,', { concurrency: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-disk-'));
  let site: Site;
  before(async () => {
    site = await startSite();
    await site.worker();
  });
  after(async () => {
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const disks = [
    ['of the mirror alone', 'mirror', /^The disk of the mirror is full \(rsync said: .*No space left on device.*goes on by itself/],
    [
      'of mirror and journal',
      'disk/mirror',
      /^(The disk of the mirror is full|The list of changes could not be written: the disk of the journal is full) .*goes on by itself/,
    ],
  ] as const;
  for (const [what, path, sentence] of disks)
    it(`${what} waits when it is full, says so everywhere, goes on by itself when there is room, and ends right`, async (test) => {
      const mirror = join(folder, path);
      const disk = await smallDisk(path === 'mirror' ? mirror : dirname(mirror), 600);
      if (disk === null) return test.skip('This user may not mount a small disk.');
      test.after(() => disk.remove());
      const name = path.replace('/', '-');
      const argo = await site.flow(name, world, { mirror });
      const night = await argo.start();

      const waiting = await untilProgress(night, ({ health }) => health === 'failing');
      const book = await site.runs.get(night.firstExecutionRunId);
      const found = await Array.fromAsync(site.client.workflow.list({ query: `Flow = '${name}' AND ExecutionStatus = 'Running'` }));
      await disk.grow(100_000);
      const { state, record } = await night.result();

      assert.match(waiting.says ?? '', sentence);
      assert.deepEqual([waiting.phase, book?.health, sentence.test(book?.says ?? '')], ['copy', 'failing', true]);
      assert.deepEqual(
        found.map(({ searchAttributes }) => searchAttributes.Health),
        [['failing']],
      );
      assert.deepEqual([state, (await progressOf(night)).health], ['done', 'ok']);
      assert.ok(record !== null && addsUp(record) && record.seen === [...expectedProfiles(world, 0)].length);
      assert.match(record.warnings.join(' '), /the copy stops when it is full and goes on when there is room/);
      assert.deepEqual(await argo.wrongs(), []);
    });
});
