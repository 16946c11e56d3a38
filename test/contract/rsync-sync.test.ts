import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { classify } from '../../src/argo/changes.ts';
import { listName } from '../../src/argo/names.ts';
import { groupLine } from '../../src/argo/select.ts';
import { groupsOf } from '../../src/argo/tree.ts';
import { readList } from '../../src/transfer/journal.ts';
import { copy, list, plan, sourceAt, temporaryFolder } from '../helpers/mirror-night.ts';
import { type RsyncDaemon, startRsyncDaemon } from '../helpers/rsync-daemon.ts';

const SYNC = join(import.meta.dirname, '../../../shared/data/argo/sync');
const skip = existsSync(SYNC) ? false : 'The shared Argo test data is not beside the project.';

describe('A night between the two states of the sync cases', { skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let daemon: RsyncDaemon;

  before(async () => {
    folder = await temporaryFolder();
    await state('state0', join(folder.path, 'mirror'));
    await state('state1', join(folder.path, 'source'));
    daemon = await startRsyncDaemon(join(folder.path, 'source'));
  });
  after(async () => {
    await daemon.stop();
    await folder.remove();
  });

  it('lists, copies, deletes and plans exactly what the recorded rsync run did, and finds nothing to do the second time', async () => {
    const source = sourceAt(daemon.url, folder.path);
    const recorded = await changeLines(join(SYNC, 'rsynclog.txt'));
    const expected = JSON.parse(await readFile(join(SYNC, 'expected.json'), 'utf8'));

    const summary = await list(source, 'night-1');
    await copy(source, 'night-1');
    const logs = await readList(source.journal, 'night-1');
    const { platforms } = await plan(source, 'night-1');
    const groups = await Promise.all(platforms.map((platform) => groupsOf(source.mirror, platform)));
    await utimes(join(folder.path, 'source/aoml'), 1_600_000_000, 1_600_000_000); // the time of a folder is no change
    const second = await list(source, 'night-2');
    const secondCopy = await copy(source, 'night-2');

    assert.equal(summary.namesAnything, true);
    assert.deepEqual(await changeLines(logs?.dryLogs[0] ?? ''), recorded, 'the dry pass names what rsync -avzhi named');
    assert.deepEqual(await changeLines(logs?.realLogs[0] ?? ''), recorded, 'the real pass names the same');
    assert.deepEqual(recorded.flatMap(profileFile), expected.changed_profile_files);
    assert.deepEqual(groups.flatMap(({ load }) => load.map(groupLine)).toSorted(), expected.groups_to_load);
    assert.deepEqual(groups.flatMap(({ gone }) => gone.map(listName)).toSorted(), expected.ids_to_delete);
    assert.equal(second.namesAnything, false);
    assert.deepEqual(second.plan.profiles, 0);
    assert.equal(secondCopy.passes, 0);
  });
});

async function state(name: string, into: string): Promise<void> {
  await cp(join(SYNC, name), into, { recursive: true });
  const times: Record<string, number> = JSON.parse(await readFile(join(SYNC, `${name}-mtimes.json`), 'utf8'));
  for (const [path, seconds] of Object.entries(times)) await utimes(join(into, path), seconds, seconds);
}

const changeLines = async (log: string): Promise<readonly string[]> =>
  (await readFile(log, 'utf8')).split('\n').filter((line) => /^(?:[<>ch.][fdLDS]\S{9}|\*deleting {2}) /.test(line));

function profileFile(line: string): readonly string[] {
  const change = classify(line);
  return change.action === 'update' || change.action === 'delete' ? [change.name] : [];
}
