import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { folder } from '../../../src/cli/doctor-machine.ts';

describe('the doctor’s look at a folder', () => {
  const below = mkdtempSync(join(tmpdir(), 'landfall-doctor-'));
  after(() => rmSync(below, { recursive: true, force: true }));

  it('finds one that can be made, and does not make it', async () => {
    const path = join(below, 'some', 'where');

    const finding = await folder('home', path);

    assert.notEqual(finding.state, 'bad');
    assert.match(finding.found, /can be made/);
    assert.equal(existsSync(join(below, 'some')), false);
  });

  it('finds one that is there', async () => {
    const finding = await folder('home', below);

    assert.match(finding.found, /may be written/);
  });

  it('finds a file in the way, with a remedy', async () => {
    writeFileSync(join(below, 'file'), '');

    const finding = await folder('home', join(below, 'file', 'home'));

    assert.equal(finding.state, 'bad');
    assert.match(finding.found, /file is no folder/);
    assert.ok(finding.remedy);
  });

  it('finds a folder nobody may write to, with a remedy', async () => {
    const finding = await folder('home', '/proc/1/nowhere');

    assert.equal(finding.state, 'bad');
    assert.ok(finding.remedy);
  });
});
