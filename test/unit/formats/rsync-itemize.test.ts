import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseItem } from '../../../src/formats/rsync/itemize.ts';
import { readName, unescapeName } from '../../../src/formats/rsync/names.ts';
import { fc } from '../../helpers/properties.ts';

const P = 'aoml/13857/profiles/R13857_001.nc';

describe('A line of rsync --itemize-changes', () => {
  for (const flags of [
    '>f+++++++++',
    '>f.st......',
    '>f..t......',
    '>fcst......',
    '>f..T......',
    '.f..t......',
    '.f?????????',
    'cf+++++++++',
    '>f..t.... .',
  ]) {
    it(`"${flags}" is an update of the file`, () => {
      assert.deepEqual(parseItem(`${flags} ${P}`), { kind: 'update', name: P, problem: null });
    });
  }

  for (const flags of ['.f...p.....', '.f....o....', '.f....og...', '.f         ', '.f.........', '.f......u..', '.f........x']) {
    it(`"${flags}" changes no more than attributes`, () => {
      assert.deepEqual(parseItem(`${flags} ${P}`), { kind: 'attributes', name: P, problem: null });
    });
  }

  for (const line of ['cd+++++++++ meds/4902540/', '.d..t...... meds/4902540/']) {
    it(`"${line}" is a folder`, () => {
      assert.deepEqual(parseItem(line), { kind: 'folder', name: 'meds/4902540/', problem: null });
    });
  }

  it('takes the name to the end of the line, blanks and all', () => {
    assert.deepEqual(parseItem('>f+++++++++  a  b (copy).nc '), { kind: 'update', name: ' a  b (copy).nc ', problem: null });
  });

  it('separates a symbolic link from its target', () => {
    assert.deepEqual(parseItem('cL+++++++++ a/b.nc -> ../../etc'), { kind: 'link', name: 'a/b.nc', problem: null, target: '../../etc' });
  });

  it('reads a hard link as an update of its own name', () => {
    assert.deepEqual(parseItem(`hf+++++++++ ${P} => other.nc`), { kind: 'update', name: P, problem: null });
  });

  it('tells devices and sockets from files', () => {
    assert.deepEqual(parseItem('cD+++++++++ dev/null'), { kind: 'special', name: 'dev/null', problem: null });
    assert.deepEqual(parseItem('cS+++++++++ a.sock'), { kind: 'special', name: 'a.sock', problem: null });
  });

  it('reads deletions of files and of folders', () => {
    assert.deepEqual(parseItem(`*deleting   ${P}`), { kind: 'delete', name: P, problem: null, isFolder: false });
    assert.deepEqual(parseItem('*deleting   aoml/13857/'), { kind: 'delete', name: 'aoml/13857/', problem: null, isFolder: true });
  });

  it('names what was skipped because it is no regular file', () => {
    assert.deepEqual(parseItem('skipping non-regular file "a/b "c".nc"'), { kind: 'skipped', name: 'a/b "c".nc', problem: null });
  });

  for (const line of [
    '',
    'receiving incremental file list',
    'sent 1.49K bytes  received 47.22K bytes  97.41K bytes/sec',
    'total size is 661.65K  speedup is 13.58',
    'Number of files: 55 (reg: 24, dir: 31)',
    'rsync warning: some files vanished before they could be transferred (code 24) at main.c(1865) [generator=3.2.7]',
    'created directory /srv/mirror',
    '*deleting',
    '>f+++++++++',
    '>f++++++++ short flags',
  ]) {
    it(`"${line}" is chatter`, () => {
      assert.deepEqual(parseItem(line), { kind: 'chatter' });
    });
  }

  it('never throws, and never hands out a name with control characters, whatever the line', () => {
    const flags = fc.constantFrom('>f+++++++++ ', '*deleting   ', 'cL+++++++++ ', 'hf+++++++++ ', 'cd+++++++++ ', '.f...p..... ', '');
    const rest = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\\#', '\\#012', '\\#377', '../', '/', '-', ' -> ', ' => '),
        fc.string({ unit: 'binary', maxLength: 2 }),
      ),
    });

    fc.assert(
      fc.property(flags, rest, (start, end) => {
        const item = parseItem(start + end);
        if (item.kind === 'chatter') return;
        assert.doesNotMatch(item.name, /[\p{Cc}\p{Cs}]/u);
        if (item.problem === null) assert.ok(isPlain(item.name), `${JSON.stringify(item.name)} is handed out as harmless`);
      }),
      { numRuns: 2000 },
    );
  });
});

const isPlain = (name: string): boolean =>
  name !== '' &&
  !name.startsWith('/') &&
  !/[\p{C}\uFFFD]/u.test(name) &&
  name.split('/').every((part) => part !== '..' && !part.startsWith('-'));

describe('A name as rsync prints it', () => {
  const cases: readonly (readonly [printed: string, name: string, problem: string | null])[] = [
    ['a/b.nc', 'a/b.nc', null],
    ['caf\\#303\\#251.nc', 'café.nc', null],
    ['a\\#134#012b', 'a\\#012b', null],
    ['a\\#012b', 'a\\#012b', 'control_character'],
    ['a\\#033[31m', 'a\\#033[31m', 'control_character'],
    ['a\u001bb', 'a\\#033b', 'control_character'],
    ['caf\\#351.nc', 'caf\\#351.nc', 'not_utf8'],
    ['/etc/passwd', '/etc/passwd', 'absolute'],
    ['a/../../b', 'a/../../b', 'parent_folder'],
    ['a..b/c...', 'a..b/c...', null],
    ['-rf', '-rf', 'leading_dash'],
    ['a/-rf', 'a/-rf', 'leading_dash'],
    ['\\#055rf', '-rf', 'leading_dash'],
    ['', '', 'empty'],
  ];
  for (const [printed, name, problem] of cases) {
    it(`${JSON.stringify(printed)} is ${JSON.stringify(name)}, ${problem ?? 'harmless'}`, () => {
      assert.deepEqual(readName(printed), { name, problem });
    });
  }

  it('gives back the bytes of any name that was escaped byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const printed = [...bytes].map((byte) => `\\#${byte.toString(8).padStart(3, '0')}`).join('');
        assert.deepEqual(Buffer.from(unescapeName(printed)), Buffer.from(bytes));
      }),
    );
  });
});
