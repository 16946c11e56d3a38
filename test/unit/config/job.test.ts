import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputProblems, type JobSpec, leaseOf } from '../../../src/config/job.ts';

const spec: JobSpec = {
  does: 'checks',
  access: 'read',
  options: {
    dryRun: { type: 'flag', does: 'shows' },
    sample: { type: 'count', does: 'how many', least: 1, most: 100 },
    night: { type: 'text', does: 'which', example: 'last' },
    items: { type: 'list', does: 'what', example: 'aoml/13857_001' },
  },
};
const problems = (input: unknown) => inputProblems('verify', spec, input);

describe('the input of a job', () => {
  it('may hold the flow, every option in its type, and what a run that goes on takes along', () => {
    const input = { flow: 'argo', dryRun: true, sample: 100, night: 'last', items: ['a', 'b'], goOn: { next: 4 } };

    assert.deepEqual(problems(input), []);
  });

  it('with a word that is none of an option is refused with those it has', () => {
    const words = { does: 'which', example: 'a', words: ['a', 'b'] } as const;
    const worded: JobSpec = { ...spec, options: { one: { type: 'text', ...words }, some: { type: 'list', ...words } } };

    assert.deepEqual(inputProblems('verify', worded, { flow: 'argo', one: 'b', some: ['a', 'b'] }), []);
    assert.deepEqual(inputProblems('verify', worded, { flow: 'argo', one: 'c', some: ['a', 'c'] }), [
      '"one" is "c". Expected one of a, b.',
      '"some" is ["a","c"]. Expected a list of some of a, b.',
    ]);
  });

  it('with a misspelt option is refused with the option that was meant', () => {
    assert.deepEqual(problems({ flow: 'argo', dryrn: true }), ['verify takes no "dryrn". Is it "dryRun"?']);
  });

  it('with an option that no job has is refused with those it has', () => {
    assert.deepEqual(problems({ flow: 'argo', colour: 1 }), ['verify takes no "colour". It takes flow, dryRun, sample, night, items.']);
  });

  it('with an option that every object has is refused like any other', () => {
    for (const typed of ['{"toString":1}', '{"__proto__":{"a":1}}', '{"constructor":true}']) {
      const [problem] = problems(JSON.parse(typed));

      assert.match(problem ?? '', /^verify takes no "\w+"\./);
    }
  });

  for (const [key, value, expected] of [
    ['dryRun', 'yes', 'true or false'],
    ['sample', 0, 'a whole number from 1 to 100'],
    ['sample', 1.5, 'a whole number from 1 to 100'],
    ['sample', '7', 'a whole number from 1 to 100'],
    ['night', '', 'a text, such as "last"'],
    ['items', 'aoml/13857_001', 'a list of texts, such as ["aoml/13857_001"]'],
    ['items', [1], 'a list of texts, such as ["aoml/13857_001"]'],
  ] as const) {
    it(`with ${key} ${JSON.stringify(value)} is refused with what was expected`, () => {
      assert.deepEqual(problems({ flow: 'argo', [key]: value }), [`"${key}" is ${JSON.stringify(value)}. Expected ${expected}.`]);
    });
  }

  it('with a text that is no slip of the keyboard is refused, and quoted no further than anybody reads', () => {
    const long = 'x'.repeat(1_500_000);

    for (const input of [{ flow: 'argo', night: long }, { flow: 'argo', [long]: 1 }, { flow: 'argo', items: [1, long] }, [long]]) {
      const [problem = '', ...others] = problems(input);

      assert.deepEqual(others, []);
      assert.match(problem, /x{100}.*… \(1500\d{3} characters\)/);
      assert.ok(problem.length < 500, `${problem.length} characters`);
    }
    assert.deepEqual(problems({ flow: 'argo', night: 'x'.repeat(1000) }), []);
    assert.match(problems({ flow: 'argo', night: 'x'.repeat(1001) }).join(), /Expected a text of at most 1000 characters\.$/);
  });

  it('tells all that is wrong at once', () => {
    assert.equal(problems({ flow: 'argo', dryRun: 1, sample: 1000 }).length, 2);
  });

  for (const input of ['argo', null, undefined, 7, ['argo']]) {
    it(`that is ${JSON.stringify(input) ?? 'not there'} is refused with the form of one`, () => {
      assert.match(problems(input).join(), /^The input of verify is .*Expected one object, such as \{"flow":"NAME", …\}\.$/);
    });
  }
});

describe('the lease of a job', () => {
  it('is its flow, for a job that writes, whichever it is', () => {
    assert.deepEqual([leaseOf('argo', 'mirror', 'write'), leaseOf('argo', 'reload', 'write')], ['argo', 'argo']);
  });

  it('is its own, for a job that reads, or guards its changes by itself: no other is kept out', () => {
    assert.equal(leaseOf('argo', 'verify', 'read'), 'argo#verify');
    assert.equal(leaseOf('ctd', 'harvest', 'own'), 'ctd#harvest');
  });
});
