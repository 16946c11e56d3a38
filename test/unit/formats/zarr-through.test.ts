import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Transform } from 'node:stream';
import { describe, it } from 'node:test';
import { createZstdCompress, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesToFill, giveBack } from '../../../src/formats/memory.ts';
import { through } from '../../../src/formats/zarr/codecs/through.ts';

const small = { chunkSize: 64 };
const noise = randomBytes(400_000);

describe('a stream of zlib with a room lent to it', () => {
  it('puts all that it makes there, without memory of its own', async () => {
    const spare = bytesToFill(noise.byteLength + 1);
    new Uint8Array(spare.buffer).fill(7);
    giveBack(spare);

    const plain = await through(createZstdDecompress(small), zstdCompressSync(noise), noise.byteLength);

    assert.deepEqual(Buffer.from(plain), noise);
    assert.equal(new Uint8Array(plain.buffer).at(-1), 7);
  });

  it('gives the room back where little of it is used', async () => {
    const zeros = new Uint8Array(2_000_000);
    const packed = await through(createZstdCompress(small), zeros, zeros.byteLength);
    assert.ok(packed.buffer.byteLength < 131_072);
    assert.deepEqual(zstdDecompressSync(packed), Buffer.from(zeros));
  });

  it('makes frames that others read', async () => {
    const packed = await through(createZstdCompress(small), noise, noise.byteLength + 2000);
    assert.deepEqual(zstdDecompressSync(packed), noise);
  });

  it('gives the same where there is no place for a room: what comes is put together', async () => {
    const halves = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        this.push(chunk.subarray(0, 1000));
        done(null, chunk.subarray(1000));
      },
    });
    assert.deepEqual(Buffer.from(await through(halves, noise, noise.byteLength)), noise);
  });

  it('takes another where the room is too small, and refuses what is more than was expected', async () => {
    const bomb = zstdCompressSync(new Uint8Array(50_000_000));
    await assert.rejects(through(createZstdDecompress(small), bomb, 300_000), /more than 300000 bytes/);
  });

  it('refuses what is cut short', async () => {
    const packed = zstdCompressSync(noise);
    await assert.rejects(through(createZstdDecompress(small), packed.subarray(0, 100_000), noise.byteLength), /unexpected end of file/);
  });
});
