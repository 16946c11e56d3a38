import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { flowKeys } from '../../../src/config/flow.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { parseStorePlace, storePlace } from '../../../src/config/store-place.ts';

describe('the place of a store', () => {
  it('is a folder or a part of a bucket', () => {
    assert.deepEqual(parseStorePlace('stores/ooi'), { kind: 'disk', folder: 'stores/ooi' });
    assert.deepEqual(parseStorePlace('s3://ooi-data'), { kind: 's3', bucket: 'ooi-data', prefix: '' });
    assert.deepEqual(parseStorePlace('s3://ooi-data/'), { kind: 's3', bucket: 'ooi-data', prefix: '' });
    assert.deepEqual(parseStorePlace('s3://ooi.data/a/b.c/'), { kind: 's3', bucket: 'ooi.data', prefix: 'a/b.c' });
  });

  it('is made absolute against the folder of its flow file', () => {
    const schema = z.strictObject({ ...flowKeys, kind: z.literal('moon'), schedules: z.strictObject({}).prefault({}), store: storePlace });
    const read = (store: string) =>
      parseFlow(`name: luna\nkind: moon\nstore: ${store}\n`, '/srv/flows/moon.yaml', [{ kind: 'moon', schema }]).store;

    assert.deepEqual(read('stores/ooi'), { kind: 'disk', folder: '/srv/flows/stores/ooi' });
    assert.deepEqual(read('../stores'), { kind: 'disk', folder: '/srv/stores' });
    assert.deepEqual(read('s3://ooi-data/ctd'), { kind: 's3', bucket: 'ooi-data', prefix: 'ctd' });
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
