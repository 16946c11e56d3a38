import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesToFill, giveBack } from '../../../src/formats/memory.ts';
import { giveRoomBack, sharedBytesToFill } from '../../../src/formats/zarr/shared-memory.ts';

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

  it('fits another who asks for a little less, but not one who asks for half', () => {
    const held = bytesToFill(LENGTH).fill(9);
    const { byteLength } = held.buffer;
    giveBack(held);
    const half = bytesToFill(LENGTH / 2 - 100_000);
    const less = bytesToFill(LENGTH - 300_000);
    assert.notEqual(half.buffer.byteLength, byteLength);
    assert.deepEqual([less.byteLength, less[0], less.buffer.byteLength], [LENGTH - 300_000, 9, byteLength]);
  });

  it('is kept within bounds: what was kept longest goes first', () => {
    const many = Array.from({ length: 60 }, () => bytesToFill(LENGTH));
    const kinds = new Set(many.map(({ buffer }) => buffer));
    for (const each of many) giveBack(each.fill(3));
    const again = Array.from({ length: 60 }, () => bytesToFill(LENGTH));
    const used = again.filter((each) => each[LENGTH - 1] === 3);
    assert.equal(kinds.size, 60);
    assert.ok(used.length > 5 && used.length < 15, `${used.length} of 60`);
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

describe('memory that threads write into', () => {
  const roomOf = ({ buffer }: Uint8Array): SharedArrayBuffer => {
    assert.ok(buffer instanceof SharedArrayBuffer);
    return buffer;
  };

  it('is had by one at a time, also when it was given back twice', () => {
    const held = sharedBytesToFill(LENGTH);
    assert.ok(held !== null);
    giveRoomBack(roomOf(held));
    giveRoomBack(roomOf(held));
    const [one, other] = [sharedBytesToFill(LENGTH), sharedBytesToFill(LENGTH)];

    assert.ok(one !== null && other !== null);
    assert.notEqual(roomOf(one), roomOf(other));
    for (const each of [one, other]) giveRoomBack(roomOf(each));
  });

  it('is bounded: who comes when all of it is out, or wants much, gets none', () => {
    const all: Uint8Array[] = [];
    for (let one = sharedBytesToFill(1); one !== null && all.length < 1000; one = sharedBytesToFill(1)) all.push(one);

    assert.ok(all.length < 100);
    for (const each of all) giveRoomBack(roomOf(each));
    assert.equal(sharedBytesToFill(8_000_001), null);
    const again = sharedBytesToFill(1);
    assert.ok(again !== null);
    giveRoomBack(roomOf(again));
  });
});
