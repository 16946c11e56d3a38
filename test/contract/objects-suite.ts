import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import type { Condition, ListedObject, ObjectStore } from '../../src/stores/objects/contract.ts';

/** What a store must give to be held against the contract. */
export interface Subject {
  /** Opens the same empty place as often as it is asked; each test has its own place. */
  open(): Promise<ObjectStore>;
}

export type NewSubject = () => Promise<Subject>;

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const textOf = async (store: ObjectStore, key: string): Promise<string | null> => {
  const found = await store.get(key);
  return found === null ? null : Buffer.from(found.bytes).toString();
};
export const listed = async (objects: AsyncIterable<ListedObject>): Promise<readonly string[]> =>
  (await Array.fromAsync(objects)).map(({ key }) => key);

async function* pieces(count: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < count; number += 1) yield new Uint8Array(sizeBytes).fill(number);
}

/** The whole contract, as tests of one implementation. */
export function objectStoreContract(name: string, subject: NewSubject): void {
  describe(`Objects ${name}`, { timeout: 120_000 }, () => {
    readingAndWriting(subject);
    listing(subject);
    conditions(subject);
    copyingAndDeleting(subject);
    names(subject);
    fences(subject);
  });
}

function readingAndWriting(subject: NewSubject): void {
  it('are read back as they were written, also by another who opens the place later', async () => {
    const { open } = await subject();
    const content = Uint8Array.from({ length: 256 }, (_, at) => at);

    const stored = await (await open()).put('a/b/c', content);
    const found = await (await open()).get('a/b/c');

    assert.deepEqual(found && new Uint8Array(found.bytes), content);
    assert.equal(stored.sizeBytes, 256);
    assert.equal(found?.sizeBytes, 256);
    assert.equal(found?.version, stored.version);
  });

  it('that are not there are null to every question, and so is what lies below an object', async () => {
    const store = await (await subject()).open();
    await store.put('file', bytes('x'));

    const answers = await Promise.all(
      ['none', 'none/deeper', 'file/deeper'].flatMap((key) => [
        store.get(key),
        store.getRange(key, { offset: 0, length: 1 }),
        store.stat(key),
        store.version(key),
      ]),
    );

    assert.ok(answers.every((answer) => answer === null));
  });

  it('may be empty', async () => {
    const store = await (await subject()).open();

    await store.put('nothing', new Uint8Array());

    assert.equal(await textOf(store, 'nothing'), '');
    assert.equal((await store.stat('nothing'))?.sizeBytes, 0);
  });

  it('are replaced whole, and get another version', async () => {
    const store = await (await subject()).open();
    const first = await store.put('key', bytes('a longer text'));

    const second = await store.put('key', bytes('short'));

    assert.equal(await textOf(store, 'key'), 'short');
    assert.notEqual(first.version, second.version);
    assert.equal(await store.version('key'), second.version);
  });

  it('written twice with the same bytes are the same', async () => {
    const store = await (await subject()).open();
    const first = await store.put('key', bytes('same'));

    const second = await store.put('key', bytes('same'));

    assert.equal(first.version, second.version);
  });

  it('come in ranges: exactly the bytes asked for, or a failure where the object ends before', async () => {
    const store = await (await subject()).open();
    await store.put('key', bytes('0123456789'));

    const middle = await store.getRange('key', { offset: 3, length: 4 });
    const end = await store.getRange('key', { offset: 9, length: 1 });

    assert.equal(Buffer.from(middle ?? []).toString(), '3456');
    assert.equal(Buffer.from(end ?? []).toString(), '9');
    await assert.rejects(store.getRange('key', { offset: 8, length: 3 }), { kind: 'replan', code: 'short_read' });
    await assert.rejects(store.getRange('key', { offset: 10, length: 1 }), { kind: 'replan', code: 'short_read' });
    await assert.rejects(store.getRange('key', { offset: 0, length: 0 }), { kind: 'stop', code: 'bad_range' });
  });

  it('say their size and time without being read', async () => {
    const store = await (await subject()).open();
    const before = Date.now();
    await store.put('key', bytes('12345'));

    const stat = await store.stat('key');

    assert.equal(stat?.sizeBytes, 5);
    assert.ok(Math.abs((stat?.modifiedAt.getTime() ?? 0) - before) < 60_000, 'about now');
  });

  it('of many megabytes may come as a stream of unknown length', async () => {
    const store = await (await subject()).open();

    const stored = await store.put('large', pieces(40, 700_001));
    const last = await store.getRange('large', { offset: 40 * 700_001 - 2, length: 2 });
    const across = await store.getRange('large', { offset: 20 * 700_001 - 1, length: 2 });

    assert.equal(stored.sizeBytes, 40 * 700_001);
    assert.equal((await store.stat('large'))?.sizeBytes, 40 * 700_001);
    assert.equal(await store.version('large'), stored.version);
    assert.deepEqual([...(last ?? [])], [39, 39]);
    assert.deepEqual([...(across ?? [])], [19, 20]);
  });

  it('whose stream breaks off are not written, and the old one stays', async () => {
    const store = await (await subject()).open();
    await store.put('key', bytes('old'));
    const broken = async function* () {
      yield* pieces(20, 1_000_000);
      throw new Error('the source broke off');
    };

    await assert.rejects(store.put('key', broken()), { message: 'the source broke off' });

    assert.equal(await textOf(store, 'key'), 'old');
    assert.deepEqual(await listed(store.list('')), ['key']);
    assert.equal(await store.sweep(-1000), 0, 'nothing is left unfinished');
  });

  it('larger than is wanted are not taken into memory', async () => {
    const store = await (await subject()).open();
    await store.put('key', bytes('12345'));

    assert.equal((await store.get('key', { limitBytes: 5 }))?.sizeBytes, 5);
    await assert.rejects(store.get('key', { limitBytes: 4 }), { kind: 'stop', code: 'object_too_large' });
  });

  it('are seen whole by readers while they are replaced', async () => {
    const { open } = await subject();
    const [writer, reader] = [await open(), await open()];
    const contents = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await writer.put('key', bytes(contents[0] ?? ''));

    let isWriting = true;
    const writing = (async () => {
      for (let turn = 0; turn < 12; turn += 1) await writer.put('key', bytes(contents[turn % 2] ?? ''));
      isWriting = false;
    })();
    const seen = new Set<string>();
    while (isWriting) seen.add((await textOf(reader, 'key')) ?? 'absent');
    await writing;

    assert.deepEqual(
      [...seen].filter((text) => !contents.includes(text)),
      [],
    );
  });

  it('are not touched when the call was cancelled, and the reason is passed on', async () => {
    const store = await (await subject()).open();
    const signal = AbortSignal.abort(new Error('The run was cancelled.'));

    await assert.rejects(store.put('key', bytes('x'), { signal }), { message: 'The run was cancelled.' });

    assert.equal(await store.get('key'), null);
  });
}

