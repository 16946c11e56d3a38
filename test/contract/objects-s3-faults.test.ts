import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Secret } from '../../src/config/secret.ts';
import { isAlive, isProcessId } from '../../src/embedded/liveness.ts';
import type { Condition, ObjectStore } from '../../src/stores/objects/contract.ts';
import type { Patience } from '../../src/stores/objects/retry.ts';
import { openS3, type S3Store } from '../../src/stores/objects/s3.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../helpers/fault-proxy.ts';
import { startObjectServer, type TestObjectServer } from '../helpers/object-server.ts';
import { bytes, listed, textOf } from './objects-suite.ts';

const QUICK: Patience = { attempts: 4, firstWaitMs: 1, longestWaitMs: 5, attemptMs: 60_000 };
const MANY = Array<Fault>(50);

let server: TestObjectServer;
let proxy: FaultProxy;
let store: S3Store;
/** The same place without the proxy. */
let direct: S3Store;
let places = 0;

before(async () => {
  server = await startObjectServer();
  proxy = await startFaultProxy(server.endpoint);
});
after(async () => {
  store.close();
  direct.close();
  await proxy.stop();
  await server.stop();
});
beforeEach(async () => {
  places += 1;
  for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) proxy.fail(method);
  const options = server.options('faults', `place-${places}`);
  direct = await openS3(options);
  store = await openS3({ ...options, endpoint: proxy.endpoint, patience: QUICK, partBytes: 5 * 1024 ** 2 });
});

const failing = (status: number, code: string, headers = {}): Fault => ({ kind: 'answer', status, code, headers });
const large = () => new Uint8Array(11_000_000).fill(7);
const requestsSince = (from: number) => proxy.asked.slice(from).length;

describe('An S3 server that fails', { timeout: 120_000 }, () => {
  const operations: readonly (readonly [string, (store: ObjectStore) => Promise<unknown>])[] = [
    ['PUT', (at) => at.put('new', bytes('x'))],
    ['GET', (at) => at.get('key')],
    ['GET', (at) => at.getRange('key', { offset: 1, length: 1 })],
    ['HEAD', (at) => at.stat('key')],
    ['GET', (at) => listed(at.list(''))],
    ['PUT', (at) => at.copy('key', 'copy')],
    ['DELETE', (at) => at.delete('key')],
    ['GET', (at) => at.sweep(0)],
    ['POST', (at) => at.put('new', large())],
    ['PUT', (at) => at.put('new', large())],
  ];
  for (const [method, operation] of operations) {
    it(`twice with a 500 is asked a third time: ${operation.toString().replace(/^.*=> /, '')}, ${method}`, async () => {
      await direct.put('key', bytes('content'));
      proxy.fail(method, failing(500, 'InternalError'), failing(503, 'SlowDown'));

      await operation(store);
    });
  }

  it('for longer than there is patience is left to a later run, with its code and without its words', async () => {
    proxy.fail('PUT', ...MANY.fill(failing(500, 'InternalError')));
    const from = proxy.asked.length;

    const putting = store.put('key', bytes('x'));

    await assert.rejects(putting, (error: Error) => {
      assert.match(error.message, /^The server failed while writing key in s3:\/\/faults\/place-\d+ \(InternalError, status 500\)\./);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /AKIDEXAMPLE/);
      return true;
    });
    await assert.rejects(putting, { kind: 'again', code: 'store_error' });
    assert.equal(requestsSince(from), QUICK.attempts);
    assert.deepEqual(await listed(direct.list('')), []);
  });

  it('and says for how long is not asked before', async () => {
    proxy.fail('GET', failing(503, 'SlowDown', { 'retry-after': '120' }));
    const from = proxy.asked.length;

    await assert.rejects(store.get('key'), { kind: 'again', code: 'store_busy', retryAfterMs: 120_000 });

    assert.equal(requestsSince(from), 1);
  });

  it('with a page for people where a list was asked for is asked again', async () => {
    await direct.put('key', bytes('x'));
    proxy.fail('GET', { kind: 'page' });

    assert.deepEqual(await listed(store.list('')), ['key']);
  });

  it('does not keep a cancelled call waiting', async () => {
    const cancel = new AbortController();
    const patient = await openS3({
      ...server.options('faults'),
      endpoint: proxy.endpoint,
      patience: { ...QUICK, firstWaitMs: 1e9, longestWaitMs: 1e9 },
    });
    proxy.fail('GET', ...MANY.fill(failing(500, 'InternalError')));

    const getting = patient.get('key', { signal: cancel.signal });
    cancel.abort(new Error('The run was cancelled.'));

    await assert.rejects(getting, { message: 'The run was cancelled.' });
    patient.close();
  });

  it('is asked again only while the fence still allows it', async () => {
    proxy.fail('PUT', ...MANY.fill(failing(500, 'InternalError')));
    let asked = 0;
    const fence = async () => {
      asked += 1;
      if (asked === 3) throw new Error('Another run holds the flow.');
    };

    await assert.rejects(store.put('key', bytes('x'), { fence }), { message: 'Another run holds the flow.' });
  });
});

