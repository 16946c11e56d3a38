import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure } from '../../../src/errors.ts';
import { chunksIn } from '../../../src/stores/objects/chunks.ts';
import { counted } from '../../../src/stores/objects/counted.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';
import { publishLink, readPublished } from '../../../src/stores/objects/disk-link.ts';
import { badKey } from '../../../src/stores/objects/keys.ts';
import { inParts } from '../../../src/stores/objects/parts.ts';
import { type Patience, repeated } from '../../../src/stores/objects/retry.ts';
import { s3Failure } from '../../../src/stores/objects/s3-failures.ts';
import { fc } from '../../helpers/properties.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-objects-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('A key', () => {
  it('that is allowed stays below any folder that it is joined to', () => {
    const parts = fc.array(fc.oneof(fc.constantFrom('.', '..', '', '/', '\\', 'a', '\0'), fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(parts, (made) => {
        const key = made.join('/');
        fc.pre(badKey(key) === null);
        assert.equal(join('/srv/store', key), `/srv/store/${key}`);
        assert.doesNotMatch(key, /[\0-\x1f\x7f]/);
      }),
    );
  });

  it('of a Zarr store is allowed', () => {
    for (const key of ['.zmetadata', '.zgroup', 'time/.zarray', 'time/0', 'spectra/12.0', 'CE02SHBP-LJ01D-06-CTDBPN106/time/0'])
      assert.equal(badKey(key), null);
  });
});

describe('A body in parts', () => {
  const collect = async (body: Uint8Array | AsyncIterable<Uint8Array>, partBytes: number) => Array.fromAsync(inParts(body, partBytes));

  it('is the same bytes in the same order, every part but the last of one size', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 16 }), async (given, partBytes) => {
        async function* stream() {
          yield* given;
        }
        const whole = Buffer.concat(given);

        for (const parts of [await collect(stream(), partBytes), await collect(whole, partBytes)]) {
          assert.ok(Buffer.concat(parts).equals(whole));
          assert.ok(parts.slice(0, -1).every(({ byteLength }) => byteLength === partBytes));
          assert.ok(parts.every(({ byteLength }) => byteLength > 0));
        }
      }),
    );
  });
});

describe('A request that is repeated', () => {
  const patience: Patience = { attempts: 3, firstWaitMs: 1, longestWaitMs: 2, attemptMs: 60_000 };
  const passing = new Failure({ kind: 'again', code: 'store_error', happened: 'x' });
  const attemptsAt = async (failure: unknown, more = {}) => {
    let attempts = 0;
    const asking = repeated({ patience, signal: undefined, failureOf: (error) => error, ...more }, async () => {
      attempts += 1;
      throw failure;
    });
    await assert.rejects(asking);
    return attempts;
  };

  it('is given up after the last attempt, and at once when there is no point in another', async () => {
    assert.equal(await attemptsAt(passing), 3);
    assert.equal(await attemptsAt(new Failure({ kind: 'stop', code: 'x', happened: 'x' })), 1);
    assert.equal(await attemptsAt(new Failure({ kind: 'replan', code: 'x', happened: 'x' })), 1);
    assert.equal(await attemptsAt(new Failure({ kind: 'again', code: 'x', happened: 'x', retryAfterMs: 60_000 })), 1);
    assert.equal(await attemptsAt(new TypeError('a mistake of ours')), 1);
  });
});

describe('An answer of an S3 server', () => {
  const on = { place: 's3://bucket', key: 'key' };
  const kindOf = (code: string, httpStatusCode: number) => {
    const failure = s3Failure(Object.assign(new Error('secret words'), { name: code, $metadata: { httpStatusCode } }), 'reading', on);
    assert.ok(failure instanceof Failure);
    assert.doesNotMatch(failure.message, /secret words/);
    assert.equal(failure.cause, undefined);
    return `${failure.kind} ${failure.code}`;
  };
  const cases: readonly (readonly [string, number, string])[] = [
    ['InternalError', 500, 'again store_error'],
    ['ServiceUnavailable', 503, 'again store_busy'],
    ['SlowDown', 503, 'again store_busy'],
    ['TooManyRequests', 429, 'again store_busy'],
    ['BadDigest', 400, 'again store_error'],
    ['RequestTimeout', 400, 'again store_error'],
    ['ConditionalRequestConflict', 409, 'again store_error'],
    ['QuotaExceeded', 403, 'again store_full'],
    ['InsufficientStorage', 507, 'again store_full'],
    ['AccessDenied', 403, 'stop store_refused'],
    ['SignatureDoesNotMatch', 403, 'stop store_refused'],
    ['ExpiredToken', 400, 'stop credentials_expired'],
    ['ExpiredToken', 403, 'stop credentials_expired'],
    ['NoSuchBucket', 404, 'stop no_such_bucket'],
    ['PermanentRedirect', 301, 'stop wrong_region'],
    ['AuthorizationHeaderMalformed', 400, 'stop wrong_region'],
    ['ObjectParentIsFile', 409, 'stop key_is_folder'],
    ['InvalidArgument', 400, 'stop bad_request'],
  ];
  for (const [code, status, expected] of cases) {
    it(`${code} with status ${status} is ${expected}`, () => assert.equal(kindOf(code, status), expected));
  }

  it('is not made of a mistake of ours', () => {
    const mistake = new TypeError('x is not a function');

    assert.equal(s3Failure(mistake, 'reading', on), mistake);
  });
});

