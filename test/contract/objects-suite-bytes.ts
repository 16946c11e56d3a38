import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bytes, listed, type NewSubject, pieces, textOf } from '../helpers/object-subject.ts';

export function readingAndWriting(subject: NewSubject): void {
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

export function listing(subject: NewSubject): void {
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
