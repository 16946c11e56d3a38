import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertNotSwapping, betweenSwaps } from '../../../src/argo/between-swaps.ts';
import type { Rebuild } from '../../../src/argo/rebuild-ledger.ts';

const rebuild = (state: Rebuild['state'], id = 'r'): Rebuild => ({
  flow: 'argo',
  target: 'beside',
  rebuild: id,
  state,
  step: state === 'swapping' ? 'clear receipts' : null,
  plan: null,
  summary: null,
  epoch: 1,
  recipe: '',
  startedAt: new Date('2026-03-01T06:00:00Z'),
  runs: 1,
  old: [],
});

/** Answers these one after the other, the last for ever. */
function ledger(...answers: readonly (Rebuild | null)[]) {
  let asked = 0;
  return { last: async () => answers[Math.min(asked++, answers.length - 1)] ?? null };
}

describe('what reads the collections of a flow while a rebuild may swap them', () => {
  it('does not begin in the middle of a swap, and says how it is completed', async () => {
    const reading = betweenSwaps(ledger(rebuild('swapping')), 'argo', async () => assert.fail('nothing is read'));

    await assert.rejects(reading, { kind: 'stop', code: 'half_swapped', message: /landfall run rebuild argo --beside/ });
  });

  it('is to be repeated when a swap began, or began and ended, meanwhile', async () => {
    for (const after of [rebuild('swapping'), rebuild('done')]) {
      const reading = betweenSwaps(ledger(rebuild('loading'), after), 'argo', async () => 'of two generations');

      await assert.rejects(reading, { kind: 'again', code: 'swapped_meanwhile' });
    }
  });

  it('is answered when no swap came in between, whatever rebuilds there were or have begun', async () => {
    const quiet = [[null], [rebuild('done')], [rebuild('loading')], [rebuild('done', 'earlier'), rebuild('loading')]];
    for (const answers of quiet) assert.equal(await betweenSwaps(ledger(...answers), 'argo', async () => 'read'), 'read');
  });
});

describe('a plan of named profiles', () => {
  it('is made beside a rebuild that loads, and not in the middle of a swap', async () => {
    await assertNotSwapping(ledger(rebuild('loading')), 'argo');
    await assert.rejects(assertNotSwapping(ledger(rebuild('swapping')), 'argo'), { code: 'half_swapped' });
  });
});
