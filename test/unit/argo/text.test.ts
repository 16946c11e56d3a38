import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flagOf, stringsOf, textOf } from '../../../src/argo/text.ts';
import { bytes, int, texts } from './profile-files.ts';

describe('text of char cells', () => {
  it('ends before trailing NULs and keeps blanks', () => {
    assert.equal(textOf(bytes(' AO \0\0')), ' AO ');
  });

  it('is UTF-8 where the bytes are UTF-8', () => {
    assert.equal(textOf(Uint8Array.of(0xc3, 0xa9)), 'é');
  });

  it('is Latin-1 where the bytes are not UTF-8', () => {
    assert.equal(textOf(bytes('Herv\xe9 \x80')), 'Hervé \x80');
  });

  it('is one string per row', () => {
    assert.deepEqual(
      stringsOf(texts(['PRES', '', 'TEMP']))?.map((name) => name.trim()),
      ['PRES', '', 'TEMP'],
    );
  });

  it('is not read from numbers', () => {
    assert.equal(stringsOf(int(3)), null);
  });
});

describe('a quality flag', () => {
  for (const [character, flag] of [
    ['0', 0],
    ['9', 9],
    [' ', null],
    ['\0', null],
    ['A', null],
  ] as const) {
    it(`is ${flag} for ${JSON.stringify(character)}`, () => {
      assert.equal(flagOf(character.charCodeAt(0), null), flag);
    });
  }

  it('is missing where the cell equals the declared fill value', () => {
    assert.equal(flagOf('0'.charCodeAt(0), '0'.charCodeAt(0)), null);
  });
});
