import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { annotations } from '../../src/ooi/products/annotations.ts';
import { publishTable } from '../../src/ooi/products/publish-table.ts';
import type { Table } from '../../src/ooi/products/table.ts';
import { under } from '../../src/ooi/products/under.ts';
import { openS3, type S3Store } from '../../src/stores/objects/s3.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';

const tableOf = (rows: number): Table => ({
  name: 'ooi_streams',
  columns: [{ name: 'count', type: 'whole' }],
  rows: Array.from({ length: rows }, (_, at) => [at]),
});

describe('products in a bucket', () => {
  let server: TestObjectServer;
  let store: S3Store;

  before(async () => {
    server = await startObjectServer();
    store = await openS3(server.options('products', 'ooi'));
  });
  after(async () => {
    store.close();
    await server.stop();
  });

  it('are tables that take the place of the one before whole, and leave nothing beside', async () => {
    const metadata = under(store, 'metadata');

    await publishTable(metadata, tableOf(2_001));
    await publishTable(metadata, tableOf(1_500));

    const keys: string[] = [];
    for await (const { key } of store.list('metadata/')) keys.push(key);
    assert.deepEqual(keys, ['metadata/ooi_streams/part.0.parquet', 'metadata/ooi_streams/part.1.parquet']);
    const last = await metadata.get('ooi_streams/part.1.parquet');
    assert.ok(last !== null);
    const rows = await parquetReadObjects({ file: new Uint8Array(last.bytes).buffer });
    assert.deepEqual([rows.length, rows.at(-1)], [500, { count: 1_499n }]);
  });

  it('are not changed by a writer whose lease is gone', async () => {
    const lost = { fence: () => Promise.reject(new Error('the lease is gone')) };

    await assert.rejects(publishTable(under(store, 'other'), tableOf(1), lost), /the lease is gone/);
    await assert.rejects(
      annotations(['CE02SHBP-LJ01D-06-CTDBPN106'], async () => '[]', store, lost),
      /the lease is gone/,
    );

    const keys: string[] = [];
    for await (const { key } of store.list('')) if (!key.startsWith('metadata/')) keys.push(key);
    assert.deepEqual(keys, []);
  });
});
