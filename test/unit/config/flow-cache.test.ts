import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { FlowCache } from '../../../src/config/flow-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'landfall-flows-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let parsed = 0;
/** Counts the files that are parsed. */
const counting = {
  kind: 'argo',
  schema: argoFlowSchema,
  formOf: () => {
    parsed += 1;
    return argoFlowSchema;
  },
};
const write = (name: string, mirror: string): void =>
  writeFileSync(join(folder, `${name}.yaml`), `name: ${name}\nkind: argo\nupstream: { rsync: "h::argo" }\nmirror: ${mirror}\n`);

describe('a process that asks for its flows again and again', () => {
  it('parses a file again only when it has changed, and sees every change', async () => {
    write('one', '/data/one');
    write('two', '/data/two');
    const cache = new FlowCache(folder, [counting]);
    await Promise.all(Array.from({ length: 20 }, () => cache.find('one')));
    const first = parsed;
    const same = await cache.reads();
    write('one', '/data/uno');

    const { flow } = await cache.find('one');

    assert.equal(first, 2);
    assert.equal(flow.mirror, '/data/uno');
    assert.equal(parsed, 3);
    assert.notEqual(await cache.reads(), same);
  });

  it('sees a second file of the same name, whoever asks', async () => {
    const cache = new FlowCache(folder, [counting]);
    await cache.find('one');
    writeFileSync(join(folder, 'uno.yaml'), 'name: one\nkind: argo\nupstream: { rsync: "h::argo" }\nmirror: /data/3\n');

    await assert.rejects(cache.find('one'), { message: /name is "one", which .*one\.yaml has too/ });

    rmSync(join(folder, 'uno.yaml'));
    assert.equal((await cache.find('one')).flow.name, 'one');
  });

  it('sees a new flow, and one that has another name now', async () => {
    const cache = new FlowCache(folder, [counting]);
    await cache.find('one');
    write('three', '/data/three');

    assert.equal((await cache.find('three')).flow.mirror, '/data/three');

    writeFileSync(join(folder, 'three.yaml'), 'name: four\nkind: argo\nupstream: { rsync: "h::argo" }\nmirror: /data/four\n');
    assert.equal((await cache.find('four')).flow.mirror, '/data/four');
    await assert.rejects(cache.find('three'), { message: /no flow has the name "three"/ });
    rmSync(join(folder, 'three.yaml'));
  });

  it('gives the same array while nothing changes, and forgets a file that has gone', async () => {
    const cache = new FlowCache(folder, [counting]);
    const before = await cache.reads();

    assert.equal(await cache.reads(), before);

    rmSync(join(folder, 'two.yaml'));
    await assert.rejects(cache.find('two'), { message: /no flow has the name "two"/ });
    assert.equal((await cache.reads()).length, 1);
  });
});
