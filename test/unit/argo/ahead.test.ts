import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ahead } from '../../../src/argo/ahead.ts';

describe('work done ahead', () => {
  it('comes in the order of the items, whichever is ready first', async () => {
    const turns = [5, 0, 3, 1];

    const results = await Array.fromAsync(
      ahead([0, 1, 2, 3], 4, async (item) => {
        for (let left = turns[item] ?? 0; left > 0; left -= 1) await turn();
        return item;
      }),
    );

    assert.deepEqual(results, [0, 1, 2, 3]);
  });

  it('is never more than so many items ahead of what was taken', async () => {
    const begun: number[] = [];
    const results = ahead([1, 2, 3, 4, 5, 6], 2, async (item) => void begun.push(item));

    await results.next();
    await turn();
    const afterFirst = [...begun];
    await results.next();
    const afterSecond = [...begun];
    await results.return();

    assert.deepEqual(
      [afterFirst, afterSecond],
      [
        [1, 2],
        [1, 2, 3],
      ],
    );
  });

  it('that fails is thrown when its turn comes, after the results before it', async () => {
    const taken: number[] = [];

    await assert.rejects(async () => {
      const results = ahead([1, 2, 3], 3, async (item) => (item === 2 ? Promise.reject(new Error('two is bad')) : item));
      for await (const result of results) {
        await turn();
        taken.push(result);
      }
    }, /two is bad/);

    assert.deepEqual(taken, [1]);
  });

  it('has ended when the taker stops early', async () => {
    let underWay = 0;
    const results = ahead([1, 2, 3, 4], 3, async (item) => {
      underWay += 1;
      await turn();
      await turn();
      underWay -= 1;
      return item;
    });

    await results.next();
    await results.return();

    assert.equal(underWay, 0);
  });
});
