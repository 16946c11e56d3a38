import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  closeList,
  forgetDryPasses,
  listOfRun,
  nextPass,
  openList,
  openLists,
  pruneLists,
  readList,
  updateList,
} from '../../../src/transfer/journal.ts';

let journal: string;
beforeEach(async () => {
  journal = await mkdtemp(join(tmpdir(), 'landfall-journal-'));
});
afterEach(() => rm(journal, { recursive: true, force: true }));

const on = (day: number): Date => new Date(Date.UTC(2025, 0, day));
const open = (listId: string, day = 1): ReturnType<typeof openList> => openList(journal, { listId, flow: 'argo', now: on(day) });

describe('A journal', () => {
  it('keeps what is known of a list when it is opened again', async () => {
    const list = await open('night');
    await updateList(list, { listed: 'dry-1.log' });

    const again = await open('night', 9);

    assert.deepEqual(again.meta, { flow: 'argo', startedAt: '2025-01-01T00:00:00.000Z', listed: 'dry-1.log', copied: null, doneAt: null });
  });

  it('names unfinished lists, oldest first, and forgets finished ones', async () => {
    await open('c', 3);
    await open('a', 2);
    await open('b', 1);
    await closeList(journal, 'a', on(4));

    const lists = await openLists(journal);

    assert.deepEqual(
      lists.map(({ id }) => id),
      ['b', 'c'],
    );
  });

  it('gives a run that is begun again after its end a list of its own, and the same one until that is done', async () => {
    await open('run');
    const unfinished = await listOfRun(journal, 'run');
    await closeList(journal, 'run', on(2));

    const again = await listOfRun(journal, 'run');
    await open(again, 3);
    const repeated = await listOfRun(journal, 'run');

    assert.deepEqual([unfinished, again, repeated], ['run', 'run-2', 'run-2']);
  });

  it('gives every attempt files of its own, in the order of their numbers', async () => {
    const list = await open('night');
    for (const number of [1, 2, 9, 10]) await writeFile(join(list.folder, `real-${number}.log`), '');

    const known = await readList(journal, 'night');
    const next = known === null ? null : nextPass(known, 'real');

    assert.deepEqual(
      known?.realLogs.map((log) => basename(log)),
      ['real-1.log', 'real-2.log', 'real-9.log', 'real-10.log'],
    );
    assert.deepEqual(next, { log: join(list.folder, 'real-11.log'), errors: join(list.folder, 'real-11.err') });
  });

  it('forgets dry passes that were taken before anything was copied', async () => {
    const list = await open('night');
    for (const name of ['dry-1.log', 'dry-1.err', 'dry-1.sorted', 'dry-2.log', 'dry-2.err']) await writeFile(join(list.folder, name), '');

    const known = await readList(journal, 'night');
    if (known !== null) await forgetDryPasses(known);

    assert.deepEqual(await readdir(list.folder), ['meta.json']);
  });

  it('keeps every dry pass of a list from which copying began', async () => {
    const list = await open('night');
    for (const name of ['dry-1.log', 'dry-2.log', 'real-1.log']) await writeFile(join(list.folder, name), '');

    const known = await readList(journal, 'night');
    if (known !== null) await forgetDryPasses(known);

    assert.deepEqual((await readdir(list.folder)).toSorted(), ['dry-1.log', 'dry-2.log', 'meta.json', 'real-1.log']);
  });

  it('prunes old finished lists and never an unfinished one', async () => {
    for (const [id, day] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ] as const)
      await open(id, day);
    for (const id of ['b', 'c', 'd']) await closeList(journal, id, on(5));

    const gone = await pruneLists(journal, 1);

    assert.deepEqual(gone, ['b', 'c']);
    assert.deepEqual((await readdir(journal)).toSorted(), ['a', 'd']);
  });

  it('knows no list where there is no journal', async () => {
    assert.deepEqual(await openLists(join(journal, 'none')), []);
    assert.equal(await readList(join(journal, 'none'), 'night'), null);
  });

  it('does not take a folder that was left by a kill before its first word for a list', async () => {
    const list = await open('night');
    await rm(join(list.folder, 'meta.json'));
    await writeFile(join(list.folder, 'meta.json.new'), '{');

    assert.deepEqual(await openLists(journal), []);
    assert.equal((await open('night', 2)).meta.startedAt, '2025-01-02T00:00:00.000Z');
  });

  for (const listId of ['..', '../x', 'a/b', '-rf', '', '.hidden']) {
    it(`refuses "${listId}" as the name of a list`, async () => {
      await assert.rejects(open(listId), { kind: 'stop', code: 'bad_list_id' });
    });
  }

  it('stops with a remedy when what it wrote was spoilt, instead of forgetting the list', async () => {
    const list = await open('night');
    await writeFile(join(list.folder, 'meta.json'), '{"flow":1}');

    await assert.rejects(openLists(journal), { kind: 'stop', code: 'bad_journal' });
  });
});
