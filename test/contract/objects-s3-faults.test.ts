import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { isFailure } from '../../src/errors.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { openS3 } from '../../src/stores/objects/s3.ts';
import { always, failing, faultyPlace, large, QUICK } from '../helpers/faulty-store.ts';
import { bytes, listed, textOf } from '../helpers/object-subject.ts';

const place = faultyPlace();

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
      await place().direct.put('key', bytes('content'));
      place().proxy.fail(method, failing(500, 'InternalError'), failing(503, 'SlowDown'));

      await operation(place().store);
    });
  }

  it('for longer than there is patience is left to a later run, with its code and without its words', async () => {
    place().proxy.fail('PUT', ...always(failing(500, 'InternalError')));
    const from = place().proxy.asked.length;

    const putting = place().store.put('key', bytes('x'));

    await assert.rejects(putting, (error: Error) => {
      assert.match(error.message, /^The server failed while writing key in s3:\/\/faults\/place-\d+ \(InternalError, status 500\)\./);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /AKIDEXAMPLE/);
      return true;
    });
    await assert.rejects(putting, { kind: 'again', code: 'store_error' });
    assert.equal(place().proxy.asked.length - from, QUICK.attempts);
    assert.deepEqual(await listed(place().direct.list('')), []);
  });

  it('and says for how long is not asked before', async () => {
    place().proxy.fail('GET', failing(503, 'SlowDown', { 'retry-after': '120' }));
    const from = place().proxy.asked.length;

    await assert.rejects(place().store.get('key'), { kind: 'again', code: 'store_busy', retryAfterMs: 120_000 });

    assert.equal(place().proxy.asked.length - from, 1);
  });

  it('with a page for people where a list was asked for is asked again', async () => {
    await place().direct.put('key', bytes('x'));
    place().proxy.fail('GET', { kind: 'page' });

    assert.deepEqual(await listed(place().store.list('')), ['key']);
  });

  it('does not keep a cancelled call waiting', async () => {
    const cancel = new AbortController();
    const patient = await openS3({
      ...place().options,
      endpoint: place().proxy.endpoint,
      patience: { ...QUICK, firstWaitMs: 1e9, longestWaitMs: 1e9 },
    });
    place().proxy.fail('GET', ...always(failing(500, 'InternalError')));

    const getting = patient.get('key', { signal: cancel.signal });
    cancel.abort(new Error('The run was cancelled.'));

    await assert.rejects(getting, { message: 'The run was cancelled.' });
    patient.close();
  });

  it('is asked again only while the fence still allows it', async () => {
    place().proxy.fail('PUT', ...always(failing(500, 'InternalError')));
    let asked = 0;
    const fence = async () => {
      asked += 1;
      if (asked === 3) throw new Error('Another run holds the flow.');
    };

    await assert.rejects(place().store.put('key', bytes('x'), { fence }), { message: 'Another run holds the flow.' });
  });
});

describe('A connection to an S3 server', { timeout: 120_000 }, () => {
  const content = randomBytes(300_000);

  for (const kind of ['cut answer', 'damage answer', 'lose answer'] as const) {
    it(`that has this fault gives the right bytes at the next attempt: ${kind}`, async () => {
      await place().direct.put('key', content);
      place().proxy.fail('GET', { kind }, { kind });

      const found = await place().store.get('key');

      assert.ok(found !== null && content.equals(found.bytes));
    });
  }

  for (const [what, body] of [
    ['in one piece', content],
    ['in parts', large()],
  ] as const) {
    it(`that damages what is sent ${what} stores nothing of it, and then the right bytes`, async () => {
      await place().direct.put('key', bytes('old'));
      place().proxy.fail('PUT', ...always({ kind: 'damage request' }));
      await assert.rejects(place().store.put('key', body), (error) => isFailure(error) && error.kind === 'again');
      const between = await textOf(place().direct, 'key');
      place().proxy.fail('PUT', { kind: 'damage request' });

      await place().store.put('key', body);

      assert.equal(between, 'old');
      assert.ok(Buffer.from(body).equals((await place().direct.get('key'))?.bytes ?? new Uint8Array()));
    });
  }

  it('that cuts every answer gives a failure, never half an object', async () => {
    await place().direct.put('key', content);
    place().proxy.fail('GET', ...always({ kind: 'cut answer' }));

    await assert.rejects(place().store.get('key'), { kind: 'again' });
    await assert.rejects(place().store.getRange('key', { offset: 0, length: 200_000 }), { kind: 'again' });
  });

  it('that breaks while an object is sent leaves the old one, and then the new one', async () => {
    await place().direct.put('key', bytes('old'));
    place().proxy.fail('PUT', ...always({ kind: 'cut request' }));
    await assert.rejects(place().store.put('key', content), { kind: 'again', code: 'store_unreachable' });
    const between = await textOf(place().direct, 'key');
    place().proxy.fail('PUT', { kind: 'cut request' });

    await place().store.put('key', content);

    assert.equal(between, 'old');
    assert.ok(content.equals((await place().direct.get('key'))?.bytes ?? new Uint8Array()));
  });

  it('on which nothing comes, or only a byte now and then, is given up', async () => {
    await place().direct.put('key', content);
    const hasty = await openS3({
      ...place().options,
      patience: { ...QUICK, attempts: 2, attemptMs: 300 },
      endpoint: place().proxy.endpoint,
    });
    for (const kind of ['silence', 'trickle'] as const) {
      place().proxy.fail('GET', ...always({ kind }));
      const from = place().proxy.asked.length;

      await assert.rejects(hasty.getRange('key', { offset: 0, length: 1000 }), { kind: 'again', code: 'store_unreachable' }, kind);

      assert.equal(place().proxy.asked.length - from, 2);
    }
    hasty.close();
  });

  it('that nobody takes is a server out of reach; that may pass', async () => {
    const nowhere = { ...place().options, endpoint: 'http://127.0.0.1:1', patience: QUICK };

    await assert.rejects(openS3(nowhere), (error: Error) => {
      assert.match(error.message, /^The server did not answer while opening the bucket in s3:\/\/faults\/place-\d+ \(ECONNREFUSED\)/);
      return true;
    });
    await assert.rejects(openS3(nowhere), { kind: 'again', code: 'store_unreachable' });
  });
});
