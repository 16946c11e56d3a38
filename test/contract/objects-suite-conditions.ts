import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import type { Condition, ObjectStore } from '../../src/stores/objects/contract.ts';
import { bytes, listed, type NewSubject, pieces, textOf } from '../helpers/object-subject.ts';

export function conditions(subject: NewSubject): void {
  it('that must not be there yet are made once', async () => {
    const store = await (await subject()).open();
    await store.put('key', bytes('first'), { condition: 'absent' });

    const again = store.put('key', bytes('second'), { condition: 'absent' });

    await assert.rejects(again, { kind: 'replan', code: 'condition_failed' });
    assert.equal(await textOf(store, 'key'), 'first');
  });

  it('are replaced only where the version is the one that was read', async () => {
    const store = await (await subject()).open();
    const first = await store.put('key', bytes('first'));
    const second = await store.put('key', bytes('second'), { condition: { version: first.version } });

    const late = store.put('key', bytes('late'), { condition: { version: first.version } });

    await assert.rejects(late, { kind: 'replan', code: 'condition_failed' });
    assert.equal(await textOf(store, 'key'), 'second');
    assert.equal(await store.version('key'), second.version);
  });

  it('that are gone have no version any more', async () => {
    const store = await (await subject()).open();
    const { version } = await store.put('key', bytes('first'));
    await store.delete('key');

    await assert.rejects(store.put('key', bytes('second'), { condition: { version } }), { kind: 'replan', code: 'condition_failed' });

    assert.equal(await store.get('key'), null);
  });

  it('sent in parts keep their condition too', async () => {
    const store = await (await subject()).open();
    const { version } = await store.put('key', bytes('first'));

    const again = store.put('key', pieces(20, 1_000_000), { condition: 'absent' });
    await assert.rejects(again, { kind: 'replan', code: 'condition_failed' });
    const kept = await textOf(store, 'key');
    await store.put('key', pieces(20, 1_000_000), { condition: { version } });

    assert.equal(kept, 'first');
    assert.equal((await store.stat('key'))?.sizeBytes, 20_000_000);
  });

  it('have exactly one winner in each of 60 races of 8 writers', async () => {
    const { open } = await subject();
    const writers = await Promise.all(Array.from({ length: 8 }, open));
    const races: Race[] = [];

    for (let number = 0; number < 30; number += 1) {
      const created = await race(writers, `key ${number}`, 'absent');
      races.push(created, await race(writers, `key ${number}`, { version: created.version ?? '' }));
    }

    assert.deepEqual(
      races.map(({ winners }) => winners.length),
      Array(60).fill(1),
    );
    assert.deepEqual(
      races.map(({ left }) => left),
      races.map(({ winners }) => `writer ${winners[0]}`),
    );
  });
}

interface Race {
  /** Numbers of the writers that were told that they had written. */
  readonly winners: readonly number[];
  readonly version: string | null;
  /** What is there afterwards, without what all say. */
  readonly left: string | undefined;
}

async function race(writers: readonly ObjectStore[], key: string, condition: Condition): Promise<Race> {
  const said = condition === 'absent' ? 'created' : 'replaced';
  const outcomes = await Promise.all(
    writers.map(async (store, number) => {
      try {
        return await store.put(key, bytes(`${said} by writer ${number}`), { condition });
      } catch (error) {
        if (isFailure(error, 'condition_failed')) return null;
        throw error;
      }
    }),
  );
  const found = await writers[0]?.get(key);
  return {
    winners: outcomes.flatMap((outcome, number) => (outcome === null ? [] : [number])),
    version: found?.version ?? null,
    left: Buffer.from(found?.bytes ?? [])
      .toString()
      .split(`${said} by `)[1],
  };
}

export function fences(subject: NewSubject): void {
  it('do not change when the fence says no, however they would change', async () => {
    const store = await (await subject()).open();
    const { version } = await store.put('key', bytes('old'));
    const fence = () => Promise.reject(new Error('Another run holds the flow.'));
    const changes = [
      () => store.put('key', bytes('new'), { fence }),
      () => store.put('key', bytes('new'), { fence, condition: { version } }),
      () => store.put('other', bytes('new'), { fence, condition: 'absent' }),
      () => store.put('other', pieces(20, 1_000_000), { fence }),
      () => store.copy('key', 'other', { fence }),
      () => store.delete('key', { fence }),
    ];

    for (const change of changes) await assert.rejects(change, { message: 'Another run holds the flow.' });

    assert.equal(await textOf(store, 'key'), 'old');
    assert.deepEqual(await listed(store.list('')), ['key']);
    assert.equal(await store.sweep(-1000), 0, 'nothing is left unfinished');
  });

  it('change after the fence was asked, not before', async () => {
    const { open } = await subject();
    const [store, other] = [await open(), await open()];
    await store.put('key', bytes('old'));
    const seen: (string | null)[] = [];

    await store.put('key', bytes('new'), { fence: async () => void seen.push(await textOf(other, 'key')) });

    assert.deepEqual(seen, ['old']);
    assert.equal(await textOf(store, 'key'), 'new');
  });
}
