import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrayMetadata, dimensionsOf, parseArray, withLength, type ZarrArray } from '../../../src/formats/zarr/array.ts';
import type { Fill } from '../../../src/formats/zarr/fill.ts';
import {
  arrayAttributesDocument,
  arrayDocument,
  arrayNameOf,
  consolidatedDocument,
  groupAttributesDocument,
  groupDocument,
  parseConsolidated,
  tornDimensions,
  type ZarrGroup,
} from '../../../src/formats/zarr/group.ts';
import { type Json, type JsonObject, readJson, writeJson } from '../../../src/formats/zarr/json.ts';
import { defaultChunks, newArray } from '../../../src/formats/zarr/new-array.ts';
import { openStore } from '../../../src/formats/zarr/open.ts';
import { assertWritable } from '../../../src/formats/zarr/write.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';
import { plan } from './zarr-cases.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const METADATA: JsonObject = {
  zarr_format: 2,
  shape: [10, 3],
  chunks: [4, 3],
  dtype: '<f8',
  fill_value: 'NaN',
  order: 'C',
  filters: null,
  compressor: { id: 'zlib', level: 1 },
};

const parse = (over: JsonObject): ZarrArray => parseArray({ name: 'temperature', metadata: { ...METADATA, ...over }, attributes: {} });

const group = (...arrays: readonly ZarrArray[]): ZarrGroup => ({
  attributes: { title: 'Température' },
  arrays: new Map(arrays.map((array) => [array.name, array])),
});

