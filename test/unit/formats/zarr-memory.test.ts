import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesToFill, giveBack } from '../../../src/formats/zarr/memory.ts';

const LENGTH = 2_000_000;

describe('memory of chunks', () => {
  it('that is given back is empty for whoever held it, and another has it', () => {
    const held = bytesToFill(LENGTH).fill(7);
    giveBack(held);
    assert.equal(held.byteLength, 0);
    const next = bytesToFill(LENGTH);
    assert.deepEqual([next.byteLength, next[0], next[LENGTH - 1]], [LENGTH, 7, 7]);
  });

  it('that is given back twice is not given to two', () => {
    const held = bytesToFill(LENGTH);
    giveBack(held);
    giveBack(held);
    const [one, other] = [bytesToFill(LENGTH), bytesToFill(LENGTH)];
    one.fill(1);
    other.fill(2);
    assert.equal(one[0], 1);
  });

  it('goes back through any view of it, also one that begins later', () => {
    const held = bytesToFill(LENGTH);
    giveBack(held.subarray(16));
    assert.equal(held.byteLength, 0);
  });

  it('that Node shares out, or that is small, stays whole', () => {
    const small = Buffer.from('some text');
    giveBack(small);
    assert.equal(small.toString(), 'some text');
  });
});
