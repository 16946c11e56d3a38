import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStorePlace, resolvedPlace, storePlace } from '../../../src/config/store-place.ts';

describe('the place of a store', () => {
  it('is a folder or a part of a bucket', () => {
    assert.deepEqual(parseStorePlace('stores/ooi'), { kind: 'disk', folder: 'stores/ooi' });
    assert.deepEqual(parseStorePlace('s3://ooi-data'), { kind: 's3', bucket: 'ooi-data', prefix: '' });
    assert.deepEqual(parseStorePlace('s3://ooi-data/'), { kind: 's3', bucket: 'ooi-data', prefix: '' });
    assert.deepEqual(parseStorePlace('s3://ooi.data/a/b.c/'), { kind: 's3', bucket: 'ooi.data', prefix: 'a/b.c' });
  });

  it('is made absolute against the folder of its file', () => {
    assert.deepEqual(resolvedPlace({ kind: 'disk', folder: 'stores' }, '/srv/flows'), { kind: 'disk', folder: '/srv/flows/stores' });
    assert.deepEqual(resolvedPlace({ kind: 'disk', folder: '/data' }, '/srv/flows'), { kind: 'disk', folder: '/data' });
    assert.deepEqual(resolvedPlace({ kind: 's3', bucket: 'b-b', prefix: '' }, '/srv'), { kind: 's3', bucket: 'b-b', prefix: '' });
  });

  for (const written of [
    's3://',
    's3://a',
    's3://UPPER/x',
    's3://user:password@bucket/x',
    's3://bucket/../other',
    's3://bucket/a//b',
    's3://bucket/.hidden',
    's3://10.0.0.1/x',
    's3://bucket/x?versionId=1',
    'https://bucket.example.org/x',
    'gs://bucket/x',
    '~/stores',
    '-rf',
    'line\nbreak',
    '',
  ]) {
    it(`is not ${JSON.stringify(written)}`, () => {
      assert.equal(storePlace.safeParse(written).success, false);
    });
  }
});