describe('the metadata of an array', () => {
  it('come back as they were written', () => {
    const array = parse({ compressor: { id: 'zstd', level: 3, checksum: true }, filters: [{ id: 'shuffle', elementsize: 8 }] });

    const written = arrayMetadata(array);

    assert.deepEqual(written, {
      ...METADATA,
      compressor: { id: 'zstd', level: 3, checksum: true },
      filters: [{ id: 'shuffle', elementsize: 8 }],
      dimension_separator: '.',
    });
  });

  const fills: readonly (readonly [type: string, written: Json, read: Fill])[] = [
    ['<f8', 'NaN', Number.NaN],
    ['<f4', '-Infinity', Number.NEGATIVE_INFINITY],
    ['<f8', -9999999.0, -9999999],
    ['<i4', -9999999, -9999999],
    ['<i8', -(2n ** 63n), -(2n ** 63n)],
    ['<u8', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['<i8', 5, 5n],
    ['<u2', 65535, 65535],
    ['|b1', true, 1],
    ['|S4', 'ZQ==', new Uint8Array([101])],
    ['|S4', '', new Uint8Array(0)],
    ['|u1', null, null],
  ];
  for (const [type, written, read] of fills) {
    it(`give ${type} the fill ${String(written)}`, () => {
      const array = parse({ dtype: type, fill_value: written });

      assert.deepEqual(array.fill, read);
      assert.ok(Object.is(Number(arrayMetadata(array).fill_value), Number(read === null || read instanceof Uint8Array ? written : read)));
    });
  }

  const refused: readonly (readonly [what: string, over: JsonObject, code: string, sentence: RegExp])[] = [
    ['another version', { zarr_format: 3 }, 'unsupported_store', /zarr_format 3.*Expected 2/],
    ['a shape of text', { shape: 'many' }, 'unreadable_store', /shape is not a list/],
    ['a negative length', { shape: [-1, 3] }, 'unreadable_store', /shape holds -1/],
    ['a length beyond counting', { shape: [2 ** 60, 3] }, 'unreadable_store', /shape holds 1152921504606847000/],
    ['a shape that no disk holds', { shape: [2 ** 50, 2 ** 50], chunks: [1, 1] }, 'unreadable_store', /larger than any store/],
    ['a hundred dimensions', { shape: Array(100).fill(1), chunks: Array(100).fill(1) }, 'unreadable_store', /at most 32/],
    ['chunks of no rows', { chunks: [0, 3] }, 'unreadable_store', /chunks holds 0/],
    ['chunks of broken rows', { chunks: [1.5, 3] }, 'unreadable_store', /chunks holds 1.5/],
    ['chunks of other dimensions', { chunks: [4] }, 'unreadable_store', /chunks has 1 numbers/],
    ['a chunk of 8 GB', { chunks: [1e6, 1e3] }, 'unsupported_store', /a chunk of 8000000000 bytes/],
    ['columns first', { order: 'F' }, 'unsupported_store', /order F/],
    ['objects', { dtype: '|O' }, 'unsupported_store', /dtype \|O/],
    ['dates', { dtype: '<M8[ns]' }, 'unsupported_store', /dtype <M8/],
    ['half floats', { dtype: '<f2' }, 'unsupported_store', /dtype <f2/],
    ['records', { dtype: [['a', '<f8']] }, 'unsupported_store', /several fields/],
    ['a number without byte order', { dtype: '|f8' }, 'unreadable_store', /byte order/],
    ['text of no length', { dtype: '|S0' }, 'unsupported_store', /texts of 0 bytes/],
    ['text of a gigabyte', { dtype: '|S999999999' }, 'unsupported_store', /texts of 999999999/],
    ['a fill of another kind', { dtype: '<i4', fill_value: 'NaN' }, 'unreadable_store', /fill_value "NaN" is no value of <i4/],
    ['a fill too large', { dtype: '|u1', fill_value: 256 }, 'unreadable_store', /fill_value "256"/],
    ['a fill longer than the text', { dtype: '|S1', fill_value: 'ZWU=' }, 'unreadable_store', /2 bytes/],
    ['another separator', { dimension_separator: '-' }, 'unreadable_store', /dimension_separator -/],
  ];
  for (const [what, over, code, sentence] of refused) {
    it(`are refused for ${what}`, () => {
      assert.throws(() => parse(over), { code, message: sentence });
    });
  }

  it('name the dimensions only where each has its name', () => {
    const named = (names: Json) => dimensionsOf({ ...parse({}), attributes: { _ARRAY_DIMENSIONS: names } });

    assert.deepEqual(named(['time', 'bin']), ['time', 'bin']);
    assert.deepEqual([named(['time']), named(['time', 3]), named('time'), dimensionsOf(parse({}))], [null, null, null, null]);
  });

  it('of new arrays cut 250,000 rows to a chunk, fewer of wide ones', () => {
    assert.deepEqual(defaultChunks([5_000_000], 8), [250_000]);
    assert.deepEqual(defaultChunks([3_070_970, 88], 8), [11_363, 88]);
    assert.deepEqual(defaultChunks([10], 100), [80_000]);
    assert.deepEqual(defaultChunks([10, 0], 8), [250_000, 1]);
    assert.deepEqual(defaultChunks([10, 20_000_000], 8), [1, 20_000_000]);
    assert.deepEqual(defaultChunks([], 8), []);
  });
});

describe('a store', () => {
  const time = newArray(plan({ name: 'time', type: '<f8', shape: [10], attributes: { units: 'seconds since 1900-01-01 0:0:0' } }));
  const flags = newArray(plan({ name: 'flags', type: '|u1', shape: [10], fill: 9 }));

  it('is opened through .zmetadata alone, and is what was published there', async () => {
    const store = memoryStore();
    const { key, bytes } = consolidatedDocument(group(time, flags));
    await store.set(key, bytes);
    await store.set('time/.zarray', arrayDocument(withLength(time, 99)).bytes);

    const opened = await openStore(store);

    assert.deepEqual(arrayMetadata(opened.arrays.get('time') ?? flags), arrayMetadata(time));
    assert.deepEqual(opened.arrays.get('flags')?.attributes, { _ARRAY_DIMENSIONS: ['time'] });
    assert.deepEqual([opened.attributes, opened.isConsolidated], [{ title: 'Température' }, true]);
  });

  it('without .zmetadata is opened document by document', async () => {
    const store = memoryStore();
    const documents = [
      groupDocument(),
      groupAttributesDocument(group()),
      arrayDocument(time),
      arrayAttributesDocument(time),
      arrayDocument(flags),
    ];
    for (const { key, bytes } of documents) await store.set(key, bytes);

    const opened = await openStore(store);

    assert.deepEqual([...opened.arrays.keys()].sort(), ['flags', 'time']);
    assert.deepEqual(opened.arrays.get('time')?.attributes, time.attributes);
    assert.deepEqual([opened.attributes, opened.isConsolidated], [{ title: 'Température' }, false]);
  });

  it('that is not there, or cannot be listed, is said to be so', async () => {
    const { list: _, ...unlisted } = memoryStore(new Map([['.zgroup', groupDocument().bytes]]));

    await assert.rejects(openStore(memoryStore()), { code: 'no_store' });
    await assert.rejects(openStore(unlisted), { code: 'no_store', message: /cannot be listed/ });
  });

  it('is the same bytes whatever the order its arrays were added in', () => {
    assert.deepEqual(consolidatedDocument(group(time, flags)), consolidatedDocument(group(flags, time)));
  });

  it('with arrays of different lengths on one dimension is torn', () => {
    const longer = withLength(flags, 12);

    assert.deepEqual([...tornDimensions(group(time, longer))], [['time', [10, 12]]]);
    assert.deepEqual([...tornDimensions(group(time, flags))], []);
  });

  it('is read but for the arrays of a form that is not, and not written to while it has any', () => {
    const metadata = { '.zgroup': { zarr_format: 2 }, 'time/.zarray': arrayMetadata(time), 'text/.zarray': { ...METADATA, dtype: '|O' } };

    const opened = parseConsolidated({ zarr_consolidated_format: 1, metadata });

    assert.deepEqual([...opened.arrays.keys()], ['time']);
    assert.deepEqual([...(opened.unread?.keys() ?? [])], ['text']);
    assert.throws(() => assertWritable(opened), { code: 'unsupported_store', message: /text\/\.zarray .* dtype \|O.*Refresh the flow/ });
    assert.throws(() => consolidatedDocument(opened), { code: 'unsupported_store' });
  });

  it('with an array whose chunks cannot be encoded is refused before anything is written', () => {
    const blosc = newArray(plan({ name: 'old', compressor: { id: 'blosc', cname: 'blosclz', clevel: 5, shuffle: 1 } }));

    assert.doesNotThrow(() => assertWritable(group(time, flags)));
    assert.throws(() => assertWritable(group(time, blosc)), {
      code: 'cannot_encode',
      message: /old cannot be written: Blosc with the inner codec "blosclz" can be read but not written\. Refresh the flow/,
    });
  });

  it('may not name arrays so that they lie elsewhere', () => {
    assert.equal(arrayNameOf('sea_water_temperature/.zarray'), 'sea_water_temperature');
    assert.equal(arrayNameOf('time/.zattrs'), null);
    assert.throws(() => arrayNameOf('../other/.zarray'), { code: 'unsupported_store' });
    assert.throws(() => arrayNameOf('../.zarray'), { code: 'unreadable_store' });
    assert.throws(() => arrayNameOf('a\\b/.zarray'), { code: 'unreadable_store' });
    assert.throws(() => arrayNameOf('a\n/.zarray'), { code: 'unreadable_store' });
    assert.throws(() => arrayNameOf('inner/.zgroup'), { code: 'unsupported_store', message: /a group inside the group/ });
  });

  it('with broken consolidated metadata is refused in a sentence', () => {
    assert.throws(() => parseConsolidated({ zarr_consolidated_format: 2, metadata: {} }), { code: 'unsupported_store' });
    assert.throws(() => parseConsolidated({ zarr_consolidated_format: 1, metadata: [] }), { code: 'unreadable_store' });
    assert.throws(() => parseConsolidated({ zarr_consolidated_format: 1, metadata: {} }), {
      message: /\.zgroup cannot be read.*not there/,
    });
    assert.throws(
      () =>
        parseConsolidated({ zarr_consolidated_format: 1, metadata: { '.zgroup': { zarr_format: 2 }, 'a/.zarray': 3, 'a/.zattrs': {} } }),
      { message: /a\/\.zarray cannot be read as Zarr metadata: it is not a JSON object/ },
    );
  });
});

describe('JSON of metadata', () => {
  it('keeps integers that a double does not hold', () => {
    const read = readJson('x', text('{"a": -9223372036854775808, "b": 9007199254740993, "c": 1e300, "d": 12}'));

    assert.deepEqual(read, { a: -(2n ** 63n), b: 9007199254740993n, c: 1e300, d: 12 });
    assert.deepEqual(readJson('x', writeJson(read)), read);
  });

  it('reads the bare NaN and Infinity of Python, outside texts only', () => {
    const read = readJson('x', text('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN, \\"Infinity\\" and NaN"}'));

    assert.deepEqual(read, { a: 'NaN', b: ['-Infinity', 'Infinity'], c: 'NaN, "Infinity" and NaN' });
  });

  it('is written as zarr-python writes it', () => {
    const written = new TextDecoder().decode(writeJson({ b: [1, 'ºC'], a: {}, c: null, d: Number.NaN, e: [] }));

    assert.equal(written, '{\n    "a": {},\n    "b": [\n        1,\n        "ºC"\n    ],\n    "c": null,\n    "d": "NaN",\n    "e": []\n}');
  });

  it('that is none, is not UTF-8, is no object or is nested without end is refused', () => {
    for (const bytes of [text('{'), text(''), text('[1]'), text('3'), Uint8Array.from([0x22, 0xff, 0x22]), text('['.repeat(1_000_000))]) {
      assert.throws(() => readJson('.zmetadata', bytes), { code: 'unreadable_store', message: /^\.zmetadata cannot be read/ });
    }
  });

  it('takes the name __proto__ for a name', () => {
    const read = readJson('x', text('{"__proto__": {"a": 1}}'));

    assert.deepEqual(Object.keys(read), ['__proto__']);
    assert.deepEqual(readJson('x', writeJson(read)), read);
  });
});

describe('metadata that could not be meant', () => {
  it('are refused with a sentence, even where a value says something strange of itself', () => {
    const strange = readJson('a', text('{"toString":0,"valueOf":0}'));

    for (const over of [{ zarr_format: strange }, { compressor: { id: 'zlib', level: strange } }, { order: strange }]) {
      assert.throws(() => parse(over), /no plain value/);
    }
    assert.throws(() => parseConsolidated({ zarr_consolidated_format: strange, metadata: {} }), /no plain value/);
  });
});
