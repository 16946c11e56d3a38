import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isAlive, isProcessId } from '../../src/embedded/liveness.ts';
import type { Patience } from '../../src/stores/objects/retry.ts';
import { openS3, type S3Store } from '../../src/stores/objects/s3.ts';
import { faultyPlace } from '../helpers/faulty-store.ts';
import { bytes, listed, textOf } from '../helpers/object-subject.ts';

const place = faultyPlace();

describe('The embedded S3 server', { timeout: 120_000 }, () => {
  const PATIENT: Patience = { attempts: 60, firstWaitMs: 20, longestWaitMs: 300, attemptMs: 60_000 };
  let patient: S3Store;

  beforeEach(async () => {
    patient = await openS3({ ...place().options, patience: PATIENT });
  });
  afterEach(() => patient.close());

  async function killServer(): Promise<void> {
    const pid: unknown = JSON.parse(await readFile(join(place().server.home, 'pids', 'versitygw.json'), 'utf8').catch(() => 'null'));
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