describe('A change under a fence', () => {
  it('is not made once the fence says no', async () => {
    const store = await openDisk({ folder });
    await store.put('key', Buffer.from('old'));
    const fence = async () => {
      throw new Error('Another run holds the flow.');
    };

    await assert.rejects(store.put('key', Buffer.from('new'), { fence }), { message: 'Another run holds the flow.' });
    await assert.rejects(store.copy('key', 'other', { fence }), { message: 'Another run holds the flow.' });
    await assert.rejects(store.delete('key', { fence }), { message: 'Another run holds the flow.' });

    assert.equal(Buffer.from((await store.get('key'))?.bytes ?? []).toString(), 'old');
    assert.equal(await store.get('other'), null);
  });
});

describe('A folder of objects as chunks of a Zarr store', () => {
  it('has its own keys, and leaves what lies beside it alone', async () => {
    const store = await openDisk({ folder });
    await store.put('CTD2/time/0', Buffer.from('beside'));
    const chunks = chunksIn(store, 'CTD');
    await chunks.set('time/0', Buffer.from('a'));
    await chunks.set('.zmetadata', Buffer.from('b'));

    const keys = await Array.fromAsync(chunks.list?.('') ?? []);
    await chunks.delete('time/0');

    assert.deepEqual(keys, ['.zmetadata', 'time/0']);
    assert.equal(await chunks.get('time/0'), null);
    assert.equal(Buffer.from((await store.get('CTD/.zmetadata'))?.bytes ?? []).toString(), 'b');
  });
});

describe('A counted store', () => {
  it('says what has gone through it', async () => {
    const { store, traffic } = counted(await openDisk({ folder }));
    await store.put('key', Buffer.from('12345'));
    await store.get('key');
    await store.get('none');
    await store.getRange('key', { offset: 1, length: 2 });
    await store.copy('key', 'copy');
    await store.delete('key');
    await assert.rejects(store.put('../x', Buffer.from('12345')));

    assert.deepEqual(traffic(), { gets: 3, readBytes: 7, puts: 1, writtenBytes: 5, copies: 1, deletes: 1 });
  });
});

describe('A published link', () => {
  const link = () => ({ folder, name: 'CTD' });

  it('names one generation after the other, and only for who knows the one that is published', async () => {
    await (await openDisk({ folder: join(folder, '.generations/CTD/1') })).put('key', Buffer.from('one'));
    await (await openDisk({ folder: join(folder, '.generations/CTD/2') })).put('key', Buffer.from('two'));
    await publishLink(link(), { target: '.generations/CTD/1', replaces: null });
    const reader = await openDisk({ folder: join(folder, 'CTD'), followLink: true });

    await publishLink(link(), { target: '.generations/CTD/2', replaces: '.generations/CTD/1' });
    await publishLink(link(), { target: '.generations/CTD/2', replaces: '.generations/CTD/1' });
    const late = publishLink(link(), { target: '.generations/CTD/3', replaces: '.generations/CTD/1' });

    await assert.rejects(late, { kind: 'replan', code: 'condition_failed' });
    assert.equal(await readPublished(link()), '.generations/CTD/2');
    assert.equal(Buffer.from((await reader.get('key'))?.bytes ?? []).toString(), 'one', 'who opened it before stays there');
    const next = await openDisk({ folder: join(folder, 'CTD'), followLink: true });
    assert.equal(Buffer.from((await next.get('key'))?.bytes ?? []).toString(), 'two');
  });

  it('leads nowhere else, stands in for no folder, and is not changed when the fence says no', async () => {
    await (await openDisk({ folder: join(folder, 'CTD') })).put('key', Buffer.from('theirs'));
    const fence = () => Promise.reject(new Error('Another run holds the flow.'));

    await assert.rejects(publishLink(link(), { target: 'x', replaces: null }), { kind: 'stop', code: 'not_a_link' });
    await assert.rejects(publishLink({ folder, name: 'A' }, { target: '../outside', replaces: null }), { kind: 'stop', code: 'bad_key' });
    await assert.rejects(publishLink({ folder, name: 'A' }, { target: 'x', replaces: null, fence }), {
      message: 'Another run holds the flow.',
    });

    assert.equal(await readPublished({ folder, name: 'A' }), null);
  });
});
