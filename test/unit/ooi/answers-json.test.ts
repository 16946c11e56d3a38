import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { listOf, parseJson } from '../../../src/ooi/m2m/json.ts';
import { readSubJobs } from '../../../src/ooi/m2m/status.ts';

describe('an answer as JSON', () => {
  it('is read, brackets and quotes in its texts included', () => {
    const value = { a: ['['.repeat(500), '\\"[{', { b: null }] };

    assert.deepEqual(parseJson(JSON.stringify(value)), value);
    assert.equal(parseJson('{"a":'), undefined);
  });

  it('that is nested deeper than any answer is not read', () => {
    assert.notEqual(parseJson('['.repeat(100) + ']'.repeat(100)), undefined);
    assert.equal(parseJson('['.repeat(101) + ']'.repeat(101)), undefined);
  });

  it('that is a list with millions of wrong items has one problem', () => {
    const list = z.object({ all: listOf(z.object({ name: z.string() })) });

    const wrong = list.safeParse({ all: [{ name: 'a' }, ...Array.from({ length: 1000 }, () => 0)] });
    const right = list.safeParse({ all: [{ name: 'a', more: 1 }] });

    assert.deepEqual(
      wrong.error?.issues.map(({ path }) => path),
      [['all', 1]],
    );
    assert.deepEqual(right.data, { all: [{ name: 'a' }] });
  });

  it('that lists sub-jobs of another form, however many, cannot be read', () => {
    assert.deepEqual(readSubJobs('{"a":"complete","b":0}'), { state: 'error', code: null, message: 'status.json cannot be read' });
    assert.deepEqual(readSubJobs('[]').state, 'error');
  });
});
