import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSignsOfLife } from '../../../src/transfer/signs-of-life.ts';

describe('Long work that says nothing itself', () => {
  it('gives signs of life until it ends, and its result', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    let told = 0;

    const result = await withSignsOfLife(
      promise,
      () => {
        told += 1;
        if (told === 3) resolve('done');
      },
      1,
    );

    assert.equal(result, 'done');
    assert.equal(told, 3);
  });
});
