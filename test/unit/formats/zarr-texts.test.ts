import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ZarrArray } from '../../../src/formats/zarr/array.ts';
import { arrayMetadata, parseArray, withLength, withTextBytes } from '../../../src/formats/zarr/array.ts';
import type { Json, JsonObject } from '../../../src/formats/zarr/json.ts';
import { readArray, readRows } from '../../../src/formats/zarr/read.ts';
import { asStored, laidOut, longestText, type TextForm } from '../../../src/formats/zarr/texts.ts';
import { writeRows } from '../../../src/formats/zarr/write.ts';
import { fc } from '../../helpers/properties.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';

const VLEN: TextForm = { kind: 'vlen-utf8' };
const U2: TextForm = { kind: 'utf-32', letters: 2, isBigEndian: false };

/** As they lie in memory, each padded with NUL. */
const padded = (texts: readonly string[], width: number): Uint8Array =>
  Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from(text), Buffer.alloc(width)]).subarray(0, width)));

const textsIn = (bytes: ArrayLike<number | bigint>, count: number): readonly string[] => {
  const all = Buffer.from(Array.from(bytes, Number));
  const width = all.byteLength / count;
  return Array.from({ length: count }, (_, at) =>
    all
      .subarray(at * width, (at + 1) * width)
      .toString()
      .replace(/\0+$/, ''),
  );
};

const vlen = (...texts: readonly string[]): Buffer => {
  const number = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  return Buffer.concat([number(texts.length), ...texts.flatMap((text) => [number(Buffer.byteLength(text)), Buffer.from(text)])]);
};

const FILTERS = [{ id: 'vlen-utf8' }];

const words = (given: {
  readonly dtype?: string;
  readonly filters?: Json;
  readonly fill?: Json;
  readonly compressor?: JsonObject | null;
}) => {
  const { dtype = '|O', filters = FILTERS, fill = '', compressor = { id: 'zlib', level: 1 } } = given;
  const metadata = { zarr_format: 2, shape: [5], chunks: [2], dtype, fill_value: fill, filters, compressor, order: 'C' };
  return parseArray({ name: 'words', metadata, attributes: {} });
};

describe('texts of any length', () => {
  it('are how many there are, then each behind its length', async () => {
    assert.deepEqual(Buffer.from(await asStored(VLEN, padded(['foo', '', 'ß'], 4), 4)), vlen('foo', '', 'ß'));
  });

  for (const [what, bytes, message] of [
    ['fewer texts than a chunk has', vlen('a'), /holds 1 texts instead of 2/],
    ['a text that goes on behind the end', vlen('a', 'bc').subarray(0, -1), /ends within text 1/],
    ['an end before the last text', vlen('a', 'bc').subarray(0, -5), /ends before text 1/],
    ['something behind the last text', Buffer.concat([vlen('a', 'bc'), Buffer.of(0)]), /1 bytes stand behind/],
    ['no number of texts', Buffer.alloc(3), /holds no texts/],
    ['a text that ends with NUL', vlen('a', 'b\0'), /ends with NUL/],
    ['a text of more bytes than are read', vlen('a', 'b'.repeat(65_537)), /65536 are read at most/],
  ] as const) {
    it(`with ${what} are damaged`, async () => {
      await assert.rejects(longestText(VLEN, bytes, 2), message);
    });
  }

  it('are written only where each is UTF-8 by itself', async () => {
    await assert.rejects(asStored(VLEN, Buffer.from([0x61, 0xb0]), 2), /not UTF-8/);
    await assert.rejects(asStored(VLEN, Buffer.from([0x61, 0xc3, 0xa9, 0x62]), 2), /not UTF-8/);
    await asStored(VLEN, Buffer.from([0xc3, 0xa9, 0x62, 0x00]), 2);
  });
});

describe("numpy's unicode", () => {
  it('has four bytes for each letter, in the order that the type says', async () => {
    const little = await asStored(U2, padded(['é', 'ab'], 2), 2);
    assert.deepEqual([...new Uint32Array(little.buffer)], [0xe9, 0, 0x61, 0x62]);
    assert.deepEqual([...(await asStored({ ...U2, isBigEndian: true }, padded(['é'], 2), 2))], [0, 0, 0, 0xe9, 0, 0, 0, 0]);
    assert.deepEqual(await laidOut(U2, little, { count: 2, from: 1, to: 2, width: 3 }), new Uint8Array(padded(['ab'], 3)));
  });

  it('holds no more letters than its type says, and none that there is not', async () => {
    await assert.rejects(asStored(U2, padded(['abc'], 3), 3), /more than 2 letters/);
    await assert.rejects(longestText(U2, new Uint8Array(Uint32Array.of(0xd800, 0).buffer), 1), /no letter/);
    await assert.rejects(longestText(U2, new Uint8Array(4), 1), /4 bytes instead of 8/);
  });
});

