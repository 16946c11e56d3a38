import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Condition } from '../../src/stores/objects/contract.ts';
import { always, failing, faultyPlace, large } from '../helpers/faulty-store.ts';
import { bytes, textOf } from '../helpers/object-subject.ts';

const place = faultyPlace();

describe('A write whose answer is lost', { timeout: 120_000 }, () => {
  const conditionOf = async (kind: string): Promise<{ readonly condition?: Condition }> => {
    if (kind === 'unconditional') return {};
    if (kind === 'of a new object') return { condition: 'absent' };
    return { condition: { version: (await place().direct.put('key', bytes('old'))).version } };
  };
  for (const kind of ['unconditional', 'of a new object', 'of the version that was read']) {
    it(`is recognised as its own: ${kind}`, async () => {
      const options = await conditionOf(kind);
      place().proxy.fail('PUT', { kind: 'lose answer' });

      const { version } = await place().store.put('key', bytes('new'), options);

      assert.equal(await textOf(place().direct, 'key'), 'new');
      assert.equal(version, await place().direct.version('key'));
    });

    it(`is recognised as its own, sent in parts: ${kind}`, async () => {
      const options = await conditionOf(kind);
      place().proxy.fail('POST', null, { kind: 'lose answer' });

      const { version } = await place().store.put('key', large(), options);

      assert.equal((await place().direct.stat('key'))?.sizeBytes, 11_000_000);
      assert.equal(version, await place().direct.version('key'));
    });
  }

  for (const [status, code] of [
    [404, 'NoSuchUpload'],
    [412, 'PreconditionFailed'],
  ] as const) {
    it(`is recognised as its own, sent in parts, by a server that then says ${code}`, async () => {
      place().proxy.fail('POST', null, { kind: 'lose answer' }, failing(status, code));

      const { version } = await place().store.put('key', large(), { condition: 'absent' });

      assert.equal(version, await place().direct.version('key'));
    });
  }

  it('is not taken for its own when another has replaced it meanwhile', async () => {
    place().proxy.fail('PUT', { kind: 'lose answer', before: () => place().direct.put('key', bytes('another')) });

    await assert.rejects(place().store.put('key', bytes('mine'), { condition: 'absent' }), { kind: 'replan', code: 'condition_failed' });

    assert.equal(await textOf(place().direct, 'key'), 'another');
  });
});

describe('A server that kept the name of a write without its bytes', { timeout: 60_000 }, () => {
  it('is not believed that it was written', async () => {
    const { endpoint, region, keys, bucket, prefix } = place().options;
    const credentials = { accessKeyId: keys?.accessKey.reveal() ?? '', secretAccessKey: keys?.secretKey.reveal() ?? '' };
    const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
    const object = { Bucket: bucket, Key: `${prefix}/key` };
    const keepNameOnly = async () => {
      const { Metadata } = await client.send(new HeadObjectCommand(object));
      await client.send(new PutObjectCommand({ ...object, Metadata, Body: 'same' }));
    };
    place().proxy.fail('PUT', { kind: 'lose answer', before: keepNameOnly });

    await assert.rejects(place().store.put('key', bytes('mine'), { condition: 'absent' }), { kind: 'replan', code: 'condition_failed' });

    client.destroy();
  });
});

describe('A large object whose upload was never finished', { timeout: 120_000 }, () => {
  it('is not there, and what was sent of it is swept away', async () => {
    place().proxy.fail('POST', null, ...always(failing(500, 'InternalError')));
    place().proxy.fail('DELETE', failing(500, 'InternalError'));
    await assert.rejects(place().store.put('key', large()), { kind: 'again' });

    assert.equal(await place().store.stat('key'), null);
    assert.equal(await place().store.sweep(3_600_000), 0);
    assert.equal(await place().store.sweep(-1000, { prefix: 'other' }), 0);
    assert.equal(await place().store.sweep(-1000, { prefix: 'ke' }), 1);
    assert.equal(await place().store.sweep(-1000), 0);
  });
});
