import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { classify } from '../../../src/argo/changes.ts';
import { profilePath } from '../../../src/argo/names.ts';
import { fc } from '../../helpers/properties.ts';

interface LineCase {
  readonly line: string;
  readonly action: string;
  readonly name?: string;
}

const LINES = join(import.meta.dirname, '../../../../shared/data/argo/sync/lines.json');
const lines: readonly LineCase[] = existsSync(LINES) ? JSON.parse(readFileSync(LINES, 'utf8')).lines : [];

describe('A line of the recorded cases', {
  skip: lines.length > 0 ? false : 'The shared Argo test data is not beside the project.',
}, () => {
  for (const { line, action, name } of lines) {
    it(`"${line}" means ${action}`, () => {
      const change = classify(line);

      assert.equal(change.action, action);
      assert.equal('name' in change ? change.name : undefined, name);
    });
  }
});

describe('A line of rsync output', () => {
  it('names the profile of an update, whatever the prefix', () => {
    assert.deepEqual(classify('>f+++++++++ coriolis/3902131/profiles/MR3902131_001D.nc'), {
      action: 'update',
      name: 'coriolis/3902131/profiles/MR3902131_001D.nc',
      file: { dac: 'coriolis', wmo: '3902131', prefix: 'MR', number: '001D' },
    });
  });

  for (const [line, why] of [
    ['>f+++++++++ aoml/13857/profiles/R13858_001.nc', 'a file of another float'],
    ['>f+++++++++ aoml/13857/profiles/sub/R13857_001.nc', 'a folder below'],
    ['>f+++++++++ aoml/13857/profiles/R13857_001.nc\\#012', 'a newline'],
    ['>f+++++++++ aoml/13857/profiles/R13857_001\\#351.nc', 'bytes that are not UTF-8'],
    ['>f+++++++++ ../aoml/13857/profiles/R13857_001.nc', 'a way out of the mirror'],
    ['>f+++++++++ -rf', 'a leading dash'],
    ['cd+++++++++ aoml/\\#012/', 'a folder with a newline'],
    ['*deleting   aoml/13857/profiles/notes.txt', 'no profile'],
    ['cD+++++++++ aoml/13857/profiles/null', 'a device'],
    ['skipping non-regular file "aoml/13857/profiles/R13857_009.nc"', 'a link that was not copied'],
  ] as const) {
    it(`is reported as unknown and left alone: ${why}`, () => {
      assert.equal(classify(line).action, 'unknown_name');
    });
  }

  it('means nothing when it is a temporary name of rsync, arriving or removed', () => {
    assert.deepEqual(classify('*deleting   aoml/13857/profiles/.R13857_001.nc.Xa91Qz'), { action: 'ignore' });
  });

  it('is read without fault whatever it holds, and what it names stays inside the tree', () => {
    const start = fc.constantFrom('>f+++++++++ ', '*deleting   ', 'cL+++++++++ ', '');
    const piece = fc.oneof(fc.constantFrom('aoml/', '13857/', 'profiles/', 'R13857_001.nc', '../', '/', ' '), fc.string({ maxLength: 3 }));

    fc.assert(
      fc.property(start, fc.array(piece, { maxLength: 6 }), (flags, pieces) => {
        const change = classify(flags + pieces.join(''));
        if ('file' in change) assert.equal(change.name, profilePath(change.file, change.file.prefix));
      }),
      { numRuns: 2000 },
    );
  });
});
