import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Places } from '../../../src/ooi/store/at-once.ts';

describe('places', () => {
  it('are taken by so many, and by the others in the order of coming', async () => {
    const places = new Places(2);
    const inside: number[] = [];
    const leave = await Promise.all([places.enter(), places.enter()]);
    const waiting = [1, 2].map(async (who) => {
      const gone = await places.enter();
      inside.push(who);
      gone();
    });
    await Promise.resolve();
    assert.deepEqual(inside, []);
    leave[0]?.();
    await Promise.all(waiting);
    assert.deepEqual(inside, [1, 2]);
    leave[1]?.();
    await Promise.all([places.enter(), places.enter()]);
  });
});
