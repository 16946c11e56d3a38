import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { readRequests, requestBytes, requestKey } from '../../../src/ooi/store/requests.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';

const ids = Array.from({ length: 50 }, (_, at) => `r${String(at).padStart(2, '0')}`);

async function recorded() {
  const objects = memoryObjects();
  for (const [at, id] of ids.entries()) {
    const consumed = {
      id,
      kind: 'append',
      requestedAt: `2024-01-01T00:00:${String(59 - at).padStart(2, '0')}Z`,
      begin: '',
      end: '',
      files: [],
    } as const;
    await objects.put(requestKey('T', id), requestBytes(consumed));
  }
  return objects;
}

describe('the requests of a generation', () => {
  it('are read a few at once, and come in the order in which they were made', async () => {
    const objects = await recorded();
    let [running, most] = [0, 0];
    const slow: ObjectStore = {
      ...objects,
      async get(key, options) {
        running += 1;
        most = Math.max(most, running);
        await setImmediate();
        running -= 1;
        return objects.get(key, options);
      },
    };

    const read = await readRequests(slow, 'T');

    assert.equal(most, 16);
    assert.deepEqual(
      read.map(({ requestedAt }) => requestedAt),
      read.map(({ requestedAt }) => requestedAt).toSorted(),
    );
    assert.deepEqual(read.map(({ id }) => id).toSorted(), ids);
  });

  it('of which one is unreadable fail with its name', async () => {
    const objects = await recorded();
    await objects.put(requestKey('T', 'r07'), Buffer.from('{}'));

    await assert.rejects(readRequests(objects, 'T'), { code: 'unreadable_record', message: /requests\/r07\.json/ });
  });
});
