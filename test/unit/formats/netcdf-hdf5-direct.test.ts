import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import type { ReadAt } from '../../../src/formats/netcdf/hdf5-bytes.ts';
import { chunkIndexAt } from '../../../src/formats/netcdf/hdf5-chunk-index.ts';
import type { ChunkedShape } from '../../../src/formats/netcdf/hdf5-chunk-tree.ts';
import { messagesAt } from '../../../src/formats/netcdf/hdf5-object-header.ts';
import { createInflater } from '../../../src/formats/netcdf/inflate.ts';
import { damaged, damages } from '../../fuzz/support/mutations.ts';
import type { BothWays } from '../../helpers/hdf5-both-ways.ts';
import { treeFile } from '../../helpers/hdf5-tree.ts';
import { fc } from '../../helpers/properties.ts';
import { fixture, fixtureBytes } from './netcdf-fixtures.ts';

const PARTS = 40;

async function bothWays(path: string): Promise<readonly BothWays[]> {
  const thread = new Worker(new URL('../../helpers/hdf5-both-ways.ts', import.meta.url), { workerData: { path, parts: PARTS } });
  const [{ found, said }] = await once(thread, 'message');
  await thread.terminate();
  assert.deepEqual(said, []);
  return found;
}

describe('values read past the HDF5 library', () => {
  test('are the same in every part, and the library reads what is unusual or was never written', async () => {
    const found = await bothWays(fixture('netcdf4-chunks.nc'));

    const different = found.filter((one) => one.different > 0);
    assert.deepEqual(different, []);
    const direct = new Map(found.map((one) => [one.dataset, one.direct]));
    const always = ['both', 'deflated', 'bytes', 'wide', 'text', 'short'];
    for (const name of always) assert.equal(direct.get(name), PARTS, name);
    const never = ['shuffled', 'bare', 'split', 'big', 'checked'];
    for (const name of never) assert.equal(direct.get(name), null, name);
    const holes = direct.get('holes') ?? 0;
    assert.ok(holes > 0 && holes < PARTS, `${holes} parts have no chunk that was never written`);
  });

  test('are not those of filters that are told another size, nor of more chunks than memory is kept for', async () => {
    const found = await bothWays(fixture('hostile-chunks.nc'));

    assert.deepEqual(
      found.map(({ dataset, direct }) => [dataset, direct === null]),
      [
        ['many', false],
        ['mixed', true],
        ['more', true],
      ],
    );
  });

  const served = join(import.meta.dirname, '../../../../shared/data/ooi');
  test('of files as the facility gives them are the same', {
    skip: !existsSync(served) && 'no real files of a facility are here',
  }, async () => {
    const files = globSync('server/**/*.nc', { cwd: served }).filter((_, at) => at % 5 === 0);
    const found = (await Promise.all(files.map((file) => bothWays(join(served, file)).catch(() => [])))).flat();

    assert.deepEqual(
      found.filter((one) => one.different > 0),
      [],
    );
    assert.ok(found.filter(({ direct }) => direct === PARTS).length > 50);
  });
});

const BOTH: ChunkedShape = { shape: [400], chunks: [3], itemBytes: 8 };
const MOST = 1000;
const readIn =
  (bytes: Uint8Array): ReadAt =>
  (position, length) =>
    position >= 0 && length >= 0 && position + length <= bytes.byteLength
      ? Uint8Array.from(bytes.subarray(position, position + length))
      : null;

test('an object header of more messages than anybody writes is none', () => {
  const headerOf = (messages: number): Uint8Array => {
    const bytes = new Uint8Array(40 + 4 * messages);
    // version 2, a length of two bytes; the messages are empty
    bytes.set([...Buffer.from('OHDR'), 2, 1]);
    new DataView(bytes.buffer).setUint16(6, 4 * messages + 8, true);
    return bytes;
  };

  assert.equal(messagesAt(readIn(headerOf(4000)), 0)?.length, 4000);
  assert.equal(messagesAt(readIn(headerOf(5000)), 0), null);
});