describe('A connection to an S3 server', { timeout: 120_000 }, () => {
  const content = randomBytes(300_000);

  for (const kind of ['cut answer', 'damage answer', 'lose answer'] as const) {
    it(`that has this fault gives the right bytes at the next attempt: ${kind}`, async () => {
      await direct.put('key', content);
      proxy.fail('GET', { kind }, { kind });

      const found = await store.get('key');

      assert.ok(found !== null && content.equals(found.bytes));
    });
  }

  it('that cuts every answer gives a failure, never half an object', async () => {
    await direct.put('key', content);
    proxy.fail('GET', ...MANY.fill({ kind: 'cut answer' }));

    await assert.rejects(store.get('key'), { kind: 'again' });
    await assert.rejects(store.getRange('key', { offset: 0, length: 200_000 }), { kind: 'again' });
  });

  it('that breaks while an object is sent leaves the old one, and then the new one', async () => {
    await direct.put('key', bytes('old'));
    proxy.fail('PUT', ...MANY.fill({ kind: 'cut request' }));
    await assert.rejects(store.put('key', content), { kind: 'again', code: 'store_unreachable' });
    const between = await textOf(direct, 'key');
    proxy.fail('PUT', { kind: 'cut request' });

    await store.put('key', content);

    assert.equal(between, 'old');
    assert.ok(content.equals((await direct.get('key'))?.bytes ?? new Uint8Array()));
  });

  it('on which nothing comes, or only a byte now and then, is given up', async () => {
    await direct.put('key', content);
    const hasty = await openS3({
      ...server.options('faults', `place-${places}`),
      patience: { ...QUICK, attempts: 2, attemptMs: 300 },
      endpoint: proxy.endpoint,
    });
    for (const kind of ['silence', 'trickle'] as const) {
      proxy.fail('GET', ...MANY.fill({ kind }));
      const from = proxy.asked.length;

      await assert.rejects(hasty.getRange('key', { offset: 0, length: 1000 }), { kind: 'again', code: 'store_unreachable' }, kind);

      assert.equal(requestsSince(from), 2);
    }
    hasty.close();
  });

  it('that nobody takes is a server out of reach; that may pass', async () => {
    const nowhere = { ...server.options('faults'), endpoint: 'http://127.0.0.1:1', patience: QUICK };

    await assert.rejects(openS3(nowhere), (error: Error) => {
      assert.match(error.message, /^The server did not answer while opening the bucket in s3:\/\/faults \(ECONNREFUSED\)/);
      return true;
    });
    await assert.rejects(openS3(nowhere), { kind: 'again', code: 'store_unreachable' });
  });
});

