import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withLength } from '../../../src/formats/zarr/array.ts';
import { arrayDocument, consolidatedDocument } from '../../../src/formats/zarr/group.ts';
import { type ChunkRecord, recordOf } from '../../../src/formats/zarr/ledger.ts';
import { type CheckOptions, checkStore, type StoreCheck, type StoreToCheck } from '../../../src/ooi/check/check-store.ts';
import type { WrittenFile, WrittenRecord } from '../../../src/ooi/check/written.ts';
import { BEFORE } from '../../../src/ooi/order.ts';
import { at, floats, seriesOf, type TestSeries, timesFrom } from './series-fixture.ts';

const TIMES = timesFrom('2023-08-01T00:00:00Z', 350);
const FILES: readonly WrittenFile[] = [
  { name: 'a.nc', firstTime: TIMES[0] ?? 0, lastTime: TIMES[200] ?? 0 },
  { name: 'b.nc', firstTime: TIMES[150] ?? 0, lastTime: TIMES[349] ?? 0 },
];

const series = (times: readonly number[] = TIMES): Promise<TestSeries> =>
  seriesOf(
    times,
    { x: floats(times.map((_, i) => i)), y: { ...floats(times.flatMap((_, i) => [i, -i])), inner: [2] } },
    { attributes: { time_coverage_start: '2023-08-01T00:00:00.000000', time_coverage_end: '2023-08-01T05:49:00.000000' } },
  );

/** What was written, as the store was when it was asked. */
function recordFor(
  { store }: TestSeries,
  { without = '', rows }: { readonly without?: string; readonly rows?: number } = {},
): WrittenRecord {
  const chunks = new Map<string, Promise<ChunkRecord>>([...store.objects].map(([key, bytes]) => [key, recordOf({ key, bytes })]));
  chunks.delete(without);
  return {
    chunk: async (key) => chunks.get(key),
    origins: async (_, count) => [{ rows: rows ?? count, origin: BEFORE }],
  };
}

const check = (store: TestSeries, more: Partial<StoreToCheck> = {}, options: Partial<CheckOptions> = {}): Promise<StoreCheck> =>
  checkStore({ chunks: store.store, record: recordFor(store), files: FILES, ...more }, { seed: 1, ...options });

const codes = ({ findings }: StoreCheck): readonly (readonly [string, number])[] => findings.map(({ code, count }) => [code, count]);

