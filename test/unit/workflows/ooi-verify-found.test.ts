import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Found, foundIn, gaveUp, isSilent, withSlab } from '../../../workflows/ooi/verify-found.ts';

const store = { says: '', generation: 'g1', seed: 1, findings: ['torn (1).'], slabs: [], counts: {} };
const compared = (findings: readonly string[]) =>
  ({ state: 'compared', rows: { both: 5, extra: 0, missing: 0 }, passed: 2, findings, notCompared: null }) as const;
const unfinished = { state: 'unfinished', says: 'Request r was not finished after 50 looks.' } as const;

describe('what a check of a stream has found', () => {
  it('is added up over the store and its stretches', () => {
    const ends = [compared([]), { state: 'not_compared', says: 'No data.' } as const, compared(['value_differs (3).'])];

    const found = ends.reduce<Found>(withSlab, foundIn(store));

    assert.deepEqual(found, {
      tally: { compared: 2, rowsCompared: 10, rowsNotJudged: 4 },
      wrong: 2,
      findings: ['torn (1).', 'value_differs (3).'],
      notCompared: ['No data.'],
      unfinished: 0,
    });
  });

  it('stays small however many stretches there are, and counts all of it', () => {
    const ends = Array.from({ length: 500 }, (_, at) => (at % 2 === 0 ? compared(['a.', 'b.']) : unfinished));

    const { wrong, findings, notCompared } = ends.reduce<Found>(withSlab, foundIn(store));

    assert.deepEqual([wrong, findings.length, notCompared.length], [501, 100, 100]);
  });

  it('shows a facility that finishes nothing after two requests, and says first what was not asked for', () => {
    const once = withSlab(foundIn(store), unfinished);
    const twice = withSlab(withSlab(once, compared([])), unfinished);

    const { notCompared } = gaveUp(twice, 4);

    assert.deepEqual([isSilent(once), isSilent(twice)], [false, true]);
    assert.equal(notCompared[0], '4 further stretches were not asked for: the facility has not finished 2 requests.');
  });
});
