import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { probeStore } from '../../../src/stores/objects/probe.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';

const never = new AbortController().signal;

describe('the probe of a place for objects', () => {
  it('is passed by a store that keeps its contract, and leaves nothing there', async () => {
    const store = memoryObjects();

    await probeStore(store, 'one', never);

    assert.equal(store.objects.size, 0);
  });

  const memory = memoryObjects();
  const wrongs: readonly (readonly [what: string, store: ObjectStore, code: string])[] = [
    ['writes whatever the condition', { ...memory, put: (key, body) => memory.put(key, body) }, 'no_conditions'],
    [
      'keeps the condition of what is absent alone',
      { ...memory, put: (key, body, { condition } = {}) => memory.put(key, body, condition === 'absent' ? { condition } : {}) },
      'no_conditions',
    ],
    ['gives nothing back', { ...memory, get: async () => null }, 'lost_write'],
  ];
  for (const [what, store, code] of wrongs)
    it(`is not passed by a store that ${what}, and leaves nothing there`, async () => {
      await assert.rejects(probeStore(store, 'two', never), { kind: 'stop', code });

      assert.equal(memory.objects.size, 0);
    });
});
