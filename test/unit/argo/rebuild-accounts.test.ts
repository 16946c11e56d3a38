import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type AccountLine, type Accounts, addUpAccounts, leftoverIds, sortAccounts } from '../../../src/argo/rebuild-accounts.ts';
import { brokenSentences, isWhole, rebuildSentence, unaccountedOf } from '../../../src/argo/rebuild-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-accounts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const there = (...ids: readonly string[]): readonly AccountLine[] => ids.map((id) => ({ sign: 'there', id }));
const made = (id: string, item: string): AccountLine => ({ sign: 'made', id, item });
const kept = (id: string, item: string): AccountLine => ({ sign: 'kept', id, item });

async function* batches(...lines: readonly (readonly AccountLine[])[]) {
  yield* lines;
}

async function added(...lines: readonly (readonly AccountLine[])[]): Promise<{ accounts: Accounts; leftovers: readonly string[] }> {
  const into = join(folder, 'sorted');
  await sortAccounts(batches(...lines), { into, scratch: folder, signal: new AbortController().signal });
  return { accounts: await addUpAccounts(into), leftovers: await Array.fromAsync(leftoverIds(into)) };
}

describe('The books of a rebuild', () => {
  it('balance when every document was made for one profile', async () => {
    const { accounts, leftovers } = await added([made('1_001', 'a/1_001'), made('1_001D', 'a/1_001D')], there('1_001', '1_001D'));
    const balance = { ...accounts, planned: 3, rejected: 1, removed: 0, foreign: 0 };

    assert.deepEqual([accounts.documents, accounts.made, accounts.kept, accounts.items], [2, 2, 0, 2]);
    assert.deepEqual([leftovers, isWhole(balance), brokenSentences(balance)], [[], true, []]);
  });

  it('tell documents that no file accounts for from older ones of rejected profiles', async () => {
    const { accounts, leftovers } = await added(
      [made('1_001', 'a/1_001')],
      [kept('1_002', 'a/1_002'), kept('1_005', 'a/1_005')],
      there('1_004', '1_003', '1_002', '1_001'),
    );

    assert.deepEqual(leftovers, ['1_003', '1_004']);
    assert.deepEqual([accounts.leftovers.count, accounts.kept, accounts.documents, accounts.made], [2, 1, 4, 1]);
  });

  it('do not balance when two profiles give one id, one is not there, or one ended nowhere', async () => {
    const { accounts } = await added([made('1_001', 'a/1_001'), made('1_001', 'b/1_001'), made('1_002', 'a/1_002')], there('1_001'));
    const none = { count: 0, sample: [] };
    const balance = { ...accounts, planned: 5, rejected: 1, removed: 0, foreign: 0 };

    assert.deepEqual(accounts.twice, { count: 1, sample: ['1_001 (a/1_001, b/1_001)'] });
    assert.deepEqual(accounts.missing, { count: 1, sample: ['1_002 (a/1_002)'] });
    assert.deepEqual([unaccountedOf(balance), isWhole(balance)], [1, false]);
    assert.deepEqual(brokenSentences(balance), [
      'Made and not there: 1, such as 1_002 (a/1_002).',
      'Ids that two profiles gave: 1, such as 1_001 (a/1_001, b/1_001).',
      'Planned, and neither made nor rejected: 1.',
    ]);
    assert.equal(isWhole({ ...balance, planned: 4, twice: { count: 0, sample: [] } }), false, 'a missing document alone breaks it');
    assert.equal(isWhole({ ...balance, planned: 4, twice: none, missing: none }), true);
    assert.equal(isWhole({ ...balance, planned: 4, twice: none, missing: none, foreign: 1 }), false, 'an id of another type breaks it');
    assert.equal(isWhole({ ...balance, planned: 4, missing: { count: 0, sample: [] } }), false, 'an id twice alone breaks it');
  });

  it('hold ids that somebody else chose, blanks and all', async () => {
    const { leftovers } = await added(there('an id', '50 %', 'two\nlines'));

    assert.deepEqual(leftovers.toSorted(), ['50 %', 'an id', 'two\nlines']);
  });

  it('keep a sample of what breaks them, however much that is', async () => {
    const { accounts } = await added(there(...Array.from({ length: 500 }, (_, n) => `1_${n}`)));

    assert.deepEqual([accounts.leftovers.count, accounts.leftovers.sample.length], [500, 10]);
  });

  it('are told in a sentence', () => {
    const record = { planned: 5, rejected: 2, removed: 0, documents: 4, kept: 1, leftovers: 0, seconds: 3.4, target: 'live' } as const;

    assert.equal(
      rebuildSentence(record, []),
      '5 profiles planned = 3 documents + 2 rejected, no id twice, in 3 s. 1 of the rejected keep an older document.',
    );
    assert.equal(
      rebuildSentence({ ...record, kept: 0, documents: 2, target: 'beside' }, ['Made and not there: 1, such as x.']),
      '5 profiles planned, 2 documents, 2 rejected. Made and not there: 1, such as x. The new collections are in place.',
    );
  });
});
