import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bytes, listed, type NewSubject, textOf } from '../helpers/object-subject.ts';

export function copyingAndDeleting(subject: NewSubject): void {
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

export function names(subject: NewSubject): void {
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
