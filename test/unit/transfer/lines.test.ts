import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTail, readLines } from '../../../src/transfer/lines.ts';
import { sortUnique } from '../../../src/transfer/sort.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-lines-'));
});
after(() => rm(folder, { recursive: true, force: true }));

describe('Reading lines', () => {
  it('hands out every whole line once, and apart from them the one that was cut', async () => {
    const file = join(folder, 'log');
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} é`);
    await writeFile(file, `${lines.join('\n')}\ncut of`);

    const batches = await Array.fromAsync(readLines(file));

    assert.deepEqual(
      batches.flatMap((batch) => batch.lines),
      lines,
    );
    assert.deepEqual(
      batches.flatMap(({ torn }) => torn ?? []),
      ['cut of'],
    );
  });

  it('follows a file that grows, holding back a line until its end is there', async () => {
    const file = join(folder, 'growing');
    await writeFile(file, 'one\ntw');
    const tail = await openTail(file);
    const seen: string[] = [];

    await tail.drain((lines) => seen.push(...lines));
    await appendFile(file, 'o\nthree\n');
    await tail.drain((lines) => seen.push(...lines, 'end'));
    await tail.drain((lines) => seen.push(...lines, 'never'));
    await tail.close();

    assert.deepEqual(seen, ['one', 'two', 'three', 'end']);
  });
});

describe('Sorting lines', () => {
  const signal = new AbortController().signal;

  it('orders them by their bytes and drops repeats', async () => {
    const into = join(folder, 'sorted');
    async function* batches(): AsyncGenerator<string> {
      yield 'b\na\n';
      yield 'B\na\né\n10\n9\n';
    }

    await sortUnique(batches(), { into, scratch: folder, signal });

    assert.equal(await readFile(into, 'utf8'), '10\n9\nB\na\nb\né\n');
  });

  it('leaves the old order in place when the reading of the lines fails', async () => {
    const into = join(folder, 'kept');
    await writeFile(into, 'old\n');
    async function* batches(): AsyncGenerator<string> {
      yield 'new\n';
      throw new Error('the log vanished');
    }

    await assert.rejects(sortUnique(batches(), { into, scratch: folder, signal }), { message: 'the log vanished' });
    assert.equal(await readFile(into, 'utf8'), 'old\n');
  });

  it('says what sort said when it cannot work', async () => {
    async function* batches(): AsyncGenerator<string> {
      yield 'a\n';
    }

    await assert.rejects(sortUnique(batches(), { into: join(folder, 'none', 'sorted'), scratch: folder, signal }), {
      kind: 'again',
      code: 'sort_failed',
    });
  });
});
