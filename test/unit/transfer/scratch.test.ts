import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inScratchFolder, openScratchFolder } from '../../../src/transfer/scratch.ts';

const root = mkdtempSync(join(tmpdir(), 'landfall-scratch-'));
after(() => rmSync(root, { recursive: true }));

const settings = (name: string) => ({ parent: join(root, name), prefix: 'scratch-', leftBehindMs: 60_000 });

describe('a scratch folder', () => {
  it('is the attempt’s own: one that was taken for dead neither writes into it nor takes it away', async () => {
    const dead = await openScratchFolder(settings('two'));
    const alive = await openScratchFolder(settings('two'));
    writeFileSync(join(alive.folder, 'planned.sorted'), 'whole');

    await dead.remove();

    assert.notEqual(dead.folder, alive.folder);
    assert.deepEqual(readdirSync(alive.folder), ['planned.sorted']);
  });

  it('goes when the work has ended, or failed', async () => {
    await inScratchFolder(settings('ended'), async (folder) => writeFileSync(join(folder, 'list'), 'x'));
    await assert.rejects(
      inScratchFolder(settings('ended'), () => Promise.reject(new Error('broken'))),
      /broken/,
    );

    assert.deepEqual(readdirSync(join(root, 'ended')), []);
  });

  it('takes what a killed process left along, and nothing else', async () => {
    const { parent } = settings('left');
    const long = new Date(Date.now() - 120_000);
    for (const name of ['scratch-dead', 'scratch-at-work', 'somebodys']) mkdirSync(join(parent, name), { recursive: true });
    for (const name of ['scratch-dead', 'somebodys']) utimesSync(join(parent, name), long, long);

    await inScratchFolder(settings('left'), async () => undefined);

    assert.deepEqual(readdirSync(parent).toSorted(), ['scratch-at-work', 'somebodys']);
  });
});