describe('the check of a store', () => {
  it('finds nothing in a good one, and says how much it read', async () => {
    const found = await check(await series());

    assert.deepEqual([found.state, found.findings, found.chunks.total, found.chunks.read], ['checked', [], 12, 12]);
    assert.deepEqual([found.arrays, found.times.rows, found.times.first], [3, 350, TIMES[0]]);
  });

  it('finds a chunk that is gone, cut, or has other bytes', async () => {
    const store = await series();
    const record = recordFor(store);
    store.store.objects.delete('x/1');
    store.store.objects.set('y/2.0', (store.store.objects.get('y/2.0') ?? assert.fail()).subarray(1));
    const other = new Uint8Array(store.store.objects.get('x/3') ?? assert.fail());
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    store.store.objects.set('x/3', other);

    const found = await check(store, { record });

    assert.deepEqual(codes(found), [
      ['chunk_missing', 1],
      ['chunk_damaged', 2],
    ]);
    assert.deepEqual(found.findings[0]?.examples, ['x/1']);
    assert.match(found.findings[1]?.examples.join() ?? '', /x\/3 has other bytes.*y\/2.0 has \d+ bytes, \d+ were stored/);
  });

  it('finds a chunk that the record does not know, and a record of fewer rows', async () => {
    const store = await series();

    const found = await check(store, { record: recordFor(store, { without: 'x/0', rows: 349 }) });

    assert.deepEqual(codes(found), [
      ['record_length', 1],
      ['chunk_unrecorded', 1],
    ]);
  });

  it('without a record finds a chunk that does not decode, and takes one that is not there for fill', async () => {
    const store = await series();
    store.store.objects.set('x/1', Uint8Array.of(1, 2, 3));
    store.store.objects.delete('y/1.0');

    assert.deepEqual(codes(await check(store, { record: null })), [['chunk_damaged', 1]]);
  });

  it('finds arrays of different length', async () => {
    const store = await series();
    const arrays = new Map(store.group.arrays);
    const x = withLength(arrays.get('x') ?? assert.fail(), 300);
    const group = { ...store.group, arrays: arrays.set('x', x) };
    for (const { key, bytes } of [consolidatedDocument(group), arrayDocument(x)]) store.store.objects.set(key, bytes);

    const found = await check(store);

    assert.deepEqual(codes(found), [['torn', 1]]);
    assert.deepEqual(found.findings[0]?.examples, ['time is 300 and 350 long']);
  });

  it('finds documents of arrays that are not what is published', async () => {
    const store = await series();
    const { key, bytes } = arrayDocument(withLength(store.group.arrays.get('x') ?? assert.fail(), 351));
    store.store.objects.set(key, bytes);
    store.store.objects.delete('y/.zattrs');

    const found = await check(store);

    assert.deepEqual(codes(found), [['documents_differ', 2]]);
    assert.deepEqual(found.findings[0]?.examples, ['x/.zarray has another shape', 'y/.zattrs is not there']);
  });

  it('finds a store that is not published as a whole', async () => {
    const store = await series();
    store.store.objects.delete('.zmetadata');

    assert.deepEqual(codes(await check(store)), [['not_consolidated', 1]]);
  });

  it('finds rows that were stored twice', async () => {
    const found = await check(await series([...TIMES, ...TIMES.slice(300)]));

    assert.deepEqual(codes(found), [['doubled', 50]]);
    assert.match(found.findings[0]?.examples[0] ?? '', /from row 350 on/);
  });

  it('finds a last row without a time', async () => {
    const found = await check(await series([...TIMES, Number.NaN]));

    assert.deepEqual(codes(found), [
      ['no_time_at_end', 1],
      ['no_time', 1],
    ]);
  });

  it('finds rows gone that a file had when it was stored, but no gap that was always there', async () => {
    const gone = await check(await series(TIMES.filter((_, i) => i < 140 || i >= 160)));
    const always = await check(await series(TIMES.filter((_, i) => i < 160 || i >= 190)));

    assert.deepEqual(codes(gone), [['gap_against_record', 1]]);
    assert.deepEqual(gone.findings[0]?.examples, ['2023-08-01T02:30:00Z of b.nc']);
    assert.deepEqual(codes(always), []);
    assert.deepEqual(always.times.gaps, [{ after: TIMES[159], before: TIMES[190] }]);
  });

  it('finds last rows gone', async () => {
    assert.deepEqual(codes(await check(await series(TIMES.slice(0, 349)))), [
      ['gap_against_record', 1],
      ['coverage_attributes', 1],
    ]);
  });

  it('finds attributes that speak of other ends', async () => {
    const found = await check(await series(TIMES.slice(1)), { files: [] });

    assert.deepEqual(codes(found), [['coverage_attributes', 1]]);
    assert.match(found.findings[0]?.examples[0] ?? '', /time_coverage_start .* the row 2023-08-01T00:01:00Z/);
  });

  it('concludes nothing from a store that was changed meanwhile', async () => {
    const store = await series();

    const changed = await check(
      store,
      {},
      { onChunk: () => void store.store.objects.set('.zmetadata', new Uint8Array(store.store.objects.get('.zattrs') ?? [])) },
    );
    const underWay = await check(await series(), { isChanging: async () => true });

    assert.deepEqual([changed.state, underWay.state], ['changed_meanwhile', 'changed_meanwhile']);
  });

  it('reads as many chunks as it is told, the same for the same seed', async () => {
    const store = await series();
    const drawn = async (seed: number): Promise<readonly string[]> => {
      const read: string[] = [];
      const all = recordFor(store);
      const record = { ...all, chunk: (key: string) => all.chunk(read[read.push(key) - 1] ?? '', 0) };
      assert.equal((await check(store, { record }, { seed, sample: 5 })).chunks.read, 5);
      return read.toSorted();
    };

    const [one, again, other] = [await drawn(1), await drawn(1), await drawn(2)];

    assert.equal(new Set(one).size, 5);
    assert.deepEqual(again, one);
    assert.notDeepEqual(other, one);
  });

  it('counts all and shows few', async () => {
    const record = { ...recordFor(await series()), chunk: async () => undefined };

    const found = await check(await series(), { record });

    assert.deepEqual([found.findings[0]?.count, found.findings[0]?.examples.length], [12, 5]);
    assert.ok(at('2023-08-01T00:00Z') === found.times.first);
  });
});
