import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../../src/config/secret.ts';
import { isProcessId } from '../../src/embedded/liveness.ts';
import { openS3 } from '../../src/stores/objects/s3.ts';
import { failing, faultyPlace } from '../helpers/faulty-store.ts';
import { bytes, textOf } from '../helpers/object-subject.ts';

const place = faultyPlace();

describe('Credentials for an S3 server', { timeout: 120_000 }, () => {
  const everything = (error: unknown) => inspect(error, { depth: 9, showHidden: true });

  it('that have expired stop the run at once', async () => {
    place().proxy.fail('GET', failing(403, 'ExpiredToken'));
    const from = place().proxy.asked.length;

    await assert.rejects(place().store.get('key'), (error: Error) => {
      assert.match(error.message, /^The credentials have expired while reading key in s3:.*Give the workers new ones/);
      return true;
    });
    assert.equal(place().proxy.asked.length - from, 1);
    place().proxy.fail('PUT', failing(400, 'ExpiredToken'));
    await assert.rejects(place().store.put('key', bytes('x')), { kind: 'stop', code: 'credentials_expired' });
  });

  it('that the server does not know, or that do not fit, are refused without being shown', async () => {
    const { keys, ...options } = place().options;
    const accessKey = keys?.accessKey ?? new Secret('');
    const pairs = [
      { accessKey, secretKey: new Secret('wrongSECRETwrong') },
      { accessKey: new Secret('UNKNOWNKEY'), secretKey: new Secret('wrongSECRETwrong') },
    ];

    for (const pair of pairs) {
      await assert.rejects(openS3({ ...options, keys: pair }), (error: Error) => {
        assert.match(
          error.message,
          /^The credentials were refused while opening the bucket in s3:\/\/faults\/place-\d+ \(\w+, status 40[34]\)\. Check the keys/,
        );
        assert.doesNotMatch(everything(error), new RegExp(`wrongSECRETwrong|UNKNOWNKEY|${accessKey.reveal()}`));
        return true;
      });
      await assert.rejects(openS3({ ...options, keys: pair }), { kind: 'stop', code: 'store_refused' });
    }
  });

  it('are those that other clients find, where none are named, and are missed with a sentence', async () => {
    const { keys, ...unnamed } = place().options;
    const before = { ...process.env };
    // Neither files nor the address that instances ask for their role.
    Object.assign(process.env, { HOME: place().server.home, AWS_EC2_METADATA_DISABLED: 'true' });
    try {
      await assert.rejects(openS3(unnamed), {
        kind: 'stop',
        code: 'no_credentials',
        message: /Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/,
      });
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys?.accessKey.reveal(), AWS_SECRET_ACCESS_KEY: keys?.secretKey.reveal() });
      const found = await openS3(unnamed);
      await found.put('key', bytes('x'));
      found.close();
    } finally {
      process.env = before;
    }

    assert.equal(await textOf(place().direct, 'key'), 'x');
  });

  it('do not help where the bucket is not there', async () => {
    const { createBucket: _, ...options } = place().server.options('nosuchbucket');

    await assert.rejects(openS3(options), { kind: 'stop', code: 'no_such_bucket' });
  });

  it('of the embedded server are random, lie in a file for this user alone, and are in no command line', async () => {
    const file = join(place().server.home, 's3', 'keys.json');
    const { keys } = place().options;
    const pid: unknown = JSON.parse(await readFile(join(place().server.home, 'pids', 'versitygw.json'), 'utf8'));
    assert.ok(isProcessId(pid));

    const commandLine = await readFile(`/proc/${pid.pid}/cmdline`, 'utf8');

    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok((keys?.secretKey.reveal().length ?? 0) >= 40);
    assert.match(commandLine, /versitygw/);
    assert.ok(!commandLine.includes(keys?.accessKey.reveal() ?? '') && !commandLine.includes(keys?.secretKey.reveal() ?? ''));
    assert.match(commandLine, /127\.0\.0\.1:\d+/);
  });
});
