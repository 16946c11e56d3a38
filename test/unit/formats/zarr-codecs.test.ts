import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { deflate, gzip, zstdCompress } from 'node:zlib';
import { decode, encode } from '../../../src/formats/zarr/codecs/pipeline.ts';
import { parseCompressor, parseFilters } from '../../../src/formats/zarr/codecs/registry.ts';
import { shuffled, unshuffled } from '../../../src/formats/zarr/codecs/shuffle.ts';
import type { JsonObject } from '../../../src/formats/zarr/json.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { withBestShuffle } from '../../../src/formats/zarr/trial.ts';
import { rawBytes } from '../../../src/formats/zarr/values.ts';
import { COMPRESSORS, plan, signal } from './zarr-cases.ts';

const data = rawBytes(signal('<f8', 5000));
const pipeline = (compressor: (typeof COMPRESSORS)[number]) => ({ filters: [], compressor: parseCompressor('a/.zarray', compressor, 8) });

const nameOf = ({ id: _, ...settings }: JsonObject): string => Object.values(settings).join(' ');

describe('compressed chunks', () => {
  for (const compressor of COMPRESSORS.filter((one) => one !== null).filter(({ clevel }) => clevel !== 0)) {
    it(`of ${compressor.id} (${nameOf(compressor)}) are smaller and come back`, async () => {
      const encoded = await encode(pipeline(compressor), data);

      assert.ok(encoded.byteLength < data.byteLength * 0.9);
      assert.ok(Buffer.from(data).equals(await decode(pipeline(compressor), 'a/0', encoded, data.byteLength)));
    });

    it(`of ${compressor.id} (${nameOf(compressor)}) that are cut or of another length are refused with the chunk's name`, async () => {
      const encoded = await encode(pipeline(compressor), data);
      const refused = { code: 'damaged_chunk', message: /^The chunk a\/0 is damaged/ };

      await assert.rejects(decode(pipeline(compressor), 'a/0', encoded.subarray(0, -20), data.byteLength), refused);
      await assert.rejects(decode(pipeline(compressor), 'a/0', encoded, data.byteLength - 8), refused);
      await assert.rejects(decode(pipeline(compressor), 'a/0', encoded, data.byteLength + 8), refused);
      await assert.rejects(decode(pipeline(compressor), 'a/0', new Uint8Array(0), data.byteLength), refused);
    });
  }

  it('that would swell beyond the chunk are stopped before they do', async () => {
    const zeros = new Uint8Array(6_000_000);
    const bombs = { zlib: await promisify(deflate)(zeros), gzip: await promisify(gzip)(zeros), zstd: await promisify(zstdCompress)(zeros) };

    for (const [id, bomb] of Object.entries(bombs)) {
      await assert.rejects(decode(pipeline({ id, level: 1 }), 'a/0', bomb, 100_000), {
        code: 'damaged_chunk',
        message: new RegExp(`${id} cannot decode it`),
      });
    }
  });

  it('of lz4 and Blosc that state another length are refused before room is made for it', async () => {
    const lying = {
      lz4: Buffer.from([0xf0, 0xff, 0xff, 0xff, 1, 2]),
      blosc: Buffer.from([2, 1, 0, 8, 0xf0, 0xff, 0xff, 0x7f, 8, 0, 0, 0, 16, 0, 0, 0]),
    };

    for (const [id, bytes] of Object.entries(lying)) {
      await assert.rejects(decode(pipeline({ id }), 'a/0', bytes, 1000), {
        code: 'damaged_chunk',
        message: /it states \d+ bytes instead of 1000/,
      });
    }
  });

  it('of Blosc grow by no more than the header where nothing can be made smaller, block by block', async () => {
    const random = new Uint8Array(createHash('shake256', { outputLength: 600_000 }).update('seed').digest());
    const half = Buffer.concat([random, new Uint8Array(600_000)]);
    const settings = { id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 0 };

    const whole = await encode(pipeline(settings), random);
    const mixed = await encode(pipeline(settings), half);

    assert.equal(whole.byteLength, random.byteLength + 16);
    assert.ok(mixed.byteLength < 610_000);
    assert.ok(Buffer.from(random).equals(await decode(pipeline(settings), 'a/0', whole, random.byteLength)));
    assert.ok(half.equals(await decode(pipeline(settings), 'a/0', mixed, half.byteLength)));
  });

  it('longer than any encoding of the chunk are not even tried', async () => {
    await assert.rejects(decode(pipeline({ id: 'zlib', level: 1 }), 'a/0', new Uint8Array(200_000), 1000), {
      message: /200000 bytes for a chunk of 1000/,
    });
  });
});