describe('A write whose answer is lost', { timeout: 120_000 }, () => {
  const conditionOf = async (kind: string): Promise<{ readonly condition?: Condition }> => {
    if (kind === 'unconditional') return {};
    if (kind === 'of a new object') return { condition: 'absent' };
    return { condition: { version: (await direct.put('key', bytes('old'))).version } };
  };
  for (const kind of ['unconditional', 'of a new object', 'of the version that was read']) {
    it(`is recognised as its own: ${kind}`, async () => {
      const options = await conditionOf(kind);
      proxy.fail('PUT', { kind: 'lose answer' });

      const { version } = await store.put('key', bytes('new'), options);

      assert.equal(await textOf(direct, 'key'), 'new');
      assert.equal(version, await direct.version('key'));
    });

    it(`is recognised as its own, sent in parts: ${kind}`, async () => {
      const options = await conditionOf(kind);
      proxy.fail('POST', null, { kind: 'lose answer' });

      const { version } = await store.put('key', large(), options);

      assert.equal((await direct.stat('key'))?.sizeBytes, 11_000_000);
      assert.equal(version, await direct.version('key'));
    });
  }

  for (const [status, code] of [
    [404, 'NoSuchUpload'],
    [412, 'PreconditionFailed'],
  ] as const) {
    it(`is recognised as its own, sent in parts, by a server that then says ${code}`, async () => {
      proxy.fail('POST', null, { kind: 'lose answer' }, failing(status, code));

      const { version } = await store.put('key', large(), { condition: 'absent' });

      assert.equal(version, await direct.version('key'));
    });
  }

  it('is not taken for its own when another has replaced it meanwhile', async () => {
    proxy.fail('PUT', { kind: 'lose answer', before: () => direct.put('key', bytes('another')) });

    await assert.rejects(store.put('key', bytes('mine'), { condition: 'absent' }), { kind: 'replan', code: 'condition_failed' });

    assert.equal(await textOf(direct, 'key'), 'another');
  });
});

describe('A server that kept the name of a write without its bytes', { timeout: 60_000 }, () => {
  it('is not believed that it was written', async () => {
    const { endpoint, region, keys, bucket, prefix } = server.options('faults', `place-${places}`);
    const credentials = { accessKeyId: keys?.accessKey.reveal() ?? '', secretAccessKey: keys?.secretKey.reveal() ?? '' };
    const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
    const place = { Bucket: bucket, Key: `${prefix}/key` };
    const keepNameOnly = async () => {
      const { Metadata } = await client.send(new HeadObjectCommand(place));
      await client.send(new PutObjectCommand({ ...place, Metadata, Body: 'same' }));
    };
    proxy.fail('PUT', { kind: 'lose answer', before: keepNameOnly });

    await assert.rejects(store.put('key', bytes('mine'), { condition: 'absent' }), { kind: 'replan', code: 'condition_failed' });

    client.destroy();
  });
});