function listing(subject: NewSubject): void {
  it('are listed by the beginning of their names, in the order of the bytes', async () => {
    const store = await (await subject()).open();
    const keys = ['a', 'b-c', 'b/c/d', 'b/c0', 'b0', 'time/.zarray', 'time/0', 'time/10', 'time/2', 'z', 'ünï 1+2%20&<>', '\ufb00', '😀'];
    for (const key of keys.toReversed()) await store.put(key, bytes(key));

    assert.deepEqual(await listed(store.list('')), keys);
    assert.deepEqual(await listed(store.list('b')), ['b-c', 'b/c/d', 'b/c0', 'b0']);
    assert.deepEqual(await listed(store.list('b/')), ['b/c/d', 'b/c0']);
    assert.deepEqual(await listed(store.list('b/c/d')), ['b/c/d']);
    assert.deepEqual(await listed(store.list('time/1')), ['time/10']);
    assert.deepEqual(await listed(store.list('nothing/here')), []);
    assert.equal(await textOf(store, 'ünï 1+2%20&<>'), 'ünï 1+2%20&<>');
  });

  it('are listed with their sizes, over several pages', async () => {
    const store = await (await subject()).open();
    const keys = Array.from({ length: 30 }, (_, number) => `many/${String(number).padStart(2, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, bytes(key))));

    const found = await Array.fromAsync(store.list('many/'));

    assert.deepEqual(
      found.map(({ key }) => key),
      keys,
    );
    assert.ok(found.every(({ sizeBytes }) => sizeBytes === 7));
  });
}

function conditions(subject: NewSubject): void {
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

function copyingAndDeleting(subject: NewSubject): void {
  it('are copied within their place, and then live apart', async () => {
    const store = await (await subject()).open();
    await store.put('old/key', bytes('content'));
    await store.put('new/key', bytes('something else'));

    await store.copy('old/key', 'new/key');
    await store.copy('old/key', 'new/key');
    await store.put('old/key', bytes('changed'));

    assert.equal(await textOf(store, 'new/key'), 'content');
    assert.equal(await textOf(store, 'old/key'), 'changed');
    assert.deepEqual(await listed(store.list('')), ['new/key', 'old/key']);
    await assert.rejects(store.copy('none', 'new/key'), { kind: 'replan', code: 'no_such_object' });
    assert.equal(await textOf(store, 'new/key'), 'content');
  });

  it('are deleted once, and deleting them again is no error', async () => {
    const store = await (await subject()).open();
    await store.put('a/b/key', bytes('x'));
    await store.put('a/other', bytes('y'));

    await store.delete('a/b/key');
    await store.delete('a/b/key');
    await store.delete('never/there');

    assert.equal(await store.get('a/b/key'), null);
    assert.deepEqual(await listed(store.list('')), ['a/other']);
  });

  it('leave no folder behind that would be in the way of an object', async () => {
    const store = await (await subject()).open();
    await store.put('a/b/key', bytes('x'));
    await store.delete('a/b/key');

    await store.put('a', bytes('now an object'));

    assert.equal(await textOf(store, 'a'), 'now an object');
  });

  it('deleted and written side by side in one folder do not disturb each other', async () => {
    const { open } = await subject();
    const store = await open();

    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let turn = 0; turn < 6; turn += 1) {
          await store.put(`deep/er/${writer}`, bytes('x'));
          if (turn < 5) await store.delete(`deep/er/${writer}`);
        }
      }),
    );

    assert.equal((await listed(store.list('deep/'))).length, 6);
  });
}

function names(subject: NewSubject): void {
  it('never have a name that leads out of the place or means something to a shell or a terminal', async () => {
    const store = await (await subject()).open();
    const bad = [
      '',
      '/etc/passwd',
      '../up',
      'a/../../up',
      'a/./b',
      'a//b',
      'a/',
      '.',
      '..',
      'line\nbreak',
      'nul\0',
      'esc\u001b[2J',
      'a\\b',
      '\ud800',
    ];

    for (const key of [...bad, 'x'.repeat(256), `${'abc/'.repeat(300)}x`, '.landfall-lock']) {
      await assert.rejects(store.put(key, bytes('x')), { kind: 'stop', code: 'bad_key' }, JSON.stringify(key));
      await assert.rejects(store.get(key), { code: 'bad_key' }, JSON.stringify(key));
      await assert.rejects(store.delete(key), { code: 'bad_key' }, JSON.stringify(key));
      await assert.rejects(store.copy('good', key), { code: 'bad_key' }, JSON.stringify(key));
      await assert.rejects(store.copy(key, 'good'), { code: 'bad_key' }, JSON.stringify(key));
    }
    await assert.rejects(listed(store.list('../')), { kind: 'stop', code: 'bad_key' });

    assert.deepEqual(await listed(store.list('')), []);
  });

  it('are never both an object and a folder of others', async () => {
    const store = await (await subject()).open();
    await store.put('file', bytes('x'));
    await store.put('folder/file', bytes('y'));

    await assert.rejects(store.put('file/below', bytes('z')), { kind: 'stop', code: 'key_is_folder' });
    await assert.rejects(store.put('folder', bytes('z')), { kind: 'stop', code: 'key_is_folder' });

    assert.equal(await store.get('folder'), null);
    assert.deepEqual(await listed(store.list('')), ['file', 'folder/file']);
  });
}

function fences(subject: NewSubject): void {
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