describe('the index of the chunks of an HDF5 dataset', () => {
  const bytes = fixtureBytes('netcdf4-chunks.nc');
  const headers = Array.from({ length: bytes.byteLength - 4 }, (_, at) => at).filter(
    (at) => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1') === 'OHDR',
  );

  test('is found by its header, and no other dataset is taken for it', () => {
    const found = headers.flatMap((header) => chunkIndexAt(readIn(bytes), header, BOTH, MOST) ?? []);

    assert.equal(found.length, 1);
    assert.equal(found[0]?.addresses.length, 134);
    assert.ok(found[0]?.addresses.every((address) => address > 0 && address < bytes.byteLength));
  });

  test('is given up for what does not fit', () => {
    const none = (shape: ChunkedShape) => headers.every((header) => chunkIndexAt(readIn(bytes), header, shape, MOST) === null);

    assert.ok(none({ ...BOTH, shape: [300] }), 'chunks behind the end');
    assert.ok(none({ ...BOTH, itemBytes: 4 }));
    assert.ok(none({ ...BOTH, chunks: [4] }));
    assert.ok(none({ shape: [], chunks: [], itemBytes: 8 }));
    assert.ok(none({ ...BOTH, shape: [2 ** 40] }), 'more chunks than anybody writes');
  });

  test('of a damaged file is given up, or leads to places in the file', () => {
    const whole = headers.find((header) => chunkIndexAt(readIn(bytes), header, BOTH, MOST) !== null) ?? 0;
    fc.assert(
      fc.property(damages, (all) => {
        const broken = damaged(bytes, all);
        let reads = 0;
        const counted: ReadAt = (position, length) => {
          reads += 1;
          return readIn(broken)(position, length);
        };

        const index = chunkIndexAt(counted, whole, BOTH, MOST);

        assert.ok(reads < 1000, `${reads} reads`);
        return (
          index === null || (index.addresses.length === 134 && index.addresses.every((address) => Number.isNaN(address) || address >= 0))
        );
      }),
      { numRuns: 500 },
    );
  });

  const tree = Buffer.from(bytes).indexOf('TREE\x01\x01', 0, 'latin1');
  const [HEAD, KEY, CHILD] = [24, 24, 32];
  /** What is found after one number of eight bytes has become another. */
  const afterChange = (at: number, change: (before: number) => number): boolean => {
    const changed = bytes.slice();
    const view = new DataView(changed.buffer);
    view.setBigUint64(at, BigInt(change(Number(view.getBigUint64(at, true)))), true);
    return headers.some((header) => chunkIndexAt(readIn(changed), header, BOTH, MOST) !== null);
  };

  test('is given up where the library would search in vain', () => {
    const leaf = Number(new DataView(bytes.buffer).getBigUint64(tree + HEAD + KEY, true));
    const rowAt = (node: number, child: number): number => node + HEAD + child * CHILD + 8;

    assert.ok(tree > 0, 'the tree has two levels');
    assert.ok(afterChange(rowAt(tree, 0), (row) => row));
    assert.ok(!afterChange(rowAt(leaf, 1), (row) => row + 1), 'a row at which no chunk begins');
    assert.ok(!afterChange(rowAt(leaf, 2), (row) => row - 3), 'two chunks of the same rows');
    assert.ok(!afterChange(rowAt(leaf, 2), (row) => row + 6), 'keys not in order');
    assert.ok(!afterChange(rowAt(tree, 1), (row) => row + 3), 'a chunk that the key above it leaves out');
    assert.ok(!afterChange(rowAt(tree, 3), (row) => row - 3), 'a chunk behind the last key');
    assert.ok(!afterChange(28, () => 4000), 'a chunk behind the end that the file gives itself');
  });

  test('is given up where the superblock has an extension: an image of the cache in it stands for headers and nodes that are older', () => {
    assert.ok(!afterChange(20, () => 48));
  });

  test('ends where a tree leads to itself', () => {
    assert.ok(!afterChange(tree + HEAD + KEY, () => tree), 'the first child of the root is the root');
  });

  test('is given up at the first step that leads where another has led, and for more children than a node has', () => {
    const search = (children: readonly number[], chunks: number) => {
      const { bytes: file, header } = treeFile(children);
      let reads = 0;
      const counted: ReadAt = (position, length) => {
        reads += 1;
        return readIn(file)(position, length);
      };
      const index = chunkIndexAt(counted, header, { shape: [chunks], chunks: [1], itemBytes: 1 }, MOST);
      return { isFound: index !== null, reads };
    };

    assert.ok(search([64], 64).isFound);
    assert.ok(search([1, 1, 1], 1).isFound);
    assert.ok(!search([65], 65).isFound);
    const manyWays = search([64, 64, 64, 64], 1000);
    assert.ok(!manyWays.isFound);
    assert.ok(manyWays.reads < 20, `${manyWays.reads} reads`);
  });
});

describe('unpacking into memory that is there', () => {
  const content = Uint8Array.from({ length: 100_000 }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 27);
  const packed = new Uint8Array(deflateSync(content));
  const other = packed.with(packed.length >> 1, 255 - (packed[packed.length >> 1] ?? 0));

  for (const [name, inflater] of [
    ['as Node does it inside', createInflater()],
    ['in a Node that does it in some other way', createInflater({})],
  ] as const) {
    test(`${name} gives what was packed, and nothing for what is damaged, cut or of another length`, () => {
      const isGiven = (bytes: Uint8Array, length = content.length): boolean => inflater.unpack(bytes, length) !== null;

      for (let round = 0; round < 2; round++) {
        assert.ok(Buffer.from(content).equals(inflater.unpack(packed, content.length) ?? new Uint8Array()));
        assert.ok(!isGiven(other));
        assert.ok(!isGiven(packed.subarray(0, -1)), 'its checksum is cut');
        assert.ok(!isGiven(packed.subarray(0, packed.length >> 1)));
        assert.ok(!isGiven(packed, content.length - 1));
        assert.ok(!isGiven(packed, content.length + 1));
        assert.ok(!isGiven(new Uint8Array(), 0));
        assert.ok(!isGiven(content), 'it was never packed');
      }
    });
  }
});
