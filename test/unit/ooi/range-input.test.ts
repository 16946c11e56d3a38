import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputProblems } from '../../../src/config/job.ts';
import { ooiJobs } from '../../../src/ooi/jobs.ts';

const now = new Date('2024-09-14T00:00:00Z');
const problems = (input: object): readonly string[] => inputProblems('harvest', ooiJobs.harvest, { flow: 'ctd', ...input }, now);

describe('the range that a harvest is told to ask for', () => {
  it('is right in every form that the run reads', () => {
    assert.deepEqual(problems({ start: '2024-01-01', end: '2024-01-01T00:00' }), []);
    assert.deepEqual(problems({ start: '2024-01-01T00:00:00.123456789+02:00' }), []);
    assert.deepEqual(problems({ end: '2031-01-01' }), []);
  });

  for (const [input, sentence] of [
    [{ start: 'yesterday' }, '"start" is "yesterday". Expected one such as "2024-01-01T00:00:00Z".'],
    [{ end: '2024-02-30T99:00' }, '"end" is "2024-02-30T99:00". Expected one such as "2024-02-01T00:00:00Z".'],
    [{ end: 2024 }, '"end" is 2024. Expected one such as "2024-02-01T00:00:00Z".'],
    [
      { start: '2024-02-01', end: '2024-01-01' },
      '"end" (2024-01-01) is before "start" (2024-02-01). Expected an end that is not before the start.',
    ],
    [{ start: '2024-09-15' }, '"start" is 2024-09-15, which is still to come. Expected a time that has been.'],
  ] as const)
    it(`is refused before anything is started: ${JSON.stringify(input)}`, () => {
      assert.deepEqual(problems(input), [sentence]);
    });
});
