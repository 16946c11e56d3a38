import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGdac } from '../../standins/gdac/gdac.ts';
import { type Command, commandIn } from '../helpers/command.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

describe('landfall argo translate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-translate-'));
  const landfall: Command = commandIn(folder, {});
  let tree: string;
  before(async () => {
    const gdac = await startGdac({ folder: join(folder, 'gdac'), floats: 12, cyclesPerFloat: 12, seed: 9 });
    tree = gdac.tree;
    await gdac.stop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const parsed = (stdout: string): readonly Record<string, unknown>[] => stdout.split('\n').map((line) => JSON.parse(line));

  it('prints a line a profile of a whole tree, every one a document with its description or a rejection', async () => {
    const { exit, stdout, stderr } = await landfall(`argo translate --root ${tree}`);

    const lines = parsed(stdout);
    const shapes = new Set(lines.map((line) => Object.keys(line).join()));
    assert.equal(exit, 0, stderr);
    assert.ok(lines.length > 100);
    assert.deepEqual([...shapes].toSorted(), ['files,argo,argoMeta', 'files,rejected']);
  });

  it('takes files relative to the root and absolute ones, and makes the same of both', async () => {
    const file = globSync('*/*/profiles/[RD]*.nc', { cwd: tree }).toSorted()[0] ?? '';

    const relative = await landfall(`argo translate --root ${tree} ${file}`);
    const absolute = await landfall(`argo translate --root ${tree} ${join(tree, file)}`);

    const withoutTime = (text: string): string => text.replaceAll(/"\$date":"[^"]*"/g, '');
    assert.equal(relative.exit, 0, relative.stderr);
    assert.deepEqual(parsed(relative.stdout)[0]?.files, [file]);
    assert.equal(withoutTime(absolute.stdout), withoutTime(relative.stdout));
  });

  it('rejects a damaged file with its reason, and goes on', async () => {
    mkdirSync(join(folder, 'small', 'aoml', '13857', 'profiles'), { recursive: true });
    for (const cycle of ['001', '002']) writeFileSync(join(folder, 'small', 'aoml', '13857', 'profiles', `R13857_${cycle}.nc`), 'CDF');

    const { exit, stdout } = await landfall('argo translate --root small');

    const codes = parsed(stdout).map(({ rejected }) => Object(rejected).code);
    assert.deepEqual([exit, codes], [0, ['unreadable_file', 'unreadable_file']]);
  });

  it('says in a sentence that a file lies outside of the root', async () => {
    const { exit, stdout, stderr } = await landfall(`argo translate --root ${tree} /etc/hostname`);

    assert.equal(exit, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^\/etc\/hostname is not a profile file below .*--root\.$/);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [main, 'argo', 'translate', '--root', tree], { stdio: ['ignore', 'pipe', 'pipe'] });
    const gone = once(child, 'exit');
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));

    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await gone;

    assert.equal(code, 0);
    assert.equal(stderr, '');
  });
});