describe('the filter shuffle', () => {
  it('brings like bytes together and back, whatever is left over', () => {
    const bytes = Uint8Array.from([1, 2, 11, 12, 21, 22, 99]);

    assert.deepEqual([...shuffled(bytes, 2)], [1, 11, 21, 2, 12, 22, 99]);
    assert.deepEqual(unshuffled(shuffled(bytes, 2), 2), bytes);
  });

  it('is chosen where the data shrink by it, and only there', async () => {
    const times = Float64Array.from({ length: 20_000 }, (_, i) => 3.9e9 + i);
    const rounded = Float64Array.from({ length: 20_000 }, (_, i) => Math.round(9000 * Math.sin(i * 1.7)) / 1000);
    const array = newArray(plan({ compressor: { id: 'zlib', level: 1 } }));

    assert.equal((await withBestShuffle(array, times)).filters.length, 1);
    assert.equal((await withBestShuffle(array, rounded)).filters.length, 0);
  });

  it('is not tried on text, on single bytes or without a compressor', async () => {
    const chosen = await Promise.all([
      withBestShuffle(newArray(plan({ type: '|S4', compressor: { id: 'zlib', level: 1 } })), signal('|S4', 100)),
      withBestShuffle(newArray(plan({ type: '|u1', compressor: { id: 'zlib', level: 1 } })), signal('|u1', 100)),
      withBestShuffle(newArray(plan()), signal('<f8', 100)),
    ]);

    assert.deepEqual(
      chosen.map(({ filters }) => filters.length),
      [0, 0, 0],
    );
  });
});

describe('codecs in metadata', () => {
  it('that are not read are named, with those that are', () => {
    assert.throws(() => parseCompressor('a/.zarray', { id: 'lzma' }, 8), {
      code: 'unsupported_store',
      message: /the codec "lzma".*zlib, gzip, zstd/,
    });
    assert.throws(() => parseCompressor('a/.zarray', { id: 'blosc', cname: 'snappy' }, 8), { code: 'unsupported_store' });
    assert.throws(() => parseFilters('a/.zarray', [{ id: 'delta', dtype: '<f8' }]), { code: 'unsupported_store' });
    assert.throws(() => parseFilters('a/.zarray', [{ id: 'zlib', level: 1 }]), { code: 'unsupported_store' });
  });

  it('with settings that no codec has are refused', () => {
    assert.throws(() => parseCompressor('a/.zarray', { id: 'zlib', level: 99 }, 8), {
      code: 'unreadable_store',
      message: /level of zlib is 99\./,
    });
    assert.throws(() => parseCompressor('a/.zarray', { level: 1 }, 8), { code: 'unreadable_store' });
    assert.throws(() => parseCompressor('a/.zarray', { id: 'blosc', cname: 3 }, 8), { code: 'unreadable_store' });
    assert.throws(() => parseFilters('a/.zarray', [{ id: 'shuffle', elementsize: 0 }]), { code: 'unreadable_store' });
    assert.throws(() => parseFilters('a/.zarray', 'shuffle'), { code: 'unreadable_store' });
  });

  it('are kept word for word', () => {
    const config = { id: 'zstd', level: 3, checksum: false };

    assert.deepEqual(parseCompressor('a/.zarray', config, 8)?.config, config);
  });
});