describe('an array of texts', () => {
  const forms: readonly [string, ZarrArray][] = [
    ...[null, { id: 'gzip', level: 1 }, { id: 'zstd', level: 1 }, { id: 'lz4', acceleration: 1 }, { id: 'blosc', cname: 'lz4' }].map(
      (compressor): [string, ZarrArray] => [`|O in ${compressor?.id ?? 'no codec'}`, words({ compressor })],
    ),
    ['<U6', words({ dtype: '<U6', filters: null })],
    ['>U6 shuffled', words({ dtype: '>U6', filters: [{ id: 'shuffle', elementsize: 4 }] })],
  ];
  for (const [what, array] of forms) {
    it(`${what} gives back what was written, in as many bytes as the longest has or as are asked for`, async () => {
      const text = fc.string({ unit: 'grapheme', maxLength: 3 }).filter((one) => [...one].length <= 6 && !one.endsWith('\0'));
      await fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 5, maxLength: 5 }), fc.integer({ min: 0, max: 4 }), async (texts, from) => {
          const store = memoryStore();
          const width = Math.max(1, ...texts.map((one) => Buffer.byteLength(one)));
          await writeRows(store, withLength(withTextBytes(array, width), 0), { from: 0, values: padded(texts, width) });
          const found = await readRows(store, array, { from, to: 5 });
          assert.deepEqual(textsIn(found, 5 - from), texts.slice(from));
          assert.equal((await readArray(store, withTextBytes(array, width + 3))).byteLength, 5 * (width + 3));
        }),
        { numRuns: 30 },
      );
    });
  }

  it('keeps the words of its rows when others are written beside them', async () => {
    const store = memoryStore();
    const array = withTextBytes(words({}), 3);
    await writeRows(store, withLength(array, 0), { from: 0, values: padded(['a', 'b', 'c'], 3) });
    await writeRows(store, withLength(array, 3), { from: 3, values: padded(['ddd', 'e'], 3) });

    assert.deepEqual(textsIn(await readArray(store, words({})), 5), ['a', 'b', 'c', 'ddd', 'e']);
  });

  for (const [fill, text] of [
    ['', ''],
    [null, ''],
    [0, ''],
    ['nan', 'nan'],
  ] as const) {
    it(`with the fill ${JSON.stringify(fill)} has ${JSON.stringify(text)} where a chunk is missing, and says the same when it is written`, async () => {
      const array = words({ fill });

      assert.deepEqual(textsIn(await readArray(memoryStore(), array), 5), Array(5).fill(text));
      const { fill_value, filters, dtype } = arrayMetadata(array);
      assert.deepEqual([fill_value, filters, dtype], [fill, FILTERS, '|O']);
    });
  }

  for (const [what, filters] of [
    ['no filter', null],
    ['json2', [{ id: 'json2' }]],
    ['pickle', [{ id: 'pickle' }]],
    ['msgpack2', [{ id: 'msgpack2' }]],
    ['categorize', [{ id: 'categorize' }]],
    ['a further filter', [...FILTERS, { id: 'shuffle', elementsize: 4 }]],
  ] as const) {
    it(`of objects with ${what} is not read, and says so`, () => {
      assert.throws(() => words({ filters }), { code: 'unsupported_store', message: /vlen-utf8 alone.*Refresh/ });
    });
  }

  it('with a text that would make all of them too wide is refused before room is made for them', async () => {
    const store = memoryStore(new Map([['words/0', vlen('a', 'b'.repeat(60_000))]]));
    const limits = { chunkBytes: 100_000, readBytes: 100_000 };

    await assert.rejects(readRows(store, words({ compressor: null }), { from: 0, to: 2 }, { limits }), { code: 'unsupported_store' });
  });

  it('in a chunk that unpacks to more than is read is damaged, whatever its codec', async () => {
    for (const compressor of [{ id: 'zlib' }, { id: 'zstd' }, { id: 'lz4' }, { id: 'blosc' }]) {
      const garbage = new Uint8Array(64).fill(0xff);
      const store = memoryStore(new Map([['words/0', garbage]]));
      await assert.rejects(readRows(store, words({ compressor }), { from: 0, to: 2 }), { code: 'damaged_chunk' }, compressor.id);
    }
  });
});