describe('Credentials for an S3 server', { timeout: 120_000 }, () => {
  const everything = (error: unknown) => inspect(error, { depth: 9, showHidden: true });

  it('that have expired stop the run at once', async () => {
    proxy.fail('GET', failing(403, 'ExpiredToken'));
    const from = proxy.asked.length;

    await assert.rejects(store.get('key'), (error: Error) => {
      assert.match(error.message, /^The credentials have expired while reading key in s3:.*Give the workers new ones/);
      return true;
    });
    assert.equal(requestsSince(from), 1);
    proxy.fail('PUT', failing(400, 'ExpiredToken'));
    await assert.rejects(store.put('key', bytes('x')), { kind: 'stop', code: 'credentials_expired' });
  });

  it('that the server does not know, or that do not fit, are refused without being shown', async () => {
    const { keys, ...options } = server.options('faults');
    const accessKey = keys?.accessKey ?? new Secret('');
    const pairs = [
      { accessKey, secretKey: new Secret('wrongSECRETwrong') },
      { accessKey: new Secret('UNKNOWNKEY'), secretKey: new Secret('wrongSECRETwrong') },
    ];

    for (const pair of pairs) {
      await assert.rejects(openS3({ ...options, keys: pair }), (error: Error) => {
        assert.match(
          error.message,
          /^The credentials were refused while opening the bucket in s3:\/\/faults \(\w+, status 40[34]\)\. Check the keys/,
        );
        assert.doesNotMatch(everything(error), new RegExp(`wrongSECRETwrong|UNKNOWNKEY|${accessKey.reveal()}`));
        return true;
      });
      await assert.rejects(openS3({ ...options, keys: pair }), { kind: 'stop', code: 'store_refused' });
    }
  });

  it('are those that other clients find, where none are named, and are missed with a sentence', async () => {
    const { keys, ...unnamed } = server.options('faults', `place-${places}`);
    const before = { ...process.env };
    // Neither files nor the address that instances ask for their role.
    Object.assign(process.env, { HOME: server.home, AWS_EC2_METADATA_DISABLED: 'true' });
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

    assert.equal(await textOf(direct, 'key'), 'x');
  });

  it('do not help where the bucket is not there', async () => {
    const { createBucket: _, ...options } = server.options('nosuchbucket');

    await assert.rejects(openS3(options), { kind: 'stop', code: 'no_such_bucket' });
  });

  it('of the embedded server are random, lie in a file for this user alone, and are in no command line', async () => {
    const file = join(server.home, 's3', 'keys.json');
    const { keys } = server.options('faults');
    const pid: unknown = JSON.parse(await readFile(join(server.home, 'pids', 'versitygw.json'), 'utf8'));
    assert.ok(isProcessId(pid));

    const commandLine = await readFile(`/proc/${pid.pid}/cmdline`, 'utf8');

    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok((keys?.secretKey.reveal().length ?? 0) >= 40);
    assert.match(commandLine, /versitygw/);
    assert.ok(!commandLine.includes(keys?.accessKey.reveal() ?? '') && !commandLine.includes(keys?.secretKey.reveal() ?? ''));
    assert.match(commandLine, /127\.0\.0\.1:\d+/);
  });
});

describe('A large object whose upload was never finished', { timeout: 120_000 }, () => {
  it('is not there, and what was sent of it is swept away', async () => {
    proxy.fail('POST', null, ...MANY.fill(failing(500, 'InternalError')));
    proxy.fail('DELETE', failing(500, 'InternalError'));
    await assert.rejects(store.put('key', large()), { kind: 'again' });

    assert.equal(await store.stat('key'), null);
    assert.equal(await store.sweep(3_600_000), 0);
    assert.equal(await store.sweep(-1000), 1);
    assert.equal(await store.sweep(-1000), 0);
  });
});

describe('The embedded S3 server', { timeout: 120_000 }, () => {
  const PATIENT: Patience = { attempts: 60, firstWaitMs: 20, longestWaitMs: 300, attemptMs: 60_000 };
  let patient: S3Store;

  beforeEach(async () => {
    patient = await openS3({ ...server.options('faults', `place-${places}`), patience: PATIENT });
  });
  afterEach(() => patient.close());

  async function killServer(): Promise<void> {
    const pid: unknown = JSON.parse(await readFile(join(server.home, 'pids', 'versitygw.json'), 'utf8').catch(() => 'null'));
    if (isProcessId(pid) && isAlive(pid)) process.kill(pid.pid, 'SIGKILL');
  }

  it('killed while objects are written comes back by itself, with every object that was acknowledged', async () => {
    const keys = Array.from({ length: 60 }, (_, number) => `key-${String(number).padStart(2, '0')}`);

    for (const key of keys) {
      if (key === 'key-30') await killServer();
      await patient.put(key, bytes(key));
    }

    assert.deepEqual(await listed(patient.list('')), keys);
    assert.deepEqual(await Promise.all(keys.map((key) => textOf(patient, key))), keys);
  });

  it('killed again and again while one object is replaced under conditions keeps it whole, and loses no update', async () => {
    let { version } = await patient.put('count', bytes('000'), { condition: 'absent' });

    for (let count = 1; count <= 80; count += 1) {
      const written = patient.put('count', bytes(String(count).padStart(3, '0')), { condition: { version } });
      if (count % 30 === 0) await Promise.all([killServer(), written.catch(() => undefined)]);
      ({ version } = await written);
      assert.equal(await textOf(patient, 'count'), String(count).padStart(3, '0'));
    }
  });
});
