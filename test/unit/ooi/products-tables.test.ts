import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { publishTable } from '../../../src/ooi/products/publish-table.ts';
import { type Table, tableOfAny } from '../../../src/ooi/products/table.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';

let folder: string;
let objects: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-tables-'));
  objects = await openDisk({ folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const numbered = (rows: number): Table => ({
  name: 'ooi_streams',
  columns: [
    { name: 'name', type: 'text' },
    { name: 'count', type: 'whole' },
    { name: 'share', type: 'number' },
    { name: 'isPublic', type: 'flag' },
  ],
  rows: Array.from({ length: rows }, (_, at) => [
    at % 7 === 0 ? null : `stream ${at}`,
    at === 3 ? null : at * 9_007_199,
    at / 8,
    at % 2 === 0,
  ]),
});

/** Rows of all parts in order, as a reader that knows nothing of us finds them. */
async function readBack(name: string): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let part = 0; ; part += 1) {
    const found = await objects.get(`${name}/part.${part}.parquet`);
    if (found === null) return rows;
    rows.push(...(await parquetReadObjects({ file: new Uint8Array(found.bytes).buffer })));
  }
}

describe('a table', () => {
  it('is a folder of parts of a thousand rows that read back as they were', async () => {
    const table = numbered(2_500);

    const published = await publishTable(objects, table);

    assert.deepEqual({ rows: published.rows, parts: published.parts, changed: published.changed }, { rows: 2_500, parts: 3, changed: 3 });
    const rows = await readBack('ooi_streams');
    assert.equal(rows.length, 2_500);
    assert.deepEqual(rows[0], { name: null, count: 0n, share: 0, isPublic: true });
    assert.deepEqual(rows[3], { name: 'stream 3', count: null, share: 0.375, isPublic: false });
    assert.deepEqual(rows[2_499], { name: null, count: 22_508_990_301n, share: 312.375, isPublic: false });
  });

  it('without rows is one part that has its columns', async () => {
    await publishTable(objects, numbered(0));

    const part = await objects.get('ooi_streams/part.0.parquet');
    assert.ok(part !== null);
    assert.deepEqual(await readBack('ooi_streams'), []);
  });

  it('that became shorter leaves no part of the longer one, and nothing beside', async () => {
    await publishTable(objects, numbered(2_500));

    await publishTable(objects, numbered(900));

    assert.deepEqual((await readdir(folder, { recursive: true })).toSorted(), ['ooi_streams', 'ooi_streams/part.0.parquet']);
    assert.equal((await readBack('ooi_streams')).length, 900);
  });

  it('is not written again where it is the same', async () => {
    await publishTable(objects, numbered(1_500));

    const again = await publishTable(objects, numbered(1_500));

    assert.deepEqual({ changed: again.changed, parts: again.parts }, { changed: 0, parts: 2 });
  });

  it('stays the old one until every new part is written and read back', async () => {
    await publishTable(objects, numbered(1_500));
    const failing: ObjectStore = {
      ...objects,
      put: (key, body, options) =>
        key.endsWith('part.1.parquet') ? Promise.reject(new Error('the disk is gone')) : objects.put(key, body, options),
    };

    await assert.rejects(
      publishTable(failing, { ...numbered(1_700), rows: numbered(1_700).rows.map(() => ['x', 1, 1, true]) }),
      /disk is gone/,
    );

    const rows = await readBack('ooi_streams');
    assert.equal(rows.length, 1_500);
    assert.equal(rows[1]?.name, 'stream 1');
  });
});

describe('a table of records as they came', () => {
  it('has a column for each field, and keeps what is no plain value as JSON', () => {
    const table = tableOfAny('rawdata_inventory', [
      { reference_designator: 'A', depth: 3, iris_enabled: true },
      { reference_designator: 'B', depth: 2.5, tags: ['x'] },
    ]);

    assert.deepEqual(table.columns, [
      { name: 'reference_designator', type: 'text' },
      { name: 'depth', type: 'number' },
      { name: 'iris_enabled', type: 'flag' },
      { name: 'tags', type: 'text' },
    ]);
    assert.deepEqual(table.rows, [
      ['A', 3, true, null],
      ['B', 2.5, null, '["x"]'],
    ]);
  });
});
